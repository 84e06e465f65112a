"""The words of sanction clauses: openings, connectives, names of punishments, units.

Patterns are written as phrases: a blank stands for any white space, and a phrase never matches inside a word.
Nothing here is particular to a country.
"""

import re
from typing import Final


def phrase(pattern: str) -> re.Pattern[str]:
    """A pattern for a phrase: blanks match any white space, case is ignored, words are matched whole."""
    spaced = pattern.replace(" ", r"\s+")
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)", re.I)


def _any(words: str) -> str:
    """A pattern for one of several words."""
    return f"(?:{'|'.join(words.split())})"


OPENING: Final = phrase(
    r"(?:(?:(?:shall|will|must|may) be |(?:is|are) )(?:liable|subject|sentenced) to"
    r"|(?:(?:shall|will|must|may) be |(?:is|are) )?(?:punished|punishable)(?: (?P<preposition>by|with))?)"
    r"(?: (?:the |a )?punishment)?(?: in (?:the|a) form of)?"
    r"|(?:shall|will) entail(?: (?:the |a )?punishment)?(?: in (?:the|a) form of)?"
)
"""The verb that opens a clause; group ``preposition``: the one that governs the alternatives."""

PUNCTUATION: Final = re.compile(r"[\s,;:–—-]+")
SENTENCE: Final = re.compile(r"\.(?=\s)")
WORD: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\s,;.]+|.", re.S)

CONJUNCTION: Final = phrase(r"or either|or also|or|and also|and|either|as well as|of")
PREPOSITION: Final = phrase(r"with or without|together with|along with|accompanied by|with|by|in the form of")
WAIVER: Final = phrase(
    r"(?P<or>or|of) without"
    r"(?: (?:it|such|that|this|one|thereof|the same|(?P<all>them|those|these)"
    r"|(?:(?:such|the|that|this) )?(?:additional )?"
    r"(?:punishment|penalty|confiscation(?: of(?: the)? property)?|deprivation|fine)))?"
)
"""'or without it', also as misprinted 'of without it'; group ``all`` where it speaks of several."""

BOUNDARY: Final = re.compile(
    r"\s*(?:$|[.,;]|[–—-]\s|(?:or|and|with|as\s+well\s+as|together\s+with|along\s+with|of\s+without)(?!\w))",
    re.I,
)
"""What may follow a punishment for which no measure is printed."""

_DETERMINER: Final = _any("a an the any certain determined specific specified definite particular")
_POSITION: Final = (
    r"(?:occupy|hold|take|fill|be employed in|occupying|holding)"
    rf"(?: {_DETERMINER})*(?: (?:state|public|responsible|official|managerial))*"
    r" (?:positions?|posts?|offices?|jobs?)"
    r"(?: in (?:the )?(?:civil|public|state|government) (?:service|bodies|institutions))?"
)
_ACTIVITY: Final = (
    r"(?:(?:be )?engaged in|engage in|engaging in|carry out"
    r"|pursue|practi[cs]e|perform|exercise|conduct|undertake)"
    rf"(?: {_DETERMINER})*(?: (?:professional|entrepreneurial|other))*"
    r" (?:activity|activities)"
)
_DRIVING: Final = (
    r"(?:drive|driving|operate)(?: (?:a|the|any))?(?: motor)? (?:vehicles?|means of transport|transport)"
)
_DEED: Final = rf"(?:{_POSITION}|{_ACTIVITY}|{_DRIVING})"
_RANK_WORD: Final = (
    r"(?:special|military|honou?rary|class|classed|diplomatic|qualification|state|government|other)"
)
_RANK: Final = (
    rf"(?:(?:a|an|the|his|her|his/her) )?(?:{_RANK_WORD}(?:, | or | and |/| ))*"
    r"(?:ranks?|titles?|class(?:es)?|grades?|awards?|honou?rs)"
)
_PLACE: Final = (
    r"(?:the )?(?-i:[A-Z])\w+(?: (?:of |and )?(?:the )?(?-i:[A-Z])\w+){0,4}|the (?:country|state|republic)"
)

