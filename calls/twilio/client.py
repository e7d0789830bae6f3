"""The telephone network's REST side: place a call. Used by the worker, never on the audio path.

No automatic retries: the library repeats POSTs, and a repeated POST may ring a patient twice. On doubt the call
is looked up before anybody dials again.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from calls.models import Call

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.call import CallInstance

log = logging.getLogger(__name__)

TIMEOUT_S = 10
RING_S = 30
LONGEST_S = 60 * 60  # a call closes itself after 20 minutes, but never in an emergency
STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"]
BAD_NUMBER = frozenset({21211, 21214, 21217, 13224})
BAD_ACCOUNT = frozenset({20003, 21215, 13214, 13227, 32205})
NOT_IN_PROGRESS = 21220
BUSY_ACCOUNT = frozenset({10004, 20429})


class CarrierError(Exception):
    """The telephone network did not do what it was asked. The text is a code."""


class DialFailed(Exception):
    """The call was not placed. `code` is Twilio's or ours, `end_reason` is for the call row."""

    def __init__(self, code: str, end_reason: str) -> None:
        super().__init__(end_reason)
        self.code = code
        self.end_reason = end_reason


def client() -> Client:
    """A client for the configured account and address."""
    made = Client(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        http_client=TwilioHttpClient(timeout=TIMEOUT_S, max_retries=0),
    )
    made.api.base_url = settings.TWILIO_API_BASE
    return made


def place_call(call: Call) -> str:
    """Dial the call's patient, or the emergency contact; the carrier's id of the call. Raises DialFailed."""
    twilio = client()
    began = datetime.now(UTC)
    try:
        placed = _create(twilio, call)
    except TwilioRestException as error:
        raise DialFailed(str(error.code or error.status), _end_reason(error)) from None
    except (TwilioException, RequestException, OSError) as error:
        if sid := _look_up(twilio, call, began):
            return sid
        raise DialFailed(type(error).__name__, "carrier_unreachable") from None
    return str(placed.sid)


def redirect_call(call_sid: str, twiml: str) -> bool:
    """The call follows this TwiML from now on; False when it is over already. Raises CarrierError."""
    try:
        client().calls(call_sid).update(twiml=twiml)
    except TwilioRestException as error:
        if error.code == NOT_IN_PROGRESS or error.status == 404:
            return False
        raise CarrierError(str(error.code or error.status)) from None
    except (TwilioException, RequestException, OSError) as error:
        raise CarrierError(type(error).__name__) from None
    return True


def number_of(call: Call) -> str:
    """Whom a call rings: the patient, or in an emergency the contact on file."""
    is_contact = call.purpose == Call.Purpose.EMERGENCY_CONTACT
    return str(call.patient.emergency_contact_phone if is_contact else call.patient.phone)


def _create(twilio: Client, call: Call) -> CallInstance:
    query = urlencode({"call": str(call.pk)})
    url = settings.PUBLIC_URL
    is_contact = call.purpose == Call.Purpose.EMERGENCY_CONTACT
    return twilio.calls.create(
        to=number_of(call),
        from_=settings.TWILIO_FROM_NUMBER,
        url=f"{url}/voice{'/contact' if is_contact else ''}?{query}",
        method="POST",
        status_callback=f"{url}/voice/status?{query}",
        status_callback_method="POST",
        status_callback_event=STATUS_EVENTS,
        timeout=RING_S,
        time_limit=LONGEST_S,
        machine_detection="DetectMessageEnd",
        machine_detection_timeout=30,
        async_amd="true",
        async_amd_status_callback=f"{url}/voice/amd?{query}",
        async_amd_status_callback_method="POST",
        record=False,
    )


def _look_up(twilio: Client, call: Call, began: datetime) -> str:
    """After a silence of the carrier: the call that it may have placed all the same, or ""."""
    try:
        found = twilio.calls.list(to=number_of(call), start_time_after=began, limit=20)
    except (TwilioException, RequestException, OSError):
        return ""
    known = set(
        Call.objects.filter(call_sid__in=[one.sid for one in found]).values_list("call_sid", flat=True)
    )
    for one in found:
        is_ours = one.direction == "outbound-api" and one.sid not in known
        created = getattr(one, "date_created", None)
        if is_ours and (created is None or created >= began.replace(microsecond=0)):
            return str(one.sid)
    return ""


def _end_reason(error: TwilioRestException) -> str:
    if error.code in BAD_NUMBER:
        return "bad_number"
    if error.code in BAD_ACCOUNT or error.status in (401, 403):
        log.error("the telephone account refuses to dial", extra={"code": error.code})
        return "carrier_refused"
    if error.code in BUSY_ACCOUNT or error.status == 429:
        return "carrier_busy"
    return "carrier_error"
