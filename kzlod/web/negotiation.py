"""Content negotiation: `Accept` and `Accept-Language` of RFC 9110, sections 12.4 and 12.5.

Pure functions. A header that cannot be understood is never an error: parts without a sensible reading are
passed over, and a header of which nothing is left counts as absent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the name of a grammar rule, not a secret
_RANGE = re.compile(rf"({_TOKEN})/({_TOKEN})\Z")
_LANGUAGE = re.compile(r"(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\Z")
_WEIGHT = re.compile(r"\d+(?:\.\d*)?\Z|\.\d+\Z", re.ASCII)
_CACHED_LENGTH = 1024
_RANGES = 64  # no client means more; the rest of a longer header is passed over


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of an `Accept` header: type, subtype (`*` for any), parameters, and weight from 0 to 1."""

    type: str
    subtype: str
    parameters: Mapping[str, str]
    quality: float


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer that the client likes best, or None when it accepts none of them.

    `accept` is the header's value (several header lines joined with commas), None when absent; `offers` are
    media types in the server's order of preference. The weight of an offer is that of the most specific range
    that matches it. Of offers with the same weight, the one named most specifically comes first, then the
    server's order decides.
    """
    if accept and len(accept) > _CACHED_LENGTH:
        return _choose(accept, tuple(offers))
    return _choose_cached(accept, tuple(offers))


def _choose(accept: str | None, offers: tuple[str, ...]) -> str | None:
    ranges = parse_accept(accept)
    if not ranges:
        return offers[0] if offers else None
    best: str | None = None
    best_rank = (0.0, 0)
    for offer in offers:
        specificity, quality = _weigh(parse_media_type(offer), ranges)
        if quality > 0 and (quality, specificity) > best_rank:
            best, best_rank = offer, (quality, specificity)
    return best


_choose_cached = lru_cache(maxsize=1024)(_choose)


def quality(accept: str | None, offer: str) -> float:
    """The weight, from 0 (not acceptable) to 1, that an `Accept` header gives to one media type."""
    ranges = parse_accept(accept)
    return _weigh(parse_media_type(offer), ranges)[1] if ranges else 1.0


def choose_language(accept_language: str | None, offers: Sequence[str]) -> str | None:
    """The offered language tag that the client likes best, or None when the header prefers none of them.

    A range matches a tag that is equal to it, more special (`en` matches `en-GB`), or more general (`kk-KZ`
    matches `kk`, the lookup of RFC 4647, section 3.4). Of tags with equal weight the one named first in the
    header wins.
    """
    wanted = _parse_languages(accept_language)
    refused = {tag for tag, weight in wanted if weight <= 0}
    for tag, weight in sorted(wanted, key=lambda pair: -pair[1]):
        if weight <= 0:
            break
        if tag == "*":
            named = {other for other, _ in wanted if other != "*"}
            rest = [offer for offer in offers if offer.lower() not in named]
            if rest:
                return rest[0]
            continue
        for offer in _matching(tag, offers):
            if offer.lower() not in refused:
                return offer
    return None


def parse_accept(accept: str | None) -> tuple[MediaRange, ...]:
    """The media ranges of an `Accept` header, in its order; empty when it is absent or says nothing."""
    if not accept:
        return ()
    # Browsers and libraries send the same few headers; a long one is rare and not worth the memory.
    return _parse_cached(accept) if len(accept) <= _CACHED_LENGTH else _parse_ranges(accept)


def parse_media_type(value: str) -> MediaRange:
    """A media type such as that of `Content-Type`; type and subtype are empty when it is malformed."""
    head, *rest = _split(value, ";")
    match = _RANGE.match(head.strip().lower())
    if not match:
        return MediaRange("", "", {}, 0.0)
    return MediaRange(match[1], match[2], dict(_parameters(rest)), 1.0)


def _parse_ranges(accept: str) -> tuple[MediaRange, ...]:
    ranges = []
    for element in _split(accept, ",")[:_RANGES]:
        head, *rest = _split(element, ";")
        name = head.strip().lower()
        # Old Java clients send a bare asterisk.
        match = _RANGE.match("*/*" if name == "*" else name)
        if not match or (match[1] == "*" and match[2] != "*"):
            continue
        weight, parameters = 1.0, {}
        for key, value in _parameters(rest):
            if key == "q":
                weight = _weight(value)
                break  # what follows the weight is not part of the media range
            parameters[key] = value
        ranges.append(MediaRange(match[1], match[2], parameters, weight))
    return tuple(ranges)


_parse_cached = lru_cache(maxsize=512)(_parse_ranges)


def _weigh(offer: MediaRange, ranges: Sequence[MediaRange]) -> tuple[int, float]:
    """Specificity and weight of the most specific range that matches the offer; (0, 0.0) when none does."""
    best = (0, 0.0)
    for item in ranges:
        specificity = _specificity(offer, item)
        # A range given twice counts with its higher weight.
        best = max(best, (specificity, item.quality)) if specificity else best
    return best


def _specificity(offer: MediaRange, item: MediaRange) -> int:
    """How specifically a range names the offer: 0 not at all, 1 `*/*`, 2 `type/*`, then the type itself."""
    if item.type == "*":
        return 1
    if item.type != offer.type:
        return 0
    if item.subtype == "*":
        return 2
    if item.subtype != offer.subtype:
        return 0
    stated = 0
    hint = False
    for key, value in item.parameters.items():
        own = offer.parameters.get(key, "utf-8" if key == "charset" else None)
        if own is None:
            hint = True
        elif own.lower() != value.lower():
            return 0
        else:
            stated += 1
    if hint:
        # A parameter that the offer does not state (a JSON-LD profile, a version) is taken as a wish: it may
        # make the type acceptable, it never makes it unacceptable.
        return 3 if item.quality > 0 else 0
    return 4 + stated


def _parameters(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        key, separator, value = part.partition("=")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] == '"':
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        if separator and key.strip():
            yield key.strip().lower(), value


def _weight(text: str) -> float:
    """A weight; one that is out of range is brought into it, one that is no number counts as 1."""
    return min(1.0, float(text)) if _WEIGHT.match(text) else (0.0 if text.startswith("-") else 1.0)


def _split(text: str, separator: str) -> list[str]:
    """Splits at a separator, but not inside a quoted string."""
    if '"' not in text:
        return text.split(separator)
    parts, start, quoted, escaped = [], 0, False, False
    for position, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return parts


def _parse_languages(header: str | None) -> list[tuple[str, float]]:
    wanted = []
    for element in (header or "").split(",")[:_RANGES]:
        head, *rest = element.split(";")
        match = _LANGUAGE.match(head.strip())
        if match:
            weights = [_weight(value) for key, value in _parameters(rest) if key == "q"]
            wanted.append((match[1].lower(), weights[0] if weights else 1.0))
    return wanted


def _matching(tag: str, offers: Sequence[str]) -> Iterator[str]:
    """Offers that a language range names: itself, then more special ones, then ever more general ones."""
    yield from (offer for offer in offers if offer.lower() == tag)
    yield from (offer for offer in offers if offer.lower().startswith(f"{tag}-"))
    while "-" in tag:
        tag = tag.rpartition("-")[0]
        yield from (offer for offer in offers if offer.lower() == tag)