_FOREIGNERS: Final = (
    r"of (?:a |an |the )?(?:foreigners?|foreign citizens?|foreign nationals?)"
    r"(?: (?:or|and) (?:a )?stateless persons?)?"
)

TYPES: Final[dict[str, re.Pattern[str]]] = {
    "fine": phrase(r"(?:monetary |pecuniary )?fines?"),
    "correctional-works": phrase(r"correct(?:ion|ional|ive) (?:works?|labou?r)"),
    "community-service": phrase(
        r"(?:(?:involvement|engagement|attraction) (?:in|to) )?(?:compulsory )?"
        r"(?:community (?:services?|works?)|public works?|socially useful works?)"
    ),
    "arrest": phrase(r"arrest"),
    "restriction-of-liberty": phrase(r"(?:restriction|limitation|restraint) of (?:the )?(?:liberty|freedom)"),
    "imprisonment": phrase(r"imprisonment|(?:deprivation of|deprivation from) (?:the )?(?:liberty|freedom)"),
    "death-penalty": phrase(r"death penalty|capital punishment"),
    "confiscation": phrase(
        r"(?:confiscation|forfeiture)"
        r"(?: of (?:(?:all|the|his|her|his/her|their|entire|personal|convict's) )*(?:property|assets))?"
    ),
    "deprivation-of-right": phrase(
        r"(?:deprivation of (?:the |a )?rights?|disqualification|prohibition|ban)(?: to| from| on| of)?"
        rf" {_DEED}(?:,? (?:or|and|and/or)(?: to| from)? {_DEED})*"
    ),
    "deprivation-of-rank": phrase(rf"deprivation of {_RANK}(?:(?:, | or | and |, and ){_RANK})*"),
    "deportation": phrase(
        rf"(?:administrative )?(?:deportation|expulsion)(?: {_FOREIGNERS})?"
        rf"(?: (?:from|out of|outside|beyond)(?: (?:the )?(?:territory|borders?|limits) of)? (?:{_PLACE}))?"
        rf"(?: {_FOREIGNERS})?"
    ),
}
"""Notation of each punishment and the phrases that name it."""

TIMED: Final = frozenset(
    (
        "correctional-works",
        "community-service",
        "arrest",
        "restriction-of-liberty",
        "imprisonment",
        "deprivation-of-right",
    )
)
"""Punishments that last some time: named without a term, their term is not stated."""

SIDE: Final = frozenset(("confiscation", "deprivation-of-right", "deprivation-of-rank", "deportation"))
"""Punishments that, in a list after an additional one, continue that list."""

NEVER_ALONE: Final = SIDE - {"deprivation-of-right"}
"""Punishments that a bare comma does not make an alternative: the text would have to say 'or'."""

QUALIFIER: Final = phrase(
    r"(?:(?P<life>life|lifelong|life-long|lifetime)|(?P<permanent>permanent|perpetual|indefinite))"
)
ARTICLE: Final = phrase(r"a|an|the")

CASE: Final = phrase(r"(?:(?:and|but|while) )?(?:also )?in (?:the |those )?(?:same )?cases?")
CASE_SOURCE: Final = re.compile(
    r"\s*,?\s*(?:which\s+(?:is|are)\s+)?"
    r"(?:provided(?:\s+for)?|stipulated|specified|envisaged|established|foreseen|referred\s+to|indicated|prescribed|mentioned)?"
    r"\s*(?:by|in|under|of)\s+"
    r"(?P<noun>(?:sub-?\s?)?(?:paragraph|point|item|clause)(?P<plural>s?))\s*",
    re.I,
)
CASE_TAIL: Final = re.compile(
    r"(?:\s*,?\s*of\s+(?:this|the\s+present|the\s+same)\s+(?:part|article|paragraph)){0,2}[\s,–—-]*"
    r"(?:(?:shall\s+be\s+punish(?:ed|able)\s+(?:by|(?P<governs>with))|by)(?!\w))?",
    re.I,
)
# A letter counts as a point only in brackets: 'a' alone is an article.
LABEL: Final = re.compile(
    r"\(?(?:(?P<number>\d{1,3}(?:-\d{1,3})?)(?P<close>\)?)(?!\w)|(?P<letter>[a-z])\))", re.I
)
LABEL_GAP: Final = re.compile(
    r"\s*(?:,\s*(?:and|or)\s|,|and\s|or\s|(?P<range>to\s|[–—-](?=\s*\(?\w{1,3}\))))\s*", re.I
)

