"""What search engines and reference managers read from a page: schema.org in JSON-LD, as a block of data.

The block is never executed: its type is no script's, and nothing in it can end it (HTML, section 4.12.1).
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import NamedNode, Triple

from kzlod.namespaces import BASE, ID, ONTOLOGY, PREFIXES
from kzlod.web.descriptions import Description
from kzlod.web.i18n import DEFAULT, Name, Texts
from kzlod.web.names import Namer
from kzlod.web.reading import Term
from kzlod.web.things import ThingView

_DATASET = f"{ID}dataset/kzlod"
_LEGISLATION = "Legislation"
_LANGUAGE = PREFIXES["dcterms"] + "language"
_NUMBER, _DATE, _JURISDICTION = (
    PREFIXES["eli"] + name for name in ("number", "date_document", "jurisdiction")
)
_LABEL = PREFIXES["rdfs"] + "label"
_PART_OF = (ONTOLOGY + "isPartOf", PREFIXES["eli"] + "is_part_of")
_TYPES: Mapping[str, str] = {
    ONTOLOGY + "DomesticAct": _LEGISLATION,
    ONTOLOGY + "Treaty": _LEGISLATION,
    ONTOLOGY + "Provision": _LEGISLATION,
    ONTOLOGY + "TreatyProvision": _LEGISLATION,
    ONTOLOGY + "DomesticProvision": _LEGISLATION,
    ONTOLOGY + "ProvisionVersion": _LEGISLATION,
    ONTOLOGY + "Institution": "GovernmentOrganization",
    ONTOLOGY + "Person": "Person",
    ONTOLOGY + "Country": "Country",
    ONTOLOGY + "SourceDocument": "Report",
    PREFIXES["qb"] + "DataSet": "Dataset",
    PREFIXES["dcat"] + "Dataset": "Dataset",
    PREFIXES["dcat"] + "Catalog": "DataCatalog",
    PREFIXES["qb"] + "Observation": "Observation",
    ONTOLOGY + "Question": "Question",
    PREFIXES["skos"] + "Concept": "DefinedTerm",
    PREFIXES["skos"] + "ConceptScheme": "DefinedTermSet",
}
"""The type of schema.org for a class; of several, the first here counts."""


def data_block(item: Mapping[str, Any]) -> str:
    """An item of schema.org as JSON-LD that is safe between the tags of a script element."""
    return safe_json({"@context": "https://schema.org", **item})


def safe_json(value: Mapping[str, Any]) -> str:
    """A value as JSON that is safe between the tags of a script element."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def thing_item(
    thing: ThingView, described: Description, namer: Namer, manifest: Mapping[str, Any], public: str
) -> dict[str, Any]:
    """A thing as schema.org says it, in the namer's language; its classes count, inferred ones too."""
    is_release = manifest.get("kind") == "release"
    if thing.iri == _DATASET and is_release:
        return dataset_item(manifest, namer.language, public)
    classes = described.classes()
    found = next((kind for iri, kind in _TYPES.items() if iri in classes), "Thing")
    item: dict[str, Any] = {"@type": found, "@id": thing.iri, "url": thing.iri, "name": thing.name.text}
    if languages := [_named("Language", term, namer) for term in described.values(_LANGUAGE)]:
        item["inLanguage"] = languages
    if thing.summaries:
        item["description"] = _said(thing.summaries[0].value.name, namer.language)
    if found == _LEGISLATION:
        item |= _legislation(described, namer)
    if is_release:
        item["subjectOf"] = _dataset(manifest, namer.language)
    return item


def dataset_block(manifest: Mapping[str, Any], language: str, public_url: str) -> str:
    """The block that says what the data set is; empty for a file that is served as it is."""
    if manifest.get("kind") != "release":
        return ""
    return data_block(dataset_item(manifest, language, public_url.rstrip("/")))


