"""Simulated patients and what happens to them: the truth that the product's calls are judged against.

Kept beside the product's rows and computed without its code. Every change goes into the rows through the product's
own services and into `Person` here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.models import OnCallShift
from calls.models import Call, CallSchedule
from patients.models import CareTeam, Consent, Patient
from patients.services import consent_give, consent_revoke, patient_pause, patient_resume, patient_update
from tests.support.factories import make_patient, make_schedule, make_team, make_user

ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
WINDOWS = (
    (time(9), time(19)), (time(8), time(12)), (time(13), time(21)), (time(10), time(16)), (time(17), time(20, 30)),
)  # fmt: skip
DAYS = (frozenset(range(1, 8)), frozenset({1, 3, 5}), frozenset({2, 4}), frozenset({3}), frozenset({6}))
DAYS_WEIGHT = (5, 15, 20, 35, 25)
TEAMS = 2
ROSTER_GATE = timedelta(minutes=60)


@dataclass(slots=True)
class Person:
    """One patient as the world knows them."""

    id: object
    team: int
    zone: str
    start: time
    end: time
    weekdays: frozenset[int]
    quiet: set[date] = field(default_factory=set)
    consents: bool = True
    active: bool = True
    interpreter: bool = False
    schedule_on: bool = True
    pause_until: date | None = None
    done_on: date | None = None
    """The local date of the last check-in that the patient made by ringing us."""
    changed_on: date | None = None
    """The last UTC date on which something of the above changed."""

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def may_ring(self, at: datetime, *, is_check_in: bool) -> str:
        """Why this patient may not be rung now; "" if they may. A promised call needs no schedule."""
        here = self.local(at)
        clock = here.time()
        if not self.consents:
            return "consent revoked"
        if not (time(8) <= clock < time(21)):
            return "outside the legal hours"
        if not (self.start <= clock < self.end):
            return "outside the patient's window"
        if here.isoweekday() not in self.weekdays or here.date() in self.quiet:
            return "not a call day"
        if not self.is_active(at) or self.interpreter or (is_check_in and not self.schedule_on):
            return "not to be called"
        return ""

    def is_active(self, at: datetime) -> bool:
        """A pause with an end is over on that day."""
        return self.active or (self.pause_until is not None and self.local(at).date() >= self.pause_until)

    def is_callable(self, at: datetime) -> bool:
        return self.consents and self.is_active(at) and self.schedule_on and not self.interpreter


@dataclass(slots=True)
class World:
    """Everybody, and when each team has somebody on call."""

    people: dict[object, Person]
    teams: list[CareTeam]
    covered: list[list[tuple[datetime, datetime]]]
    random: random.Random
    sorry: list[Person] = field(default_factory=list)
    """Who took something back only for the day."""

    def is_covered(self, team: int, at: datetime) -> bool:
        return any(start <= at and at + ROSTER_GATE <= end for start, end in self.covered[team])


def make_world(count: int, start: datetime, days: int, seed: int) -> World:
    """`count` patients in four time zones, two teams, and a roster with gaps."""
    chance = random.Random(seed)
    teams = [make_team() for _ in range(TEAMS)]
    people: dict[object, Person] = {}
    for number in range(count):
        zone = ZONES[number % len(ZONES)]
        team = number % TEAMS
        opens, closes = chance.choice(WINDOWS)
        [weekdays] = chance.choices(DAYS, DAYS_WEIGHT)
        quiet = {(start + timedelta(days=chance.randrange(max(days, 1)))).date() for _ in range(2)}
        enrolled = start.date() - timedelta(days=chance.choice((0, 3, 30, 200)))
        patient = make_patient(teams[team], time_zone=zone, enrolled_on=enrolled)
        make_schedule(
            patient,
            weekdays=sorted(weekdays),
            window_start=opens,
            window_end=closes,
            quiet_dates=sorted(day.isoformat() for day in quiet),
        )
        people[patient.pk] = Person(patient.pk, team, zone, opens, closes, weekdays, quiet)
    return World(people, teams, [_roster(team, start, days, chance) for team in teams], chance)


def _roster(
    team: CareTeam, start: datetime, days: int, chance: random.Random
) -> list[tuple[datetime, datetime]]:
    """Shifts that follow each other, with a gap of six to thirty hours now and then."""
    user = make_user(team)
    covered, at, end = [], start - timedelta(days=1), start + timedelta(days=days + 2)
    while at < end:
        until = at + timedelta(days=chance.uniform(2, 9))
        OnCallShift.objects.create(team=team, user=user, starts_at=at, ends_at=until)
        covered.append((at, until))
        at = until + timedelta(hours=chance.uniform(6, 30))
    return covered


def live_a_day(world: World, now: datetime, probability: float) -> int:
    """What happens to patients on this day, to each with this probability. Returns how much did."""
    happened = 0
    for person in world.people.values():
        if not person.active and person.is_active(now):
            person.active, person.pause_until, person.changed_on = True, None, now.date()
        roll = world.random.random()
        if roll >= probability:
            continue
        happened += 1
        person.changed_on = now.date()
        _event(world, person, roll / probability, now)
    return happened


def spite(world: World, now: datetime, soon: datetime) -> int:
    """Somebody who is about to be rung changes their mind just before. Returns how many did: 1 or 0."""
    due = Call.objects.filter(
        state="planned", purpose__in=("scheduled", "follow_up"), planned_for__gt=now, planned_for__lte=soon
    )
    about_to_be_rung = sorted(due.values_list("patient_id", flat=True))
    if not about_to_be_rung:
        return 0
    person = world.people[world.random.choice(about_to_be_rung)]
    person.changed_on = now.date()
    kind = world.random.random()
    if kind < 0.4:
        here = person.local(soon).time()
        later = [
            window for window in WINDOWS if window[0] > here
        ]  # on the same day: nothing else forbids the call
        person.start, person.end = world.random.choice(later or WINDOWS)
        _schedule(person, window_start=person.start, window_end=person.end)
    elif kind < 0.6:
        person.quiet.add(person.local(now).date())
        _schedule(person, quiet_dates=sorted(day.isoformat() for day in person.quiet))
    elif kind < 0.7:
        person.zone = world.random.choice(ZONES)
        patient_update(patient=Patient.objects.get(pk=person.id), time_zone=person.zone)
    elif person.consents:
        _consent(person, Patient.objects.get(pk=person.id))
        world.sorry.append(person)
    return 1


def make_up(world: World, now: datetime) -> None:
    """Who took consent back out of spite gives it again."""
    for person in world.sorry:
        if not person.consents:
            person.changed_on = now.date()
            _consent(person, Patient.objects.get(pk=person.id))
    world.sorry.clear()


def _event(world: World, person: Person, kind: float, now: datetime) -> None:
    patient = Patient.objects.get(pk=person.id)
    if kind < 0.15:
        _consent(person, patient)
    elif kind < 0.30:
        _pause(world, person, patient, now)
    elif kind < 0.55:
        _hours(world, person)
    elif kind < 0.65:
        person.zone = world.random.choice(ZONES)
        patient_update(patient=patient, time_zone=person.zone)
    elif kind < 0.80:
        person.quiet.add((now + timedelta(days=world.random.randrange(4))).date())
        _schedule(person, quiet_dates=sorted(day.isoformat() for day in person.quiet))
    elif kind < 0.88:
        person.schedule_on = not person.schedule_on
        _schedule(person, is_active=person.schedule_on)
    elif kind < 0.90:
        person.interpreter = not person.interpreter
        patient_update(patient=patient, interpreter_needed=person.interpreter)
    else:
        _calls_in(person, patient, now)


def _consent(person: Person, patient: Patient) -> None:
    person.consents = not person.consents
    if person.consents:
        consent_give(patient=patient, scope=Consent.Scope.AI_VOICE_CALL, wording_version="2", method="paper")
    else:
        consent_revoke(patient=patient, scope=Consent.Scope.AI_VOICE_CALL, how="letter")


def revoke_in_call(person: Person, patient: Patient, now: datetime) -> None:
    person.consents, person.changed_on = False, now.date()
    consent_revoke(patient=patient, scope=Consent.Scope.AI_VOICE_CALL, how="voice")


def _pause(world: World, person: Person, patient: Patient, now: datetime) -> None:
    if not person.active:
        patient_resume(patient=patient)
        person.active, person.pause_until = True, None
        return
    until = None
    if world.random.random() < 0.7:
        until = person.local(now).date() + timedelta(days=world.random.randrange(1, 12))
    patient_pause(patient=patient, reason="away", until=until)
    person.active, person.pause_until = False, until


def _hours(world: World, person: Person) -> None:
    person.start, person.end = world.random.choice(WINDOWS)
    person.weekdays = world.random.choices(DAYS, DAYS_WEIGHT)[0]
    _schedule(person, window_start=person.start, window_end=person.end, weekdays=sorted(person.weekdays))


def _schedule(person: Person, **changes: object) -> None:
    CallSchedule.objects.filter(patient_id=person.id).update(**changes)


def _calls_in(person: Person, patient: Patient, now: datetime) -> None:
    """The patient rings the team and checks in with Maya."""
    person.done_on = person.local(now).date()
    Call.objects.create(
        patient=patient,
        direction=Call.Direction.INBOUND,
        purpose=Call.Purpose.CALLBACK,
        planned_for=now,
        answered_at=now,
        ended_at=now,
        state=Call.State.COMPLETED,
        end_reason="completed",
        identity_result=Call.Identity.VERIFIED,
        is_completed=True,
    )


def utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
