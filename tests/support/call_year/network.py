"""A telephone network on the simulated clock: it takes calls, judges each, and reports later what became of them."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from alerts.services import Heard, flags_submit
from calls.checkin import load_protocol
from calls.events import EndReason
from calls.models import Call
from calls.services import (
    answer_type_note,
    call_finish,
    call_status_note,
    follow_up_schedule,
    progress_save,
)
from calls.services.machines import machine_answered
from calls.twilio.client import DialFailed
from patients.models import Patient
from tests.integration.alerts.conftest import Said
from tests.support.call_year.schedulers import Wanted
from tests.support.call_year.world import Person, World, revoke_in_call

QUESTIONS = [question.id for question in load_protocol("checkin-1").required]
FATES = {
    "done": 58.0, "no_answer": 14.0, "busy": 3.0, "voicemail": 9.0, "dropped": 4.0, "silence": 1.5, "wrong_person": 2.0,
    "not_verified": 2.0, "time_limit": 2.0, "opt_out": 0.05, "flagged_drop": 0.3, "webhooks_lost": 1.0, "carrier_busy": 2.0,
    "bad_number": 0.05,
}  # fmt: skip
# The patient was on the line and known, or the team has it in hand.
REACHED = ("done", "dropped", "flagged_drop", "opt_out")
SAID_NO = ("wrong_person", "not_verified", "opt_out")
PROMISES = 0.03
GAP, SOON, REDIALS = timedelta(minutes=90), timedelta(minutes=10), 2


@dataclass(slots=True)
class Rung:
    """One dialled call as the world saw it."""

    at: datetime
    day: date
    fate: str
    purpose: str


@dataclass(slots=True)
class Network:
    """Takes the place of the carrier's REST client, and plays its webhooks."""

    world: World
    clock: Callable[[], datetime]
    random: random.Random
    wrong: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    rung: dict[object, list[Rung]] = field(default_factory=lambda: defaultdict(list))
    dialled: set[object] = field(default_factory=set)
    on_line: dict[object, datetime] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _news: bool = False
    _number: count[int] = field(default_factory=count)

    def place(self, call: Wanted) -> str:
        """As calls.twilio.client.place_call."""
        now = self.clock()
        person = self.world.people[call.patient_id]
        [fate] = self.random.choices(list(FATES), FATES.values())
        self._judge(call, person, now, fate)
        self.tally[f"dialled: {call.purpose}"] += 1
        self.tally[f"fate: {fate}"] += 1
        if fate == "carrier_busy":
            raise DialFailed("429", "carrier_busy")
        if fate == "bad_number":
            raise DialFailed("21211", "bad_number")
        sid = f"CA{call.pk.hex}"
        lasts = timedelta(minutes=self.random.uniform(2, 8) if fate in ("done", "dropped") else 0.6)
        self.on_line[call.patient_id] = now + lasts
        self._later(now + lasts, lambda: self._end(call, sid, fate))
        return sid

    def _later(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at, next(self._number), act))

    def next_report(self) -> datetime | None:
        return self._due[0][0] if self._due else None

    def report(self) -> None:
        """The earliest webhooks arrive. The clock stands at `next_report()`."""
        _, _, act = heapq.heappop(self._due)
        self._news = True
        act()

    def has_news(self) -> bool:
        """True if something was reported since this was asked."""
        news, self._news = self._news, False
        return news

    # --- what became of a call -------------------------------------------------------------------------------

    def _end(self, wanted: Wanted, sid: str, fate: str) -> None:
        call = Call(pk=wanted.pk, patient_id=wanted.patient_id)  # what the webhooks name
        person = self.world.people[wanted.patient_id]
        match fate:
            case "webhooks_lost":
                return
            case "no_answer" | "busy":
                self._status(call, sid, fate.replace("_", "-"))
                return
        self._status(call, sid, "in-progress")
        match fate:
            case "voicemail":
                answer_type_note(call_sid=sid, call_id=call.pk, answered_by="machine_end_beep")
                machine_answered(call_id=call.pk)
            case "done":
                self._talk(call, QUESTIONS)
                if self.random.random() < PROMISES:
                    self._promise(call)
                call_finish(call_id=call.pk, reason=EndReason.COMPLETED)
            case "dropped" | "flagged_drop":
                self._talk(call, QUESTIONS[: self.random.randrange(1, 3)])
                if fate == "flagged_drop":
                    row = Call.objects.select_related("patient").get(pk=call.pk)
                    flags_submit(
                        patient=row.patient, call=row, hits=[Said("chest_pain")], heard=Heard("it hurts", 1)
                    )
                call_finish(call_id=call.pk, reason=EndReason.HANGUP)
            case "opt_out":
                revoke_in_call(person, Patient.objects.get(pk=call.patient_id), self.clock())
                call_finish(call_id=call.pk, reason=EndReason.PATIENT_REQUEST)
            case _:
                call_finish(call_id=call.pk, reason=EndReason(fate))

    def _status(self, call: Call, sid: str, status: str) -> None:
        call_status_note(
            call_sid=sid, call_id=call.pk, status=status, sequence=1, receipt_key=f"{sid}:{status}"
        )

    def _talk(self, call: Call, answered: list[str]) -> None:
        Call.objects.filter(pk=call.pk).update(identity_result=Call.Identity.VERIFIED, answer_type="human")
        progress_save(call_id=call.pk, asked=QUESTIONS, answered=answered)

    def _promise(self, call: Call) -> None:
        kind = self.random.choice(("voice_call", "voice_call", "clinic_appointment"))
        urgency = self.random.choice(("urgent", "priority", "routine"))
        follow_up_schedule(
            call_id=call.pk, model_call_id="1", follow_up_type=kind, urgency=urgency, reason="as promised"
        )
        self.tally[f"promised: {kind}"] += 1

    # --- the judge -------------------------------------------------------------------------------------------

    def _judge(self, call: Wanted, person: Person, now: datetime, fate: str) -> None:
        day = person.local(now).date()
        today = [one for one in self.rung[call.patient_id] if one.day == day]
        faults = [] if call.purpose == "emergency_redial" else self._faults(call, person, now, today)
        if call.pk in self.dialled:
            faults.append("doubled: this call was dialled before")
        if self.on_line.get(call.patient_id, now) > now:
            faults.append("doubled: the patient is on the line")
        self.wrong += [f"{now.isoformat()} {call.purpose} {call.slot_key}: {fault}" for fault in faults]
        self.dialled.add(call.pk)
        self.rung[call.patient_id].append(Rung(now, day, fate, call.purpose))

    def _faults(self, call: Wanted, person: Person, now: datetime, today: list[Rung]) -> list[str]:
        faults = [why] if (why := person.may_ring(now, is_check_in=call.purpose == "scheduled")) else []
        if not self.world.is_covered(person.team, now):
            faults.append("nobody is on call")
        if call.purpose != "scheduled":
            return faults
        mine = [one for one in today if one.purpose == "scheduled"]
        if any(one.fate == "done" for one in mine) or person.done_on == person.local(now).date():
            faults.append("doubled: the check-in was done today")
        if any(one.fate in SAID_NO for one in mine):
            faults.append("doubled: somebody has said today that it is not the patient")
        heard = [one for one in mine if one.fate not in ("carrier_busy", "dropped")]
        if len(heard) >= 3 or sum(one.fate == "dropped" for one in mine) > REDIALS:
            faults.append("doubled: more attempts than a day holds")
        if mine and mine[-1].fate != "dropped":
            least = SOON if mine[-1].fate == "carrier_busy" else GAP
            if now - mine[-1].at < least:
                faults.append(f"doubled: {now - mine[-1].at} after the attempt before")
        return faults
