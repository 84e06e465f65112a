"""Solutions that another endpoint gives, written as a VALUES block for a query of ours."""

import json
from collections import defaultdict
from typing import Any
from uuid import uuid4

import pyoxigraph as ox

from kzlod.engine.base import TooExpensive


class NotAResult(Exception):  # noqa: N818 - the name says what the answer was
    """The answer is no SPARQL 1.1 Query Results in JSON, or holds what VALUES cannot."""


def values_block(answer: bytes, rows: int, size: int) -> str:
    """The solutions of a result (SPARQL 1.1 Query Results JSON Format) in one line, `VALUES (…) { … }`.

    A blank node becomes an IRI `urn:uuid:…`, the same one in the whole block (VALUES has no blank nodes;
    RDF 1.1 Concepts, section 3.5). Raises NotAResult, and TooExpensive when there are more than `rows`
    solutions or when the block gets longer than `size` characters.
    """
    try:
        document = json.loads(answer)
        names = dict.fromkeys(document["head"]["vars"])
        bindings = document["results"]["bindings"]
        parts = [f"VALUES ({' '.join(str(ox.Variable(name)) for name in names)}) {{"]
        if not isinstance(bindings, list):
            raise NotAResult("its solutions are no list")
        if len(bindings) > rows:
            raise TooExpensive(f"An endpoint gave {len(bindings)} solutions; at most {rows} are accepted.")
        blank: defaultdict[str, str] = defaultdict(lambda: f"<urn:uuid:{uuid4()}>")
        length = 0
        for solution in bindings:
            row = " ".join(_term(term, blank) if (term := solution.get(name)) else "UNDEF" for name in names)
            parts.append(f"({row})")
            length += len(row) + 3
            if length > size:
                raise TooExpensive(f"An endpoint gave solutions of more than {size} characters.")
    except ValueError as error:
        raise NotAResult(str(error)) from error
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NotAResult("it has not the form of solutions") from error
    return " ".join([*parts, "}"])


def _term(term: dict[str, Any], blank: defaultdict[str, str]) -> str:
    """A term in SPARQL's syntax; ValueError when it has no place in VALUES or is not well formed."""
    value = term["value"]
    match term["type"]:
        case "uri":
            return str(ox.NamedNode(value))
        case "bnode":
            return blank[value]
        case "literal" | "typed-literal" if "its:dir" not in term:
            if language := term.get("xml:lang"):
                return str(ox.Literal(value, language=language))
            datatype = term.get("datatype")
            return str(ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None))
    raise ValueError("it holds a term that is neither an IRI, a blank node nor a literal without direction")
