"""What the telephone company reports about pages: a pressed key, and what became of a message or call.

Signed requests only. The person is the notification's recipient: nothing in the request says who acts.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from alerts.page_texts import VOICES, reply_text
from alerts.selectors import page_language
from alerts.services import notification_receipt, page_acknowledge


def is_signed(request: HttpRequest) -> bool:
    """True if Twilio signed this request for our public URL. During a key rotation two tokens are good."""
    signature = request.headers.get("X-Twilio-Signature", "")
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    tokens = [settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_PREVIOUS]
    return bool(signature) and any(
        RequestValidator(token).validate(url, request.POST, signature) for token in tokens if token
    )


@login_not_required
@csrf_exempt
@require_POST
def page_answered(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """A key was pressed in a paging call."""
    if not is_signed(request):
        return HttpResponse(status=403)
    code = "other_key"
    if request.POST.get("Digits") == "1":
        code = page_acknowledge(notification_id=notification_id)
    language = page_language(notification_id=notification_id)
    response = VoiceResponse()
    response.say(reply_text(code, language), language=VOICES[language])
    response.hangup()
    return HttpResponse(str(response), content_type="text/xml")


@login_not_required
@csrf_exempt
@require_POST
def page_status(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """A receipt for a text message or a paging call."""
    if not is_signed(request):
        return HttpResponse(status=403)
    status = request.POST.get("MessageStatus") or request.POST.get("CallStatus") or ""
    notification_receipt(
        notification_id=notification_id, status=status[:40], error_code=request.POST.get("ErrorCode", "")[:40]
    )
    return HttpResponse(status=204)
