"""A believable shift: invented patients with weeks of history, and what came in this morning.

For the browser tests and the pictures in the documentation. Built on the demo's own seed.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from alerts.models import Alert, CallFlag, Notification
from alerts.services import (
    alert_claim,
    alert_note_add,
    alert_snooze,
    alert_start,
    task_open,
    threshold_set,
)
from alerts.services.handovers import SECTIONS, handover_give
from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from calls.models import Call, FollowUp
from calls.services.bookings import calls_pause
from calls.services.screening import screen_save
from heartvoice.demo.seed.rows import seed
from patients.models import Patient, PatientRecord, User
from patients.services import note_add, time_log_add
from tests.support.factories import make_call
from tests.support.worklist import raise_alert, talk, tool_call

CHEST_PAIN = (
    (
        "maya",
        "Hello, this is Maya, an automated AI assistant calling for your care team. May I speak with you?",
    ),
    ("patient", "Yes, speaking."),
    ("maya", "Please tell me your full name and date of birth."),
    ("patient", "Robert Harris, March third nineteen forty eight."),
    ("maya", "Thank you. From zero to four, how short of breath are you today?"),
    ("patient", "Oh, maybe a two. The stairs got me this morning."),
    ("maya", "Have you had any chest pain or pressure since we last talked?"),
    ("patient", "Yes, a tightness, like an elephant sitting on my chest since breakfast."),
    ("system", "This may be an emergency. Please hang up and call 911 now, or have someone call for you."),
    ("patient", "All right. My daughter is dialing."),
    ("maya", "I have alerted your care team. I will stay on the line with you."),
)

ON_THE_LINE = (
    ("maya", "From zero to four, how much swelling do you have in your feet or legs today?"),
    ("patient", "My shoes are tight again, and the socks leave deep marks."),
    ("maya", "Thank you. Would you say that is more than yesterday?"),
    ("patient", "Yes, a good deal more."),
)

# patient number, severity, type, words, flag, the patient's sentence, second of the call, minutes ago
MORNING: tuple[tuple[int, str, str, str, str, str, float, float], ...] = (
    (1, "high", "symptom_worsening", "Weight up 4.2 lb in 24 hours", "weight_gain", "I was one eighty six and a half", 141, 8),
    (1, "medium", "medication_issue", "Two doses missed in 7 days", "missed_medication", "I forgot it on Tuesday", 190, 8),
    (2, "high", "medication_issue", "Ran out of carvedilol three days ago", "out_of_medication",
     "they could not fill it until Monday", 122, 40),
    (3, "high", "symptom_worsening", "Shortness of breath 3 of 4, up 2 from usual", "worsening_dyspnea",
     "I get winded putting on my shirt", 66, 55),
    (4, "medium", "symptom_worsening", "Swelling up 2 from usual", "worsening_edema", "my socks leave deep marks now", 77, 90),
    (5, "medium", "symptom_worsening", "Low mood and hopelessness", "low_mood", "what is the point of these pills", 210, 2880),
    (6, "low", "missed_contact", "Check-in missed after 3 attempts", "no answer at 9:04, 11:10 and 14:32", "", 0, 120),
    (7, "low", "voice_biomarker", "Voice outside own baseline once", "longer pauses, slower speech", "", 0, 300),
    (8, "medium", "medication_issue", "Took ibuprofen for back pain", "interacting_drug", "just some Advil, four a day", 98, 180),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is there and what they have to look at."""

    nurse: User
    colleague: User
    lead: User
    patients: list[Patient]
    emergency: Alert
    alerts: Mapping[int, Alert]
    call: Call
    live: Call
    planned: Call
    paused: Patient


