"""Finding patients by what is encrypted: the phone by its blind index, names and dates within the visible set."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from heartvoice.shared.keys import blind_index
from patients.models import Patient
from patients.phone import BadPhone, e164

MAX_SCAN = 20_000
DATE_FORMS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d.%m.%Y")


def patients_matching(visible: QuerySet[Patient], text: str) -> list[UUID]:
    """Ids of the visible patients that the text names: a phone, a record number, a date of birth, or parts of the name."""
    text = text.strip()
    if not text:
        return []
    by_index = _by_phone(visible, text) or _by_record_number(visible, text)
    if by_index:
        return by_index
    born = _as_date(text)
    columns = visible.values_list("pk", "first_name", "last_name", "date_of_birth")[:MAX_SCAN]
    if born is not None:
        return [pk for pk, _, _, birthday in columns if birthday == born]
    words = folded(text).split()
    return [pk for pk, first, last, _ in columns if all(word in folded(f"{first} {last}") for word in words)]


def _by_phone(visible: QuerySet[Patient], text: str) -> list[UUID]:
    if sum(character.isdigit() for character in text) < 7:
        return []
    try:
        number = e164(text)
    except BadPhone:
        return []
    return list(visible.filter(phone_index=blind_index("phone", number)).values_list("pk", flat=True))


def _by_record_number(visible: QuerySet[Patient], text: str) -> list[UUID]:
    index = blind_index("record_number", text)
    return list(visible.filter(record_number_index=index).values_list("pk", flat=True))


def _as_date(text: str) -> date | None:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a birthday has no zone)
        except ValueError:
            continue
    return None


def folded(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
