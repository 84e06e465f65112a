"""Parsed sanction clauses in short, for tests to compare; and the check that no word is lost."""

from kzlod.ingest.sanctions import Clause, Measure, Span


def spans_of(clause: Clause) -> list[Span]:
    """Every span that accounts for words, of the clause and its cases."""
    return sorted(
        span
        for part in clause.walk()
        for span in (
            *(each.span for each in part.alternatives),
            *(each.span for each in part.additional),
            *part.connectives,
            *part.unparsed,
        )
    )


def assert_accounted(text: str, clause: Clause) -> None:
    """Every character that is not white space stands in exactly one span, and no span ends in white space."""
    at = 0
    for span in spans_of(clause):
        assert not text[at : span.start].strip(), text[at : span.start]
        assert at <= span.start < span.end, (span, text)
        assert span.of(text) == span.of(text).strip()
        at = span.end
    assert not text[at:].strip(), text[at:]


def shown(measure: Measure, same: object = None) -> str:
    """In short: '≤5 year', '3..7 year', '=10 year', 'life'; '~' and the index of what it repeats."""
    low, high, fixed = measure.minimum, measure.maximum, measure.fixed
    figure = ""
    if fixed is not None:
        figure = f"={fixed} "
    elif low is not None and high is not None:
        figure = f"{low}..{high} "
    elif high is not None:
        figure = f"≤{high} "
    elif low is not None:
        figure = f"≥{low} "
    flags = [name for name in ("life", "permanent", "term_not_stated") if getattr(measure, name)]
    repeated = "" if same is None else f" ~{same}"
    return " ".join([f"{figure}{measure.unit or ''}{repeated}".strip(), *flags]).strip()


def alternatives_of(clause: Clause) -> list[str]:
    """The alternatives in short."""
    return [f"{each.type} {shown(each.measure, each.same_as)}".strip() for each in clause.alternatives]


def additional_of(clause: Clause) -> list[str]:
    """The additional punishments in short: '+' mandatory, '?' optional; what they attach to after '@'."""
    return [
        f"{'+' if each.mandatory else '?'}{each.type} {shown(each.measure, each.same_as)}".strip()
        + (f" @{','.join(map(str, each.attaches_to))}" if each.attaches_to else "")
        for each in clause.additional
    ]
