"""One telephone call as the REST API shows it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from heartvoice.demo.phone.ledger import Ledger

API_VERSION = "2010-04-01"


class Status(StrEnum):
    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


FINAL = frozenset({Status.COMPLETED, Status.BUSY, Status.FAILED, Status.NO_ANSWER, Status.CANCELED})
WAITING = frozenset({Status.QUEUED, Status.INITIATED, Status.RINGING})


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


def new_sid(prefix: str) -> str:
    """An identifier of Twilio's form, for example CA and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Options:
    """How a call is run, from the parameters of the REST request or of the number."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_url: str = ""
    status_method: str = "POST"
    status_events: tuple[str, ...] = ("completed",)
    ring_timeout_s: int = 60
    time_limit_s: int = 14_400
    machine_detection: str = ""
    is_amd_async: bool = False
    amd_url: str = ""
    amd_method: str = "POST"


@dataclass(slots=True)
class Call:
    """One leg. Times are aware UTC."""

    account_sid: str
    to: str
    from_: str
    direction: Direction
    options: Options
    sid: str = field(default_factory=lambda: new_sid("CA"))
    parent_sid: str | None = None
    status: Status = Status.QUEUED
    answered_by: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    ended_at: datetime | None = None
    sip_code: int | None = None
    ledger: Ledger = field(default_factory=Ledger)
    heard: bytearray = field(default_factory=bytearray)

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def duration_s(self) -> int:
        """Whole seconds since the answer, 0 if it was never answered."""
        if self.started_at is None:
            return 0
        return round(((self.ended_at or datetime.now(UTC)) - self.started_at).total_seconds())

    def parameters(self) -> dict[str, str]:
        """What every webhook about this call carries."""
        found = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": str(self.status),
            "ApiVersion": API_VERSION,
            "Direction": str(self.direction),
            "FromCountry": "US",
            "ToCountry": "US",
        }
        if self.parent_sid:
            found["ParentCallSid"] = self.parent_sid
        if self.answered_by:
            found["AnsweredBy"] = self.answered_by
        return found

    def as_json(self) -> dict[str, Any]:
        """The resource as the REST API returns it."""
        path = f"/{API_VERSION}/Accounts/{self.account_sid}/Calls/{self.sid}"
        parts = ("events", "notifications", "payments", "recordings", "siprec", "streams", "transcriptions")
        return {
            "account_sid": self.account_sid,
            "annotation": None,
            "answered_by": self.answered_by,
            "api_version": API_VERSION,
            "caller_name": None,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.ended_at or self.started_at or self.created_at),
            "direction": str(self.direction),
            "duration": str(self.duration_s) if self.is_over else None,
            "end_time": rfc2822(self.ended_at),
            "forwarded_from": None,
            "from": self.from_,
            "from_formatted": self.from_,
            "group_sid": None,
            "parent_call_sid": self.parent_sid,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": rfc2822(self.started_at),
            "status": str(Status.QUEUED if self.status is Status.INITIATED else self.status),
            "subresource_uris": {part: f"{path}/{part.capitalize()}.json" for part in parts},
            "to": self.to,
            "to_formatted": self.to,
            "trunk_sid": None,
            "uri": f"{path}.json",
        }


def options_from(form: Mapping[str, str], events: tuple[str, ...]) -> Options:
    """The options of a REST request; `events` are its StatusCallbackEvent values."""
    return Options(
        url=form.get("Url", ""),
        method=form.get("Method", "POST"),
        twiml="" if form.get("Url") else form.get("Twiml", ""),
        fallback_url=form.get("FallbackUrl", ""),
        fallback_method=form.get("FallbackMethod", "POST"),
        status_url=form.get("StatusCallback", ""),
        status_method=form.get("StatusCallbackMethod", "POST"),
        status_events=events or ("completed",),
        ring_timeout_s=int(form.get("Timeout", "60")),
        time_limit_s=int(form.get("TimeLimit", "14400")),
        machine_detection="" if form.get("SendDigits") else form.get("MachineDetection", ""),
        is_amd_async=form.get("AsyncAmd", "").lower() == "true",
        amd_url=form.get("AsyncAmdStatusCallback", ""),
        amd_method=form.get("AsyncAmdStatusCallbackMethod", "POST"),
    )


def rfc2822(at: datetime | None) -> str | None:
    """As "Sun, 22 Nov 2026 09:00:00 +0000", None for None."""
    return None if at is None else format_datetime(at)
