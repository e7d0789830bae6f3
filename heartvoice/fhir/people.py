"""Which patients a search names: identifiers and phones by their blind indexes, names and birthdays among the visible."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from heartvoice.fhir.asking import SHAPE, BadSearch, only_known
from heartvoice.fhir.search import DATE, patient_id
from heartvoice.shared.keys import blind_index
from patients.models import Patient
from patients.phone import BadPhone, e164
from patients.search import MAX_SCAN, folded

NAMES = ("name", "family", "given")
KNOWN = frozenset({"_id", "identifier", *NAMES, "phone", "birthdate", *SHAPE})


def people_asked(rows: QuerySet[Patient], query: QueryDict) -> QuerySet[Patient]:
    """The rows that fit every parameter; within one, commas mean or. Raises BadSearch."""
    only_known(query, KNOWN)
    for text in query.getlist("_id"):
        rows = rows.filter(pk__in=[patient_id(each) for each in text.split(",")])
    for text in query.getlist("identifier"):
        numbers = [each.rpartition("|")[2] for each in text.split(",")]
        rows = rows.filter(record_number_index__in=[blind_index("record_number", each) for each in numbers])
    for text in query.getlist("phone"):
        rows = rows.filter(phone_index__in=[_phone_index(each) for each in text.split(",")])
    if not any(name in query for name in (*NAMES, "birthdate")):
        return rows
    return rows.filter(pk__in=_scanned(rows, query))


def _scanned(rows: QuerySet[Patient], query: QueryDict) -> list[UUID]:
    born = [{_day(each) for each in text.split(",")} for text in query.getlist("birthdate")]
    named = [
        (name, [folded(each).split() for each in text.split(",")])
        for name in NAMES
        for text in query.getlist(name)
    ]
    columns = rows.values_list("pk", "first_name", "last_name", "date_of_birth")[:MAX_SCAN]
    return [
        pk
        for pk, first, last, birthday in columns
        if all(birthday in days for days in born)
        and all(
            any(words and _begins(_parts(name, first, last), words) for words in wanted)
            for name, wanted in named
        )
    ]


def _parts(name: str, first: str, last: str) -> list[str]:
    given, family = folded(first).split(), folded(last).split()
    return {"given": given, "family": family}.get(name, given + family)


def _begins(parts: list[str], words: list[str]) -> bool:
    """Each word begins some part of the name: FHIR's string search, without case and accents."""
    return all(any(part.startswith(word) for part in parts) for word in words)


def _phone_index(text: str) -> Any:
    try:
        return blind_index("phone", e164(text.rpartition("|")[2]))
    except BadPhone:
        raise BadSearch("phone") from None


def _day(text: str) -> date:
    match = DATE.match(text)
    if match is None or match[1] not in (None, "eq"):
        raise BadSearch("birthdate")
    try:
        return date.fromisoformat(match[2])
    except ValueError:
        raise BadSearch("birthdate") from None
