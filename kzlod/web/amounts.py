"""A number with its unit and comparison in words: `more than 3 years`, `более 3 лет`, `3 жылдан артық`."""

from kzlod.namespaces import ONTOLOGY
from kzlod.web.addresses import last_step
from kzlod.web.names import Namer
from kzlod.web.reading import Reader, Term

_LIMITS = {"at-least": "limit", "at-most": "limit", "less-than": "than", "more-than": "than"}
"""By comparator, the form of the unit beside it."""


def amount_of(reader: Reader, iri: str, namer: Namer) -> str:
    """What a reported quantity says; empty when it has no number."""
    numbers = reader.objects(iri, ONTOLOGY + "value")
    units, comparators = (reader.iris(iri, ONTOLOGY + name) for name in ("unit", "comparator"))
    return in_words(namer, numbers[0], _first(units), _first(comparators)) if numbers else ""


def in_words(namer: Namer, number: Term, unit: str = "", comparator: str = "") -> str:
    """A number in the namer's language, with the IRIs of a unit and a comparator, if any.

    A unit that the language has no words for is named in brackets, a comparator before a colon.
    """
    key, shown = last_step(comparator), namer.value(number).name.text
    word = _word(namer, number, unit, _LIMITS.get(key, "")) if unit else None
    if word is not None:
        amount = shown + ("" if word.startswith("-") else " ") + word
    else:
        amount = f"{shown} ({namer.name(unit).text})" if unit else shown
    if not comparator or key == "equal":
        return amount
    patterns = [f"amount.{key}"] if word is not None else [f"amount.{key}-undeclined", f"amount.{key}"]
    found = (namer.texts.filled(one, {"amount": amount}) for one in patterns)
    return next(filter(None, found), f"{namer.name(comparator).text}: {amount}")


def _word(namer: Namer, number: Term, unit: str, form: str) -> str | None:
    """The unit as the word after a number."""
    return namer.texts.unit(last_step(unit), getattr(number, "value", ""), form)


def _first(iris: list[str]) -> str:
    return iris[0] if iris else ""
