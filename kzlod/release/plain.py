"""Names without what is only added to tell things apart: a year, a bracket, the state that something is of.

«Уголовный кодекс 2014 года» is plainly «Уголовный кодекс», `Supreme Court of Kazakhstan` the `Supreme Court`.
"""

import re
from collections.abc import Iterable

from kzlod.words import forms, telling, words

_YEAR_BEFORE = re.compile(r"^\s*\d{4}\s+жыл\w*\s+")
_YEAR_OR_BRACKET_BEHIND = re.compile(r"(?:\s*\([^()]*\)|\s+(?:(?:of|от)\s+)?\d{4}(?:\s+(?:год\w*|г\.))?)\s*$")


def plain_names(name: str, *, state: Iterable[str] = ()) -> list[str]:
    """What a name is without year or bracket, and besides without the words of the `state`, in telling words.

    None of them is empty or the whole name.
    """
    without = _YEAR_OR_BRACKET_BEHIND.sub("", _YEAR_BEFORE.sub("", name))
    said = telling(words(without))
    own = [word for word in said if not any(forms(word, one) for one in state)]
    found = dict.fromkeys((" ".join(said), " ".join(own)))
    return [one for one in found if one and one != " ".join(telling(words(name)))]
