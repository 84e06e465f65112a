"""Dates as English texts print them."""

import re
from datetime import date

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_NAMES = "|".join(_MONTHS)
_DATE = re.compile(
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_NAMES}),?\s+(?P<y1>\d{{4}})"
    rf"|(?P<m2>{_NAMES})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    r"|(?<!\d)(?P<d3>\d{1,2})[./](?P<n3>\d{1,2})[./](?P<y3>\d{4})(?!\d)"
    r"|(?<!\d)(?P<y4>\d{4})-(?P<n4>\d{2})-(?P<d4>\d{2})(?!\d)",
    re.IGNORECASE,
)


def find_date(text: str) -> str:
    """The first date in a text as ISO 8601, day before month where both are numbers; '' if it has none."""
    for match in _DATE.finditer(text):
        form = next(number for number in "1234" if match[f"y{number}"])
        month = match[f"n{form}"] if form in "34" else str(_MONTHS.index(match[f"m{form}"].lower()) + 1)
        try:
            return date(int(match[f"y{form}"]), int(month), int(match[f"d{form}"])).isoformat()
        except ValueError:
            continue
    return ""
