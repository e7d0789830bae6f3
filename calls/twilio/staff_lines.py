"""The telephone network's REST side for staff: ring a colleague, end a call. No automatic retries, as in `client`."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException

from calls.twilio.client import NOT_IN_PROGRESS, CarrierError, client

RING_S = 25


def ring_colleague(number: str, staff_call_id: UUID) -> str:
    """Ring a member of staff, who then is connected with a patient; the carrier's id. Raises CarrierError."""
    query = urlencode({"id": str(staff_call_id)})
    url = settings.PUBLIC_URL
    try:
        placed = client().calls.create(
            to=number,
            from_=settings.TWILIO_FROM_NUMBER,
            url=f"{url}/voice/staff/call?{query}",
            method="POST",
            status_callback=f"{url}/voice/staff/status?{query}",
            status_callback_method="POST",
            status_callback_event=["completed"],
            timeout=RING_S,
            time_limit=60 * 60,
            record=False,
        )
    except TwilioRestException as error:
        raise CarrierError(str(error.code or error.status)) from None
    except (TwilioException, RequestException, OSError) as error:
        raise CarrierError(type(error).__name__) from None
    return str(placed.sid)


def end_line(call_sid: str) -> bool:
    """Hang up, whether it rings or talks; False when it is over already. Raises CarrierError."""
    try:
        client().calls(call_sid).update(status="completed")
    except TwilioRestException as error:
        if error.code == NOT_IN_PROGRESS or error.status == 404:
            return False
        raise CarrierError(str(error.code or error.status)) from None
    except (TwilioException, RequestException, OSError) as error:
        raise CarrierError(type(error).__name__) from None
    return True