MCI: Final = phrase(
    r"(?:of )?monthly (?:calculation|calculated|calculating|estimated|accounting)"
    r" (?:index|indexes|indices|indicators?)|MCIs?"
)
TIME: Final = phrase(r"(?:calendar )?(?P<unit>hour|day|month|year)s?['’]?")
FOLD: Final = re.compile(r"\s*-?\s*fold(?!\w)|\s+times(?!\w)", re.I)
MULTIPLE_WORDS: Final = {"double": 2, "twofold": 2, "twice": 2, "triple": 3, "thrice": 3}
MULTIPLE_WORD: Final = phrase("|".join(MULTIPLE_WORDS))
_TAKEN: Final = _any(
    "stolen embezzled misappropriated appropriated damaged acquired received given transferred"
    " illegally unlawfully illicitly"
)
BASE: Final = phrase(
    r"(?:of )?(?:(?:the|a|an) )?(?:(?:amount|value|cost|sum|size|price) of )?(?:(?:the|a|an) )?"
    rf"(?:{_TAKEN} )*(?P<base>property|bribes?)(?: (?:received|given|taken|transferred|stolen))?"
)
LEAD: Final = re.compile(
    r"\s*(?:,?\s*(?:in\s+(?:(?:the|an|a)\s+)?(?:amount|size|sum|rate)(?!\w)"
    r"|(?:for|of|with)\s+(?:(?:the|a|an)\s+)?(?:term|period|duration|time)(?!\w)|for(?!\w)|amounting\s+to(?!\w))"
    r"(?:\s+of(?!\w))?|of(?!\w))?\s*",
    re.I,
)
UP_TO: Final = phrase(
    r"up to|not exceeding|(?:not|no) (?:more|longer|greater|higher) than|at most|a maximum of|maximum of"
)
AT_LEAST: Final = phrase(r"at least|(?:not|no) (?:less|fewer|shorter) than|a minimum of|minimum of")
OF: Final = re.compile(r"\s+(?:of\s+)?", re.I)
FROM: Final = phrase(r"from")
BETWEEN: Final = phrase(r"between")
RANGE_GAP: Final = re.compile(r"\s*(?:[–—-]|(?:and\s+)?(?:up\s+)?to(?!\w)|till(?!\w)|until(?!\w))\s*", re.I)
RANGE_AND: Final = re.compile(r"\s*,?\s*(?:and|but)(?!\w)\s*", re.I)
RANGE_BUT: Final = re.compile(r"\s*,?\s*(?:(?:and|but)(?!\w)\s*)?", re.I)
SAME: Final = re.compile(
    r"\s*,?\s*(?:in|for|of)\s+(?:the\s+)?same\s+(?:(?P<amount>amount|size|sum)|(?P<term>term|period|duration|time))(?!\w)",
    re.I,
)
FOR_LIFE: Final = re.compile(r"\s*,?\s*(?:for\s+(?:(?:a|the)\s+)?life(?:time|\s+term)?)(?!\w)", re.I)
PERMANENTLY: Final = re.compile(
    r"\s*,?\s*(?:permanently|for\s+(?:an\s+)?(?:indefinite|unlimited)\s+(?:term|period|time)|for\s+ever|forever)(?!\w)",
    re.I,
)
