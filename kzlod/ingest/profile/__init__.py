"""Legislation profiles of the Council of Europe's cybercrime programme: from their text to typed records."""