def begin_shift(*, patients: int = 24, weeks: int = 12) -> Shift:
    """A morning with one emergency, work in several states, a call in progress and calls to come."""
    seed(patients=patients, weeks=weeks)
    people = sorted(Patient.objects.all(), key=lambda patient: patient.record_number)
    nurse, colleague, lead = (User.objects.get(username=name) for name in ("nurse", "nurse2", "lead"))
    now = timezone.now()
    call = _todays_call(people[0])
    alerts: dict[int, Alert] = {}
    for number, severity, kind, words, flag, quote, second, minutes in MORNING:
        alert = raise_alert(
            people[number], severity, kind=kind, text=words, flag=flag, quote=quote, call_s=second,
            call=_last_call(people[number]) if quote else None, now=now - timedelta(minutes=minutes),
        )  # fmt: skip
        alerts.setdefault(number, alert)
    alert_claim(alert=alerts[2], by=nurse)
    alert_start(alert=alerts[3], by=colleague)
    alert_note_add(alert=alerts[3], by=colleague, text="Calling her now.")
    until = now + timedelta(hours=4)
    alert_snooze(alert=alerts[8], by=nurse, until=until, reason="Pharmacist calls back before noon.")
    emergency = raise_alert(
        people[0], "critical", kind="emergency", rule="E01", text="Chest pain today", flag="chest_pain",
        advice="Call back now. Confirm that 911 was called; stay on the line until help is there.",
        quote=CHEST_PAIN[7][1], call=call, call_s=63.0,
        now=now - timedelta(minutes=2),
    )  # fmt: skip
    screen_save(
        call_id=call.pk,
        screen="breath",
        outcome="emergency",
        tier="now",
        replies={"rest": "no", "chest": "yes"},
    )
    live, planned = _rest_of_the_day(people)
    calls_pause(patient=people[15], by=nurse, reason="in hospital until Friday")
    for patient in people[:9]:
        _baseline(patient)
    note_add(patient=people[0], author=colleague, text="Daughter visits daily and fills the pill box.")
    FollowUp.objects.create(
        patient=people[0], follow_up_type="voice_call", urgency="urgent", reason="Check chest pain and breathing",
        due_at=now + timedelta(hours=20),
    )  # fmt: skip
    # No worker runs here: the pages of the morning have long arrived, and none of them is for the one who looks on.
    Notification.objects.update(state=Notification.State.DELIVERED, delivered_at=now)
    Notification.objects.filter(channel="dashboard").update(state=Notification.State.CANCELLED)
    _plan(people[0], nurse=nurse, lead=lead)
    _hand_over(people, colleague)
    return Shift(nurse, colleague, lead, people, emergency, alerts, call, live, planned, people[15])


def _last_call(patient: Patient) -> Call | None:
    return Call.objects.filter(patient=patient, state=Call.State.COMPLETED).order_by("-planned_for").first()


def _todays_call(patient: Patient) -> Call:
    """The call of this morning in which the emergency was said."""
    at = timezone.now() - timedelta(minutes=7)
    call = make_call(
        patient, state=Call.State.COMPLETED, planned_for=at, dialled_at=at, answered_at=at,
        ended_at=at + timedelta(seconds=131), duration_s=131.0, answer_type="human", identity_result="verified",
        end_reason="emergency", providers=["openai"], model="gpt-realtime-2.1", protocol_version="checkin-1",
        prompt_version="maya-1", rules_version="rules-1", questions_asked=["shortness_of_breath", "chest_pain"],
        questions_answered=["shortness_of_breath", "chest_pain"], completion_percent=22,
        latency_ms={"turn_p50": 612, "turn_p95": 840}, input_tokens=10_422, output_tokens=2_311, cost_usd="0.19377",
    )  # fmt: skip
    talk(call, *CHEST_PAIN)
    PatientRecord.objects.create(
        patient=patient, call=call, recorded_at=at, is_identity_verified=True, shortness_of_breath=2
    )
    for number, (pitch, hnr) in enumerate(((127.0, 11.4), (131.0, 10.9), (138.0, 9.8))):
        VoiceBiomarker.objects.create(
            patient=patient, call=call, segment_id=f"s{number}", item_id=f"item{2 * number + 3}", start_ms=27_000,
            end_ms=34_000, state="measured", algorithm_version="1", f0_median=pitch, hnr=hnr, jitter=0.0183,
            shimmer=0.081, speech_rate=4.1,
        )  # fmt: skip
    tool_call(call, "verifyIdentity", at_ms=35_000, result={"ok": True, "verified": True})
    tool_call(
        call, "updatePatientRecord", at_ms=53_500, arguments={"symptoms": {"shortness_of_breath": 2}},
        result={"ok": True},
    )  # fmt: skip
    return call


