"""Aggravating circumstances in the wording of penal codes: concepts of the scheme `aggravating-circumstance`.

The patterns are the common English wordings of penal codes in the region; none names a country or an article.
"""

from collections.abc import Mapping, Sequence
from re import Pattern
from types import MappingProxyType
from typing import Final

from kzlod.ingest.sanctions.wording import phrase

_PRIOR = (
    r"(?:on|by|upon|with|under|in) (?:a )?(?:previous|prior|preliminary)"
    r" (?:concert|conspiracy|agreement|collusion|arrangement)"
)
_VERY = r"(?:very|especially|particularly|exceptionally|extra) (?:large|big|great)"

CIRCUMSTANCES: Final[Mapping[str, Pattern[str]]] = MappingProxyType(
    {
        "repeated": phrase(r"repeatedly|(?:for )?the second time|repeated|more than once"),
        "group-of-persons-by-prior-conspiracy": phrase(
            rf"group of (?:persons|people|individuals)(?:,)? {_PRIOR}"
        ),
        "criminal-group": phrase(
            r"criminal (?:group|organi[sz]ation|community|association|gang)|organi[sz]ed (?:criminal )?group"
        ),
        "significant-damage": phrase(
            r"(?:(?:inflict|caus|entail|result)\w* (?:in )?)?(?:a )?"
            r"(?:significant|considerable) (?:damage|harm)"
        ),
        "significant-amount": phrase(
            r"(?:by|in|on) (?:a )?(?:significant|considerable) (?:amount|scale|sum)"
        ),
        "substantial-harm": phrase(r"substantial (?:harm|infringement)"),
        "large-scale": phrase(
            r"(?:on|in|at) a? ?(?:large|big) (?:scale|amount|extent)|(?:large|big) (?:scale|amount)"
        ),
        "large-damage": phrase(r"(?:heavy|large|major|serious) (?:damage|loss)"),
        "especially-large-scale": phrase(rf"(?:on|in|at) (?:a |an )?{_VERY} (?:scale|amount|extent)"),
        "especially-large-damage": phrase(rf"{_VERY} (?:damage|loss)"),
        "official-position": phrase(
            r"(?:use of|using|abuse of|abusing|taking advantage of|through)"
            r"(?: (?:his|her|his/her|their|the|an|one's))?"
            r"(?: \((?:her|his)\))? (?:official|service) (?:position|powers?|status)"
        ),
        "grave-consequences": phrase(r"(?:grave|severe|serious|heavy) consequences"),
        "public-official": phrase(
            r"person (?:authori[sz]ed|empowered) to perform state functions|public official|civil servant"
        ),
        "critical-infrastructure": phrase(
            r"critical(?:ly important)? (?:facilities|objects|infrastructure)"
            r"(?: of (?:the )?(?:information and communication )?infrastructure)?"
        ),
        "illegal-entry": phrase(
            r"(?:illegal|unlawful) ent(?:ering|ry) (?:in|into|to|on)(?: (?:the|a))?"
            r" (?:dwelling|residential|premis|house|home)\w*"
        ),
        "illegal-access-to-information-system": phrase(
            r"(?:illegal|unlawful|unauthori[sz]ed) access to (?:the |an? )?"
            r"(?:electronic information resources|information system|computer system)"
        ),
        "user-of-information-system": phrase(
            r"(?:of|against) (?:the |a )?user of (?:the |an? )?information system"
        ),
        "state-procurement": phrase(r"(?:state|public|government) procurements?"),
        "oil-and-gas-pipeline": phrase(r"(?:oil|gas|oil and gas|oil or gas) pipelines?"),
        "two-or-more-persons": phrase(r"two or more (?:persons|people|victims)"),
        "person-responsible-for-minor": phrase(
            r"parent, teacher or other person|person, (?:to|on|upon) whom the obligations? of upbringing"
        ),
        "knowingly-minor": phrase(
            r"knowingly (?:in relation (?:to|of)|against) (?:the |a )?(?:minor|underage|juvenile)\w*"
        ),
        "special-technical-means": phrase(r"special technical (?:means|devices|equipment)"),
        "gain": phrase(
            r"deriving (?:of )?(?:profits?|benefits?|income)"
            r"|(?:lucrative|mercenary|selfish) (?:motives?|purposes?|ends)"
        ),
        "publicly": phrase(
            r"(?:in |a )?public (?:speaking|speech|address)|publicly (?:performed|displayed)|mass media"
        ),
    }
)
"""Notation of each circumstance and the phrases that name it."""

# A narrower circumstance whose words contain those of a wider one.
_WITHIN: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {"large-scale": ("especially-large-scale",), "large-damage": ("especially-large-damage",)}
)


def circumstances(text: str) -> list[tuple[str, int, int]]:
    """The circumstances that a text names, each with the place of its first mention, in their order."""
    found = {
        notation: match for notation, pattern in CIRCUMSTANCES.items() if (match := pattern.search(text))
    }
    kept = [
        (notation, match.start(), match.end())
        for notation, match in found.items()
        if not any(
            other in found and found[other].start() <= match.start() and match.end() <= found[other].end()
            for other in _WITHIN.get(notation, ())
        )
    ]
    return sorted(kept, key=lambda entry: entry[1])
