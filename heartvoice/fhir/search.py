"""What a search asks for, and the observations that answer it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from biomarkers.models import CallVoice
from heartvoice.fhir import codes, resources
from heartvoice.fhir.asking import SHAPE, BadSearch, only_known
from heartvoice.fhir.codes import Kind
from patients.models import Patient, PatientRecord

OFFERED = 50
MOST = 200
DATE = re.compile(r"^(eq|ge|gt|le|lt)?(\d{4}-\d{2}-\d{2})$")
KNOWN = frozenset({"patient", "subject", "category", "code", "date", *SHAPE})


@dataclass(frozen=True, slots=True)
class Paging:
    count: int
    offset: int


def paging(query: Mapping[str, str]) -> Paging:
    """`_count` (1 to 200) and `_offset`."""
    found = []
    for name, usual, most in (("_count", OFFERED, MOST), ("_offset", 0, 1_000_000)):
        text = query.get(name, str(usual))
        if not (text.isascii() and text.isdigit() and len(text) < 8):
            raise BadSearch(name)
        found.append(min(int(text), most))
    return Paging(max(found[0], 1), found[1])


def patient_id(text: str) -> UUID:
    """The id in `Patient/<id>` or `<id>`."""
    try:
        return UUID(text.removeprefix("Patient/"))
    except ValueError:
        raise BadSearch("patient") from None


def kinds_asked(query: Mapping[str, Any]) -> list[Kind]:
    """The kinds of observation under `category` and `code` (`system|code` or the bare code; commas mean or)."""
    only_known(query, KNOWN)
    kinds = list(codes.BY_SLUG.values())
    if category := query.get("category"):
        wanted = {each.rpartition("|")[2] for each in category.split(",")}
        kinds = [kind for kind in kinds if kind.category in wanted]
    if code := query.get("code"):
        wanted = {each.rpartition("|")[2] for each in code.split(",")}
        kinds = [kind for kind in kinds if wanted & {kind.field, *(code for code, _ in kind.loinc)}]
    return kinds


def period_asked(dates: list[str]) -> tuple[datetime | None, datetime | None]:
    """From and until (exclusive) of the `date` parameters: days in UTC with eq, ge, gt, le, lt."""
    start: datetime | None = None
    end: datetime | None = None
    for text in dates:
        match = DATE.match(text)
        if match is None:
            raise BadSearch("date")
        try:
            day = datetime.combine(date.fromisoformat(match[2]), time(), UTC)
        except ValueError:
            raise BadSearch("date") from None
        after = day + timedelta(days=1)
        prefix = match[1] or "eq"
        if prefix in ("eq", "ge", "gt"):
            lower = after if prefix == "gt" else day
            start = lower if start is None else max(start, lower)
        if prefix in ("eq", "le", "lt"):
            upper = day if prefix == "lt" else after
            end = upper if end is None else min(end, upper)
    return start, end


def observations(
    patient: Patient,
    kinds: list[Kind],
    period: tuple[datetime | None, datetime | None],
    page: Paging,
    base: str,
) -> tuple[list[dict[str, Any]], int]:
    """One page of the observations, newest first, and how many there are. Two queries."""
    of_record = [kind for kind in kinds if kind in codes.OF_RECORD]
    of_voice = [kind for kind in kinds if kind in codes.VOICE]
    found: list[tuple[datetime, Any, Kind]] = []
    if of_record:
        for record in _within(
            PatientRecord.objects.filter(patient=patient).defer("notes"), "recorded_at", period
        ):
            found += [
                (record.recorded_at, record, kind)
                for kind in of_record
                if getattr(record, kind.field) is not None
            ]
    if of_voice:
        for voice in _within(CallVoice.objects.filter(patient=patient), "at", period):
            found += [
                (voice.at, voice, kind) for kind in of_voice if voice.features.get(kind.field) is not None
            ]
    found.sort(key=lambda each: each[0], reverse=True)
    shown = found[page.offset : page.offset + page.count]
    return [_resource(row, kind, base) for _, row, kind in shown], len(found)


def observation(visible: Any, text: str, base: str) -> tuple[UUID, dict[str, Any]] | None:
    """The observation of that id and its patient's id, among visible patients; None when there is none."""
    kind = codes.BY_SLUG.get(text[37:])
    try:
        row_id = UUID(text[:36])
    except ValueError:
        return None
    if kind is None or text[36:37] != "-":
        return None
    model: Any = CallVoice if kind in codes.VOICE else PatientRecord
    row = model.objects.filter(patient__in=visible, pk=row_id).first()
    if row is None:
        return None
    value = row.features.get(kind.field) if kind in codes.VOICE else getattr(row, kind.field)
    return None if value is None else (row.patient_id, _resource(row, kind, base))


def _resource(row: Any, kind: Kind, base: str) -> dict[str, Any]:
    if isinstance(row, CallVoice):
        return resources.observation_of_voice(row, kind, base)
    return resources.observation_of_record(row, kind, base)


def _within(rows: Any, moment: str, period: tuple[datetime | None, datetime | None]) -> Any:
    start, end = period
    if start is not None:
        rows = rows.filter(**{f"{moment}__gte": start})
    return rows if end is None else rows.filter(**{f"{moment}__lt": end})
