"""Questionnaires of the CEPEJ on judicial systems: from their text to typed records."""
