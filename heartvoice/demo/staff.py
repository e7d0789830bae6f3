"""The demo's members of staff: log-in, role, name, and a telephone from the range set aside for fiction."""

from __future__ import annotations

STAFF = (
    ("nurse", "nurse", "Nora", "Nurse", "+19895550101"),
    ("nurse2", "nurse", "Noel", "Nurse", "+19895550102"),
    ("lead", "lead", "Lea", "Lead", "+19895550103"),
    ("admin", "admin", "Ada", "Admin", "+19895550104"),
)


def telephones() -> str:
    """Every member's number, separated by blanks: PHONE_STAFF of the telephone stand-in."""
    return " ".join(phone for *_, phone in STAFF)
