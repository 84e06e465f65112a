"""Writing the citations of a source graph: `citations.ttl` beside the data that uses them.

Who enters data writes only the IRI of a citation; what the citation says of itself (lines,
hash, locator) follows from the document and is written here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pyoxigraph as ox

from kzlod.documents.citations import Reference, describe
from kzlod.documents.structure import PLAIN, Form
from kzlod.documents.text import Document, Span
from kzlod.errors import DocumentError, Problem
from kzlod.namespaces import PREFIXES

FILE = "citations.ttl"
NO_FORMS: Mapping[str, Form] = MappingProxyType({})
_HEADER = (
    "# Written by `kzlod cite` from the text of the document: change the data that cite it, not this file.\n"
)


def citations_turtle(
    cited: Iterable[Reference], documents: Mapping[str, Document], forms: Mapping[str, Form] = NO_FORMS
) -> str:
    """The Turtle text of the citations; `documents` maps the IRIs of the documents to their texts.

    `forms` has the forms of documents that are not ordinary text, by the same IRIs.
    Raises InputError for a citation outside its document, DocumentError for a document that is not there.
    """
    triples: list[ox.Triple] = []
    for reference in sorted(set(cited)):
        document = documents.get(reference.source)
        if document is None:
            raise DocumentError(
                Problem(
                    reference.iri,
                    "cites a document whose text is not at hand",
                    "Name the folder that has it.",
                )
            )
        triples.extend(describe(reference, document, forms.get(reference.source, PLAIN)))
    prefixes = {name: PREFIXES[name] for name in ("kzlod", "oa", "rdfs", "xsd")}
    body = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return _HEADER + body.decode()


def find_passage(document: Document, words: str) -> Sequence[Span]:
    """Every place in a document at which the words stand, white space apart."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return (
        [Span(match.start(), match.end()) for match in re.finditer(pattern, document.text)] if pattern else []
    )