def dataset_item(manifest: Mapping[str, Any], language: str, public: str) -> dict[str, Any]:
    """The whole data set, with its files."""
    item = _dataset(manifest, language) | {
        "url": public + "/",
        "isAccessibleForFree": True,
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{BASE}catalog",
            "url": f"{public}/catalog",
        },
    }
    item |= _published(manifest)
    item["distribution"] = [
        {
            "@type": "DataDownload",
            "encodingFormat": dump["media_type"],
            "contentUrl": f"{public}/dumps/{manifest['release']}/{dump['file']}",
        }
        for dump in manifest.get("dumps", ())
        if dump.get("graph") is None
    ]
    return item


def tables_block(manifest: Mapping[str, Any], strings: Texts, public_url: str, queries: Iterable[str]) -> str:
    """The block that says what the statistics are: tables, each the result of a stored query.

    Empty for a file that is served as it is.
    """
    if manifest.get("kind") != "release":
        return ""
    public, whole = public_url.rstrip("/"), _dataset(manifest, strings.language)
    item: dict[str, Any] = {
        "@type": "Dataset",
        "@id": f"{public}/statistics",
        "url": f"{public}/statistics",
        "name": strings("statistics.heading"),
        "description": strings("statistics.intro"),
        "isAccessibleForFree": True,
        **{name: whole[name] for name in ("version", "license") if name in whole},
        "isPartOf": whole,
        **_published(manifest),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "text/csv",
                "contentUrl": f"{public}/examples/{one}.csv",
            }
            for one in dict.fromkeys(queries)
        ],
    }
    return data_block(item)


def _published(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """When a release was published, and by whom."""
    date, publisher = manifest.get("date"), manifest.get("publisher")
    return {
        **({"datePublished": date} if date else {}),
        **({"creator": {"@type": "Organization", "name": publisher}} if publisher else {}),
    }


def _dataset(manifest: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What identifies the data set wherever it is mentioned."""
    title = manifest.get("title") or {}
    optional = {
        "description": (manifest.get("description") or {}).get(language),
        "license": manifest.get("license"),
    }
    return {
        "@type": "Dataset",
        "@id": _DATASET,
        "name": title.get(language) or title.get(DEFAULT) or "",
        "version": manifest["release"],
        **{name: value for name, value in optional.items() if value},
    }


def _legislation(described: Description, namer: Namer) -> dict[str, Any]:
    """Number, date and jurisdiction of an act or treaty; of a part of one what it is part of.

    A part is identified by its IRI: its number says nothing without the whole.
    """
    whole = list(dict.fromkeys(term for name in _PART_OF for term in described.values(name)))
    numbers = [] if whole else [_text(term) for term in described.values(_NUMBER)]
    item: dict[str, Any] = {
        "legislationIdentifier": _designation(numbers[0], described) if numbers else described.iri
    }
    if dates := described.values(_DATE):
        item["legislationDate"] = _text(dates[0])
    if places := described.values(_JURISDICTION):
        item["legislationJurisdiction"] = _named("AdministrativeArea", places[0], namer)
    if whole:
        item["isPartOf"] = [_named(_LEGISLATION, term, namer) for term in whole]
    return item


def _designation(number: str, described: Description) -> str:
    """A number with the series it belongs to, where a name of the thing has both: `ETS 30`, else alone."""
    form = re.compile(rf"\(([A-Z]{{2,}} {re.escape(number)})\)")
    names = (_text(term) for term in described.values(_LABEL))
    return next((found[1] for found in map(form.search, names) if found), number)


def _said(name: Name, language: str) -> str | dict[str, str]:
    """A text of a page in a language; with its own where that is another (JSON-LD 1.1, section 4.2.4)."""
    if name.language in ("", language):
        return name.text
    return {"@language": name.language, "@value": name.text}


def _named(kind: str, term: Term, namer: Namer) -> dict[str, Any]:
    iri = {"@id": term.value} if isinstance(term, NamedNode) else {}
    return {"@type": kind, **iri, "name": namer.value(term).name.text}


def _text(term: Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value
