"""Deterministic demo data: invented people on numbers that no telephone has."""
