"""Questionnaires of the CEPEJ on judicial systems: from typed records to statements."""
