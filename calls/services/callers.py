"""Who is on a line without an assistant: the name that was said, and whose telephone it may be."""

from __future__ import annotations

from calls.models import Call, Turn
from calls.services.identity import HAND_OVER

NAME = "name"
VERIFY = "verifyIdentity"


def name_said(call: Call) -> str:
    """What was said to the question for the name, "" while nobody has been asked.

    Each try of identity, and everybody who has the telephone, says it anew.
    """
    since = (
        call.tool_calls.filter(name__in=(VERIFY, HAND_OVER), is_ok=True)
        .order_by("-at_ms")
        .values_list("at_ms", flat=True)
        .first()
    )
    said = call.turns.filter(question_id=NAME, speaker=Turn.Speaker.PATIENT)
    newest = said.order_by("-sequence").first()
    if newest is None or (since is not None and newest.start_ms <= since):
        return ""
    return str(newest.text)
