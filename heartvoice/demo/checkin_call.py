"""One simulated check-in through the running system: asked for, followed line by line, and judged.

Reads the database as the product wrote it and the telephone stand-in's event feed; writes nothing itself but
the request for the call. Needs Django set up on the system's own environment.
"""

from __future__ import annotations

import json
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils import timezone

from alerts.models import Alert
from biomarkers.models import VoiceBiomarker
from calls.models import Call, ToolCall, Turn
from calls.scheduling.facts import window_of
from calls.scheduling.planning import checkin_bring_forward
from calls.tasks import place_due_calls
from heartvoice.demo.outcome import LONG_SEGMENT_MS, AlertSeen, Outcome, shortcomings
from heartvoice.demo.timeline import Timeline
from heartvoice.shared.keys import blind_index
from patients.models import Patient

PERSONAS = Path(__file__).parent / "personas"
LONGEST_CALL_S = 600.0
SETTLES_WITHIN_S = 60.0
DIALLED_WITHIN_S = 30.0
TICK_S = 0.4
DAYTIME_ZONES = (
    "America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Tokyo", "Asia/Kolkata",
    "Europe/Athens", "Europe/London", "America/Sao_Paulo",
)  # fmt: skip
"""Around the globe: in one of them it is always working hours."""


def run(persona_id: str, *, phone_url: str) -> int:
    """Place the call, print its timeline and the JSON summary; 0 when the persona's expectations are met."""
    persona = tomllib.loads((PERSONAS / f"{persona_id}.toml").read_text())
    patient = Patient.objects.get(phone_index=blind_index("phone", persona["patient"]["phone"]))
    timeline = Timeline()
    _be_awake(patient, timeline)
    _control(phone_url, "PUT", f"/control/numbers/{persona['patient']['phone']}", {"persona": persona_id})
    after = _last_event(phone_url)
    call = checkin_bring_forward(patient=patient, now=timezone.now())
    place_due_calls.delay()
    timeline.note(f"Maya calls {persona['patient']['first_name']}: {persona['summary'].lower()}")
    _follow(call, phone_url, after, timeline)
    outcome = _settled(call)
    missing = shortcomings(outcome, persona["expect"])
    timeline.close(outcome, missing)
    print(json.dumps(outcome.summary()), flush=True)
    return 1 if missing else 0


def _be_awake(patient: Patient, timeline: Timeline) -> None:
    """Let it be daytime where the invented patient lives: real ones are not called at night."""
    now = timezone.now()
    schedule = patient.call_schedule
    zones = [patient.time_zone, *DAYTIME_ZONES]
    schedule.weekdays, schedule.quiet_dates = list(range(1, 8)), []
    for zone in zones:
        patient.time_zone = zone
        if window_of(patient, schedule).contains(now):
            break
    if patient.time_zone != zones[0]:
        local = now.astimezone(ZoneInfo(patient.time_zone))
        timeline.note(
            f"It is night where the patient lives: moved to {patient.time_zone}, {local:%H:%M}, for this call"
        )
    patient.save(update_fields=["time_zone"])
    schedule.save(update_fields=["weekdays", "quiet_dates"])


def _follow(call: Call, phone_url: str, after: int, timeline: Timeline) -> None:
    """Print what happens until the call's row has ended, or the longest call's time is over."""
    started = time.monotonic()
    while time.monotonic() - started < LONGEST_CALL_S:
        # The event feed is the clock: it answers at once when there is news, else after one tick.
        events = _events(phone_url, after)
        call.refresh_from_db()
        for event in events:
            after = event["number"]
            # Calls to the staff who are paged have their own lines; these are of the patient's.
            if event["call_sid"] == call.call_sid:
                timeline.event(event)
        for line in _news(call):
            timeline.row(*line)
        if call.state in Call.END_STATES:
            return
        if call.state == Call.State.PLANNED and time.monotonic() - started > DIALLED_WITHIN_S:
            timeline.note(f"not dialled: {call.not_called_reason or 'no worker took the task'}")
            return


def _news(call: Call) -> Iterator[tuple[str, datetime, str, str]]:
    """Every row of the call so far: unique key, time, who, what. The timeline prints each key once."""
    for turn in Turn.objects.filter(call=call):
        flags = f"  [{', '.join(turn.flags)}]" if turn.flags else ""
        yield f"turn {turn.pk}", turn.created_at, turn.get_speaker_display(), f"{turn.text}{flags}"
    for tool in ToolCall.objects.filter(call=call):
        told = "ok" if tool.is_ok else f"refused: {tool.error_code}"
        yield (
            f"tool {tool.pk}",
            tool.created_at,
            "tool",
            f"{tool.name} {json.dumps(tool.arguments)} -> {told}",
        )
    for alert in Alert.objects.filter(call=call):
        what = f"{alert.severity} {alert.alert_type} by {alert.rule_id}: {alert.description}"
        yield f"alert {alert.pk}", alert.created_at, "ALERT", what


def _settled(call: Call) -> Outcome:
    """The call's outcome once nothing that it started is still under way, or the time for that is over."""
    deadline = time.monotonic() + SETTLES_WITHIN_S
    while (outcome := _outcome(call)).pending and time.monotonic() < deadline:
        time.sleep(TICK_S)
    return outcome


def _outcome(call: Call) -> Outcome:
    call.refresh_from_db()
    done = Q(state__in=[VoiceBiomarker.State.MEASURED, VoiceBiomarker.State.GATED])
    rows = VoiceBiomarker.objects.filter(call=call)
    figures = rows.aggregate(done=Count("pk", filter=done), pending=Count("pk", filter=Q(state="pending")))
    heard = set(rows.filter(done).values_list("item_id", flat=True))
    long_turns = [
        turn.item_id
        for turn in Turn.objects.filter(call=call, speaker=Turn.Speaker.PATIENT)
        if turn.end_ms - turn.start_ms > LONG_SEGMENT_MS
    ]
    alerts = Alert.objects.filter(call=call).order_by("created_at")
    return Outcome(
        call_id=str(call.pk),
        state=call.state,
        has_ended=call.state in Call.END_STATES,
        provider=(call.providers or [""])[-1],
        duration_s=call.duration_s or 0.0,
        completed=call.is_completed,
        identity_verified=call.identity_result == Call.Identity.VERIFIED,
        record=_record(call),
        biomarkers=figures["done"],
        long_segments=len(long_turns),
        long_segments_measured=sum(item in heard for item in long_turns),
        pending=figures["pending"],
        alerts=tuple(AlertSeen(one.severity, one.alert_type, one.rule_id, one.flag) for one in alerts),
        cost_usd=float(call.cost_usd),
        latency_ms=call.latency_ms or {},
    )


def _record(call: Call) -> dict[str, float | None] | None:
    """The record's answers under the names that personas use."""
    record = getattr(call, "record", None)
    if record is None:
        return None
    names = (
        "shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "mood_assessment", "quality_of_life",
        "missed_doses_week",
    )  # fmt: skip
    change = record.weight_change_lb
    return {name: getattr(record, name) for name in names} | {
        "weight_change": None if change is None else float(change)
    }


def _last_event(phone_url: str) -> int:
    events = _control(phone_url, "GET", "/control/events?after=0")
    return int(events[-1]["number"]) if events else 0


def _events(phone_url: str, after: int) -> list[dict[str, Any]]:
    return list(_control(phone_url, "GET", f"/control/events?after={after}&wait={TICK_S}"))


def _control(phone_url: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 -- the stand-in's own loopback address
        f"{phone_url}{path.replace('+', '%2B')}", data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)
