"""Sanction clauses: from 'shall be punished by …' to alternatives and additional punishments.

A pure parser of the English wording that country profiles of one legal family share. It knows no country,
no article and no figure: those come from the text.
"""

from kzlod.ingest.sanctions.model import Additional, Alternative, Clause, Measure, Remark, Span
from kzlod.ingest.sanctions.parser import parse_clause

__all__ = ["Additional", "Alternative", "Clause", "Measure", "Remark", "Span", "parse_clause"]
