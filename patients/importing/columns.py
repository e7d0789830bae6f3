"""What each column of a patients' spreadsheet means, and how its text becomes a value."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from patients.models import Consent, Patient
from patients.phone import BadPhone, e164

DATE_FORMS = ("%Y-%m-%d", "%m/%d/%Y")
YES = {"yes", "y", "true", "1", "si", "sí"}
NO = {"no", "n", "false", "0", ""}
SEXES = {"f": "f", "female": "f", "m": "m", "male": "m", "unknown": "unknown", "u": "unknown"}
LANGUAGES = ("en", "es")
DAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 1)}


class Bad(ValueError):
    """The text of a cell is no value of its column. Holds a code, never the text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `group` is patient, consent, consent_fact or schedule; `help` stands in the template file's guide."""

    name: str
    parse: Callable[[str], Any]
    group: str = "patient"
    is_required: bool = False
    max_length: int = 200


def text(value: str) -> str:
    return value


def phone(value: str) -> str:
    try:
        return e164(value.lstrip("'"))
    except BadPhone:
        raise Bad("bad_phone") from None


def day(value: str) -> date:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007  (a calendar day has no zone)
        except ValueError:
            continue
    raise Bad("bad_date")


def past_day(value: str) -> date:
    found = day(value)
    if found > date.today():  # noqa: DTZ011
        raise Bad("future_date")
    if found.year < 1900:
        raise Bad("impossible_date")
    return found


def birthday(value: str) -> date:
    found = past_day(value)
    if (date.today() - found).days < 18 * 365:  # noqa: DTZ011
        raise Bad("too_young")
    return found


def zone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise Bad("bad_zone")
    return value


def yes_no(value: str) -> bool:
    if value.lower() in YES:
        return True
    if value.lower() in NO:
        return False
    raise Bad("bad_yes_no")


def nyha(value: str) -> int:
    roman = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(value.upper())
    if roman is not None:
        return roman
    if value in {"1", "2", "3", "4"}:
        return int(value)
    raise Bad("bad_nyha")


def sex(value: str) -> str:
    try:
        return SEXES[value.lower()]
    except KeyError:
        raise Bad("bad_sex") from None


def language(value: str) -> str:
    if value.lower() not in LANGUAGES:
        raise Bad("bad_language")
    return value.lower()


def weight(value: str) -> Decimal:
    try:
        found = Decimal(value).quantize(Decimal("0.1"))
    except InvalidOperation:
        raise Bad("bad_number") from None
    if not 60 <= found <= 700:
        raise Bad("bad_weight")
    return found


def weekdays(value: str) -> list[int]:
    found = set()
    for part in re.split(r"[\s,;/]+", value.lower().strip()):
        number = DAYS.get(part[:3]) or (int(part) if part in set("1234567") else None)
        if number is None:
            raise Bad("bad_weekdays")
        found.add(number)
    return sorted(found)


def call_time(value: str) -> time:
    try:
        return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007  (local time of the patient)
    except ValueError:
        raise Bad("bad_time") from None


def _most(name: str) -> int:
    return int(getattr(Patient._meta.get_field(name), "max_length", None) or 4000)


PHONES = ("phone", "emergency_contact_phone")
CONSENT_PREFIX = "consent_"
COLUMNS = (
    Column("first_name", text, is_required=True, max_length=_most("first_name")),
    Column("last_name", text, is_required=True, max_length=_most("last_name")),
    Column("date_of_birth", birthday, is_required=True),
    Column("phone", phone, is_required=True, max_length=40),
    Column("time_zone", zone, is_required=True),
    Column("sex", sex),
    Column("language", language),
    Column("interpreter_needed", yes_no),
    Column("record_number", text, max_length=_most("record_number")),
    Column("address", text, max_length=1000),
    Column("city", text, max_length=_most("city")),
    Column("state", text, max_length=_most("state")),
    Column("emergency_contact_name", text, max_length=_most("emergency_contact_name")),
    Column("emergency_contact_phone", phone, max_length=40),
    Column("nyha_class", nyha),
    Column("discharged_on", past_day),
    Column("enrolled_on", past_day),
    Column("enrolment_weight_lb", weight),
    Column("on_blood_thinner", yes_no),
    Column("has_icd", yes_no),
    Column("has_suicide_history", yes_no),
    Column("has_fall_risk", yes_no),
    *(Column(f"{CONSENT_PREFIX}{scope}", past_day, group="consent") for scope in Consent.Scope.values),
    Column("consent_wording", text, group="consent_fact", max_length=40),
    Column("consent_method", text, group="consent_fact", max_length=40),
    Column("call_days", weekdays, group="schedule"),
    Column("call_from", call_time, group="schedule"),
    Column("call_until", call_time, group="schedule"),
)
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = tuple(column.name for column in COLUMNS if column.is_required)
EXAMPLE = {
    "first_name": "Ann", "last_name": "Example", "date_of_birth": "1948-03-03", "phone": "(201) 555-0123",
    "time_zone": "America/New_York", "sex": "female", "language": "en", "interpreter_needed": "no",
    "record_number": "A-1001", "city": "Newark", "state": "NJ", "nyha_class": "2", "on_blood_thinner": "no",
    "has_icd": "no", "has_suicide_history": "no", "has_fall_risk": "yes",
    "consent_ai_voice_call": "2026-11-01", "consent_voice_biomarker": "2026-11-01", "consent_wording": "2026-01",
    "consent_method": "paper", "call_days": "mon wed fri", "call_from": "09:00", "call_until": "12:00",
}  # fmt: skip
