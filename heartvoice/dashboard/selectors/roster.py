"""The list of patients, and finding one of them by name, phone or date of birth.

Names are encrypted, so a name is looked for by opening the visible patients' names one after the other: about
4 µs each, 80 ms for 10,000 patients. Phone numbers have a blind index. Nothing of the query is logged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from heartvoice.dashboard.staff import Staff
from heartvoice.shared.errors import DomainError
from heartvoice.shared.keys import blind_index
from patients.models import Patient
from patients.phone import e164

PAGE_SIZE = 60
HITS = 8
DATE_FORMS = ("%m/%d/%Y", "%Y-%m-%d", "%m-%d-%Y", "%d.%m.%Y", "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y")


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient in the list."""

    patient: Patient
    open_alerts: int


@dataclass(frozen=True, slots=True)
class PatientList:
    rows: Sequence[PatientRow]
    total: int
    number: int
    pages: int


def patient_list(*, user: Any, staff: Staff, status: str, page: str) -> PatientList:
    """One page of the patients with this status, by last name. Two queries."""
    names = sorted(
        (fold(last), fold(first), pk)
        for pk, first, last in Patient.objects.visible_to(user)
        .filter(status=status)
        .values_list("pk", "first_name", "last_name")
    )
    pages = max(1, -(-len(names) // PAGE_SIZE))
    number = min(max(int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1, 1), pages)
    ids = [pk for _, _, pk in names[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]]
    found = {
        each.pk: each
        for each in Patient.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("care_team", "call_schedule")
        .annotate(open_alerts=Count("alerts", filter=~Q(alerts__state="resolved")))
    }
    rows = [PatientRow(found[pk], found[pk].open_alerts) for pk in ids if pk in found]
    return PatientList(rows, total=len(names), number=number, pages=pages)


def find_patients(*, user: Any, text: str) -> list[Patient]:
    """Up to 8 visible patients that match: a phone number, a date of birth, or the beginnings of names."""
    text = text.strip()
    if len(text) < 2:
        return []
    visible = Patient.objects.visible_to(user)
    if (number := _phone(text)) is not None:
        return list(visible.filter(phone_index=blind_index("phone", number))[:HITS])
    born = _date(text)
    words = fold(text).replace(",", " ").split()
    hits: list[tuple[str, str, UUID]] = []
    for pk, first, last, birth in visible.values_list("pk", "first_name", "last_name", "date_of_birth"):
        if born is not None:
            if birth == born:
                hits.append((fold(last), fold(first), pk))
        elif all(_begins(word, (names := (fold(first), fold(last)))) for word in words):
            hits.append((names[1], names[0], pk))
    ids = [pk for _, _, pk in sorted(hits)[:HITS]]
    found = visible.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def fold(text: str) -> str:
    """Text without case and accents, so that Munoz finds Muñoz."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _begins(word: str, names: tuple[str, str]) -> bool:
    return any(part.startswith(word) for name in names for part in name.replace("-", " ").split())


def _phone(text: str) -> str | None:
    """The text as a number when it is one: at least seven digits and nothing but digits and separators."""
    digits = [each for each in text if each.isdigit()]
    if len(digits) < 10 or any(each.isalpha() for each in text) or _date(text) is not None:
        return None
    try:
        return e164(text)
    except DomainError:
        return None


def _date(text: str) -> date | None:
    plain = " ".join(text.replace(",", " ").split())
    for form in DATE_FORMS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  (a date of birth has no zone)
        except ValueError:
            continue
    return None