def _rest_of_the_day(people: list[Patient]) -> tuple[Call, Call]:
    """Two calls on the line, calls to come and missed ones: one that is live, one that is planned."""
    now = timezone.now()
    live = make_call(
        people[9], dialled_at=now - timedelta(seconds=110), answered_at=now - timedelta(seconds=95),
        identity_result="verified", completion_percent=44, call_sid="CA" + "7" * 32, providers=["openai"],
        questions_asked=["wellbeing", "shortness_of_breath", "swelling"],
        questions_answered=["wellbeing", "shortness_of_breath"],
    )  # fmt: skip
    talk(live, *ON_THE_LINE)
    CallFlag.objects.create(
        patient=people[9], call=live, flag="worsening_edema", severity="high", alert_type="symptom_worsening", heard_at=now,
    )  # fmt: skip
    make_call(
        people[16 % len(people)],
        state=Call.State.RINGING,
        dialled_at=now,
        answered_at=None,
        call_sid="CA" + "8" * 32,
    )
    planned = []
    for place, patient in enumerate(people[10:14]):
        at = now + timedelta(minutes=10 * (place + 1))
        planned.append(make_call(patient, state=Call.State.PLANNED, planned_for=at, attempt_no=1 + place % 2))
    for place, patient in enumerate(people[14:15]):
        at = now - timedelta(minutes=50 * (place + 1))
        make_call(patient, state=Call.State.NO_ANSWER, planned_for=at, ended_at=at, attempt_no=2)
    return live, planned[0]


def _plan(patient: Patient, *, nurse: User, lead: User) -> None:
    """Tasks, a threshold of their own and minutes of this month."""
    task_open(
        patient=patient, kind="call_back", detail="Daughter asks about the new water pill.", key="shift-1"
    )
    task_open(patient=patient, kind="medication_check", key="shift-2")
    threshold_set(
        patient=patient, rule_id="S01", parameter="gain_lb", value=Decimal("2.5"), set_by=lead,
        reason="Small frame; dry weight 142 lb.", valid_until=timezone.localdate() + timedelta(days=60),
    )  # fmt: skip
    start = timezone.now() - timedelta(minutes=40)
    time_log_add(
        patient=patient, staff=nurse, started_at=start, ended_at=start + timedelta(minutes=14),
        activity="patient_call", is_interactive=True,
    )  # fmt: skip


def _hand_over(people: list[Patient], colleague: User) -> None:
    items = {name: [] for name in SECTIONS} | {"open": [str(people[1].pk)]}
    handover_give(
        team=people[0].care_team, by=colleague, items=items,
        note="Mr. Thompson’s pharmacist rings back before noon. Mrs. Miller has gained again.",
    )  # fmt: skip


def _baseline(patient: Patient) -> None:
    """The patient's usual voice from the first calls of the history."""
    if Baseline.objects.filter(patient=patient, superseded_at__isnull=True).exists():
        return
    voices = list(CallVoice.objects.filter(patient=patient).order_by("at")[:14])
    if len(voices) < 8:
        return
    features: dict[str, Any] = {}
    for name in voices[0].features:
        values = [voice.features[name] for voice in voices]
        middle = statistics.median(values)
        mad = statistics.median(abs(value - middle) for value in values)
        features[name] = {"median": middle, "mad": mad, "n": len(values)}
    Baseline.objects.create(
        patient=patient, algorithm_version="demo-history", calls_n=len(voices), features=features,
        first_call_at=voices[0].at, frozen_at=voices[-1].at,
    )  # fmt: skip
