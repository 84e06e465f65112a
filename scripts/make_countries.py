"""Writes data/vocabulary/countries.ttl, the countries of ISO 3166-1, from pycountry.

    .venv/bin/python scripts/make_countries.py [FILE]

Codes and English names come from pycountry's table, Russian and Kazakh names from the
gettext catalogues that it carries. The same version of pycountry gives the same bytes.

The UN M49 code of a country is its ISO numeric code. That was checked row by row against
the table of hdx-python-country 4.2.5 (columns "ISO 3166-1 Alpha 3-Codes" and "m49 numerical
code"); a country without an M49 name there gets no M49 code.
"""

import gettext
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pycountry

TARGET = Path(__file__).resolve().parent.parent / "data" / "vocabulary" / "countries.ttl"
WITHOUT_M49 = frozenset({"TWN"})
PYCOUNTRY, HDX = version("pycountry"), "4.2.5"

PREFIXES = """\
# Written by scripts/make_countries.py; change that, not this.

@prefix kzlod: <https://w3id.org/kzlod/ontology#> .
@prefix country: <https://w3id.org/kzlod/id/country/> .
@prefix evidence: <https://w3id.org/kzlod/id/evidence/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def evidence(package: str, release: str, comment: str) -> str:
    """The block of a published package as the origin of what is said of the countries."""
    return f"""
evidence:{package}-{release} a prov:Entity ;
    rdfs:label "{package} {release}"@en , "{package} {release}"@ru , "{package} {release}"@kk ;
    dcterms:title "{package}"@en ;
    owl:versionInfo "{release}" ;
    rdfs:comment "{comment}"@en ;
    rdfs:seeAlso <https://pypi.org/project/{package}/{release}/> .
"""


def names(country: "pycountry.db.Country") -> Iterator[tuple[str, str]]:
    """Language and name: English, and Russian and Kazakh where the catalogue has the name.

    The catalogues translate the formal name where they lack the common one.
    """
    formal = country.name
    common = getattr(country, "common_name", formal)
    yield "en", common
    for language in ("ru", "kk"):
        catalogue = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
        translated = (catalogue.gettext(name) for name in (common, formal))
        known = next((name for name in translated if name not in (common, formal)), None)
        if known:
            yield language, known


def block(country: "pycountry.db.Country") -> str:
    """The Turtle of one country."""
    code, numeric = country.alpha_3, country.numeric
    labels = " ,\n        ".join(f'"{name}"@{language}' for language, name in names(country))
    origins = [f"evidence:pycountry-{PYCOUNTRY}"]
    m49 = ""
    if code not in WITHOUT_M49:
        origins.append(f"evidence:hdx-python-country-{HDX}")
        m49 = f'    kzlod:m49 "{numeric}" ;\n'
    return (
        f"\ncountry:{code} a kzlod:Country ;\n"
        f"    rdfs:label {labels} ;\n"
        f'    skos:notation "{code}" ;\n'
        f'    kzlod:isoAlpha2 "{country.alpha_2}" ;\n'
        f'    kzlod:isoAlpha3 "{code}" ;\n'
        f'    kzlod:isoNumeric "{numeric}" ;\n'
        f"{m49}"
        f"    prov:wasDerivedFrom {' , '.join(origins)} .\n"
    )


def document() -> str:
    """The whole file: the two packages, then the countries by alpha-3 code."""
    packages = evidence(
        "pycountry",
        PYCOUNTRY,
        "databases/iso3166-1.json: codes and English names; locales/ru and locales/kk,"
        " LC_MESSAGES/iso3166-1.mo: Russian and Kazakh names.",
    ) + evidence(
        "hdx-python-country",
        HDX,
        "hdx/location/Countries & Territories Taxonomy MVP - C&T Taxonomy.csv:"
        " UN M49 code beside the ISO 3166-1 alpha-3 code.",
    )
    countries = sorted(pycountry.countries, key=lambda country: str(country.alpha_3))
    return PREFIXES + packages + "".join(map(block, countries))


def main(target: Path = TARGET) -> None:
    """Writes the file at `target` in one step, so that it is never half there."""
    unfinished = target.with_suffix(".ttl.new")
    unfinished.write_text(document(), encoding="utf-8")
    unfinished.replace(target)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
