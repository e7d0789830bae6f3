"""After the call: its whole transcript is judged once more, and what it left open is told.

Also for a call that broke off: what exists is judged. The live scan and this one are the same scanner and the same
flags, so nothing is raised twice; this one knows the whole call.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from alerts.phrases import Turn as ScannedTurn
from alerts.phrases import scan_call
from alerts.phrases.model import ScanContext, Segment
from alerts.rules.facts import Doubt
from alerts.selectors import ruleset_in_force
from alerts.services import Heard, doubts_submit, flags_submit, unanswered_submit
from calls.checkin import load_protocol
from calls.models import Call, ToolCall, Turn
from calls.opting import wants_no_calls
from calls.plan import scan_facts
from calls.review import Said, contradictions, open_topics
from calls.services.callers import told_to_all
from calls.services.rows import call_set
from calls.services.wishes import call_opt_out

log = logging.getLogger(__name__)

SETTLE = timedelta(seconds=5)  # the last writes of a call may still be on their way
BATCH = 50
OURS = (Turn.Speaker.MAYA, Turn.Speaker.SYSTEM)
MACHINES = (Call.AnswerType.VOICEMAIL, Call.AnswerType.IVR, Call.AnswerType.FAX)
SCALES = ("shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "weight_change")
IMPLAUSIBLE = ("weight_lb", "weight_change")


def calls_review(*, now: datetime | None = None) -> int:
    """Review every call of the last days that is over and has not been. Returns how many."""
    now = now or timezone.now()
    look_back = ruleset_in_force().general["review_look_back_h"].lasts
    over = Call.objects.ended_between(now - look_back, now - SETTLE).filter(
        state__in=Call.END_STATES, reviewed_at__isnull=True, answered_at__isnull=False
    )
    done = 0
    for call_id in list(over.order_by("ended_at").values_list("pk", flat=True)[:BATCH]):
        try:
            done += call_review(call_id=call_id, now=now)
        except Exception:  # boundary (task): one call that cannot be read must not keep the others waiting
            log.exception("a call could not be reviewed", extra={"call_id": str(call_id)})
    return done


@transaction.atomic
def call_review(*, call_id: UUID, now: datetime | None = None) -> bool:
    """Flags of the whole call are raised, and what nobody cleared up is told. True for the first to do so."""
    now = now or timezone.now()
    call = (
        Call.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("patient")
        .filter(pk=call_id, reviewed_at__isnull=True)
        .first()
    )
    if call is None:
        return False
    if call.answer_type not in MACHINES:
        _judge(call)
    call.reviewed_at = now
    call_set(call, "reviewed_at")
    return True


def _judge(call: Call) -> None:
    turns = list(Turn.objects.filter(call=call).order_by("start_ms", "sequence"))
    began = call.answered_at or call.planned_for
    context = ScanContext(
        facts=scan_facts(call.patient, began.date(), call=call),
        now=began.astimezone(ZoneInfo(call.patient.time_zone)),
        identity_verified=call.identity_result == Call.Identity.VERIFIED,
    )
    result = scan_call(_scanned(call, turns), context)
    known = {str(turn.pk): turn for turn in turns}
    for found in result.hits:
        turn = known[found.worst_key]
        heard = Heard(turn.text, turn.start_ms)
        flags_submit(patient=call.patient, call=call, hits=[found.hit], heard=heard)
    by_turn = dict(result.by_turn)
    if any(wants_no_calls(turn.text, by_turn[key].controls) for key, turn in known.items() if key in by_turn):
        call_opt_out(call_id=call.pk)  # said last, and hung up: the wish counts all the same
    said = [
        Said(turn.speaker in OURS, turn.text, turn.question_id, by_turn.get(str(turn.pk))) for turn in turns
    ]
    if open_ones := open_topics(said):
        unanswered_submit(patient=call.patient, call=call, topics=open_ones)
    if doubts := _doubts(call):
        doubts_submit(patient=call.patient, call=call, doubts=doubts)
    told_to_all(call=call)


def _scanned(call: Call, turns: list[Turn]) -> Iterator[ScannedTurn]:
    """The turns as the scanner takes them. A key that was pressed is no speech; the questionnaire's own questions
    leave no turn, so they are put before their answers.
    """
    protocol = load_protocol(call.protocol_version or "checkin-1")
    questions = {question.id: question for question in protocol.questions}
    who = "patient" if call.identity_result == Call.Identity.VERIFIED else "unknown"
    for turn in turns:
        if turn.item_id.startswith("keys:"):
            continue
        if turn.speaker in OURS:
            yield ScannedTurn(str(turn.pk), Segment(turn.text, speaker="agent"), turn.question_id or None)
            continue
        asked = questions.get(turn.question_id)
        if turn.item_id.startswith("questionnaire:") and asked is not None:
            yield ScannedTurn(f"q{turn.pk}", Segment(asked.text["en"], speaker="agent"), asked.id)
        speaker = "caregiver" if turn.speaker == Turn.Speaker.CAREGIVER else who
        yield ScannedTurn(str(turn.pk), Segment(turn.text, speaker=speaker))  # type: ignore[arg-type]


def _doubts(call: Call) -> list[Doubt]:
    """Answers that changed more than once, and weights that cannot be and were never said again (rule D01)."""
    rows = list(ToolCall.objects.filter(call=call, name__in=("updatePatientRecord", "recordVitals")))
    given = [_numbers(row.arguments) for row in rows if row.is_ok]
    topics: dict[str, Doubt] = {name: Doubt(name, "contradiction") for name in contradictions(given)}
    last: dict[str, bool] = {}
    for row in rows:
        for name in _numbers(row.arguments).keys() & set(IMPLAUSIBLE):
            last[name] = row.is_ok or row.error_code != "bad_arguments"
    if any(not is_ok for is_ok in last.values()):
        topics["weight"] = Doubt("weight", "implausible")
    return list(topics.values())


def _numbers(arguments: Any) -> dict[str, float]:
    """The scales and weights in a tool's arguments."""
    if not isinstance(arguments, dict):
        return {}
    flat = {**arguments, **(arguments.get("symptoms") or {})}
    return {
        name: float(flat[name])
        for name in (*SCALES, "mood_assessment", "quality_of_life", "weight_lb")
        if isinstance(flat.get(name), int | float) and not isinstance(flat.get(name), bool)
    }
