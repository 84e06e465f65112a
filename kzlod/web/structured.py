"""What search engines and reference managers read from a page: schema.org in JSON-LD, as a block of data.

The block is never executed: its type is no script's, and nothing in it can end it (HTML, section 4.12.1).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kzlod.namespaces import BASE, ID, ONTOLOGY, PREFIXES
from kzlod.web.things import ThingView

_DATASET = f"{ID}dataset/kzlod"
_LEGISLATION = "Legislation"
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


def thing_item(thing: ThingView, classes: Sequence[str], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A thing as schema.org says it; `classes` are all of its classes, inferred ones too."""
    found = next((kind for iri, kind in _TYPES.items() if iri in classes), "Thing")
    item: dict[str, Any] = {"@type": found, "@id": thing.iri, "url": thing.iri, "name": thing.name.text}
    if thing.name.language and found in (_LEGISLATION, "Report", "Dataset"):
        item["inLanguage"] = thing.name.language
    if thing.summaries:
        item["description"] = thing.summaries[0].value.name.text
    if found == _LEGISLATION and thing.crumbs:
        item["legislationIdentifier"] = thing.iri.removeprefix(BASE)
    if manifest.get("kind") == "release":
        item["subjectOf"] = {"@type": "Dataset", "@id": _DATASET, "version": manifest["release"]}
    return item


def dataset_item(manifest: Mapping[str, Any], language: str, public: str) -> dict[str, Any]:
    """The whole data set, with its files."""
    title = manifest.get("title", {})
    item: dict[str, Any] = {
        "@type": "Dataset",
        "@id": _DATASET,
        "url": public + "/",
        "name": title.get(language) or title.get("en") or "",
        "version": manifest["release"],
        "isAccessibleForFree": True,
    }
    optional: dict[str, Any] = {
        "description": (manifest.get("description") or {}).get(language),
        "license": manifest.get("license"),
        "datePublished": manifest.get("date"),
    }
    if publisher := manifest.get("publisher"):
        optional["creator"] = {"@type": "Organization", "name": publisher}
    item |= {name: value for name, value in optional.items() if value}
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
