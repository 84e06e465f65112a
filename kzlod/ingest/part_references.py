"""References within an article: which of its parts 'the first or second parts of this Article' names."""

import re
from typing import Final

from kzlod.ingest.sanctions.wording import phrase

_WORDS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth"
_ORDINALS: Final = {word: number for number, word in enumerate(_WORDS.split(), start=1)}
_ORDINAL: Final = "|".join(_ORDINALS)
_ITEM: Final = rf"(?:(?:the )?(?:{_ORDINAL})|(?:the )?\(?\d{{1,2}}(?:-\d{{1,2}})?\)?)"
_AND: Final = r"(?:\s*,\s*(?:and |or )?| (?:and|or|and/or|to) |\s*[-–]\s*)"
_LIST: Final = rf"{_ITEM}(?:{_AND}(?:parts? |paragraphs? )?{_ITEM})*"
_THIS: Final = r"(?:of|in) (?:this|the present|the same) (?:article|section)"
_UNIT: Final = "(?:parts?|paragraphs?|subsections?)"
_REFERENCE: Final = phrase(rf"(?:(?P<before>{_LIST}) {_UNIT}|{_UNIT} (?P<after>{_LIST})) {_THIS}")
_NUMBER: Final = re.compile(rf"(?P<word>{_ORDINAL})|(?P<digits>\d{{1,2}}(?:-\d{{1,2}})?)", re.IGNORECASE)
_SAME: Final = re.compile(
    r"\s*(?:The |Any of the )?same (?:acts?|actions?|deeds?|conduct|offen[cs]es?|crimes?)\b", re.IGNORECASE
)
_NAMED: Final = re.compile(r"\s*(?P<name>[A-Z][\w\s’'-]{2,60}?),\s+in other words\b")
_COMMITTED: Final = re.compile(r"\s*(?P<name>[A-Z][\w\s’'-]{2,60}?),?\s+(?:if\s+)?committed\b")


def named_parts(text: str) -> list[str]:
    """The numbers of the parts of the same article that a text names, in digits and in its order."""
    found: list[str] = []
    for match in _REFERENCE.finditer(text):
        listed = match["before"] or match["after"]
        numbers = [
            str(_ORDINALS[item["word"].lower()]) if item["word"] else item["digits"]
            for item in _NUMBER.finditer(listed)
        ]
        if len(numbers) == 2 and re.search(r"\bto\b|[-–]", listed) and all(n.isdigit() for n in numbers):
            numbers = [str(number) for number in range(int(numbers[0]), int(numbers[1]) + 1)]
        found += numbers
    return list(dict.fromkeys(found))


def says_the_same(text: str) -> bool:
    """Whether a part opens with 'the same action', that of the part before it."""
    return _SAME.match(text) is not None


def named_offence(text: str) -> str:
    """The name that a text gives an offence in opening, `Theft` in 'Theft, in other words …'; '' if none."""
    match = _NAMED.match(text)
    return match["name"] if match else ""


def repeated_name(text: str) -> str:
    """The name of an offence that a text opens with, `Theft` in 'Theft, committed …'; '' if none."""
    match = _COMMITTED.match(text)
    return match["name"] if match else ""
