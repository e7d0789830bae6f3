"""Reads that alerting needs: the rules in force, a patient's own thresholds, who is on call, what is known already."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from alerts.channels import MAIL_NOT_CONFIGURED, is_mail_configured
from alerts.escalation import Duty, Staff, uncovered_from
from alerts.models import (
    Alert,
    AlertEvent,
    AlertSighting,
    EscalationPolicy,
    Notification,
    OnCallShift,
    RuleSetVersion,
)
from alerts.overrides import Override, Refused, apply
from alerts.page_texts import language_of
from alerts.rules import load_ruleset, packaged_text, parse_ruleset
from alerts.rules.facts import KnownAlert
from alerts.ruleset import LadderStep, Response, RuleSet, RuleSetError, Span, StaffedHours
from alerts.ruleset_toml import CHANNELS, ROLES
from alerts.severity import AlertType, Severity
from patients.local_time import end_of
from patients.models import CareTeam, Membership, Patient

log = logging.getLogger(__name__)
_parsed: dict[str, RuleSet] = {}  # by id of an immutable row: a row in force is never edited
_last_known: list[RuleSet] = []  # the one in force when this process last looked
ISO_WEEKDAYS = range(1, 8)
STEP_CHANNELS = ("voice", "sms", "dashboard")


def ruleset_last_known() -> RuleSet:
    """The rule set in force when this process last looked, for when the database is away. Reads nothing."""
    return _last_known[0] if _last_known else load_ruleset()


def ruleset_in_force() -> RuleSet:
    """The rule set that a lead put into force, or the one that ships with the code."""
    _last_known[:] = [rules := _in_force()]
    return rules


def _in_force() -> RuleSet:
    row = RuleSetVersion.objects.filter(in_force_since__isnull=False, retired_at__isnull=True).first()
    if row is None:
        return load_ruleset()
    if str(row.pk) not in _parsed:
        try:
            _parsed[str(row.pk)] = parse_ruleset(row.body)
        except RuleSetError as error:
            # An engine that knows a rule more than the text: judging by the packaged set is safer than not at all.
            log.error("the rule set in force is not usable, the packaged one judges: %s", error)
            return load_ruleset()
    return _parsed[str(row.pk)]


def ruleset_text_in_force() -> str:
    """The text of `ruleset_in_force`."""
    rules = ruleset_in_force()
    row = RuleSetVersion.objects.filter(version=rules.version, in_force_since__isnull=False).first()
    return packaged_text(rules.version) if row is None else row.body


def rules_for(
    patient: Patient, *, now: datetime, base: RuleSet | None = None
) -> tuple[RuleSet, tuple[Refused, ...]]:
    """The rules with the patient's own thresholds, and the thresholds that the rules refuse."""
    rows = patient.threshold_overrides.filter(revoked_at__isnull=True).select_related("set_by")
    overrides = [
        Override(
            id=str(row.pk),
            rule_id=row.rule_id,
            parameter=row.parameter,
            value=float(row.value),
            clinician=row.set_by.get_username(),
            reason=row.reason,
            starts_at=row.created_at,
            expires_at=end_of(patient, row.valid_until),
        )
        for row in rows
    ]
    return apply(base or ruleset_in_force(), overrides, now=now)


def staff_of(team: CareTeam, *, now: datetime) -> Staff:
    """Everybody who can be told about an alert of the team at this time."""
    shifts = OnCallShift.objects.filter(
        team=team, starts_at__lte=now, ends_at__gt=now, user__is_active=True
    ).values_list("user_id", "level", "starts_at", "ends_at")
    members = list(
        Membership.objects.filter(team=team, user__is_active=True)
        .order_by("pk")
        .values_list("user_id", "role")
    )
    return Staff(
        duties=tuple(Duty(*shift) for shift in shifts),
        team_leads=tuple(user for user, role in members if role == Membership.Role.LEAD),
        members=tuple(user for user, role in members if role != Membership.Role.ADMIN),
    )


def roster_gap(team: CareTeam, *, now: datetime, minutes: float | None = None) -> datetime | None:
    """When, within the roster gate's time, nobody is on call; None if somebody always is."""
    ahead = minutes if minutes is not None else ruleset_in_force()["roster_gate_min"]
    shifts = OnCallShift.objects.filter(
        team=team, ends_at__gt=now, starts_at__lte=now + timedelta(minutes=ahead), user__is_active=True
    ).values_list("user_id", "level", "starts_at", "ends_at")
    return uncovered_from([Duty(*shift) for shift in shifts], now, ahead)


def hours_of(team: CareTeam, rules: RuleSet) -> tuple[StaffedHours, ZoneInfo]:
    """The team's own staffed hours and zone. What cannot be is replaced by the rule set's: alerts must go on."""
    try:
        zone = ZoneInfo(team.time_zone)
    except (KeyError, ValueError, OSError):
        log.error("team %s has an unknown time zone", team.pk)
        zone = ZoneInfo("UTC")
    weekdays = frozenset(day for day in team.staffed_weekdays or () if day in ISO_WEEKDAYS)
    opens, closes = _clock(team.staffed_from), _clock(team.staffed_until)
    if opens >= closes:
        log.error("team %s closes before it opens", team.pk)
        opens, closes = rules.staffed.opens, rules.staffed.closes
    return StaffedHours(weekdays or rules.staffed.weekdays, opens, closes), zone


def _clock(value: time | str) -> time:
    """A row that was just created still holds the text of its default."""
    return time.fromisoformat(value) if isinstance(value, str) else value


def responses_of(team: CareTeam, rules: RuleSet) -> dict[Severity, Response]:
    """How fast who is told, with the team's own ladders in place of the rule set's."""
    responses = dict(rules.responses)
    for policy in EscalationPolicy.objects.filter(team=team):
        severity = Severity(policy.severity)
        try:
            responses[severity] = with_policy(responses[severity], policy.steps, policy.repeat_every_minutes)
        except RuleSetError as error:
            log.error("a team's own ladder is not usable, the rule set's is: policy=%s %s", policy.pk, error)
    return responses


def with_policy(response: Response, steps: Any, repeat_every_minutes: int | None) -> Response:
    """The response with a ladder of the team's own. Raises RuleSetError if the steps are not usable."""
    try:
        ladder = tuple(
            LadderStep(
                float(step["after_minutes"]), step["level"], tuple(step.get("channels", STEP_CHANNELS))
            )
            for step in steps
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RuleSetError('a step is {"after_minutes": 5, "level": "secondary"}') from None
    for step in ladder:
        if step.role not in ROLES or not set(step.channels) <= set(CHANNELS) or step.after_min < 0:
            raise RuleSetError(f"unknown level or channel: {step.role}, {', '.join(step.channels)}")
    repeat = Span(float(repeat_every_minutes), "min") if repeat_every_minutes else response.repeat
    ordered = tuple(sorted(ladder, key=lambda step: step.after_min))
    return replace(response, ladder=ordered or response.ladder, repeat=repeat)


def known_alerts(
    patient: Patient, *, now: datetime, since: timedelta
) -> tuple[list[KnownAlert], list[KnownAlert]]:
    """The patient's unresolved alerts, and all raised or seen within `since`, as the rules see them."""
    recent, mine = Q(last_seen_at__gte=now - since), _with_worst_at(Alert.objects.filter(patient=patient))
    rows = list(mine.filter(recent).order_by("created_at"))
    older = mine.exclude(recent).open().order_by("created_at")
    opened = [_known(row) for row in [*older, *rows] if row.state != Alert.State.RESOLVED]
    return opened, [_known(row) for row in rows]


def _with_worst_at(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """With `worst_at`: when each was last found as severe as it is. Raised, worsened, or told of in another call."""
    same = {"alert": OuterRef("pk")}
    grown = AlertEvent.objects.filter(
        kind__in=(AlertEvent.Kind.RAISED, AlertEvent.Kind.WORSENED), to_severity=OuterRef("severity"), **same
    )
    seen = AlertSighting.objects.filter(severity=OuterRef("severity"), **same)
    latest = (Subquery(rows.order_by("-at").values("at")[:1]) for rows in (grown, seen))
    return alerts.annotate(worst_at=Coalesce(Greatest(*latest), "created_at"))


def _known(alert: Alert) -> KnownAlert:
    """Severity as the alert's own rules found it: what V03 added does not count again."""
    rules = (alert.inputs or {}).get("rules", {})
    own = [Severity(entry["severity"]) for rule_id, entry in rules.items() if rule_id != "V03"]
    severity = max(own, key=lambda one: one.rank) if own else Severity(alert.severity)
    return KnownAlert(alert.rule_id, severity, AlertType(alert.alert_type), alert.topic, alert.worst_at)


CHANNEL_LOOK_BACK = timedelta(hours=24)
STUCK_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """One way of telling people, as the outbox has seen it in the last 24 hours.

    `is_well` is False after a failure that nothing has got through since, while messages are stuck, or without a
    configuration. `error_code` is the newest failure's.
    """

    channel: str
    is_configured: bool
    is_well: bool
    last_ok_at: datetime | None
    last_failed_at: datetime | None
    error_code: str
    failed: int
    stuck: int


def channel_health(team: CareTeam, *, now: datetime | None = None) -> list[ChannelHealth]:
    """Every channel of the team: does it get through? Heartbeats and test pages count like any message."""
    now = now or timezone.now()
    rows = list(
        Notification.objects.filter(team=team, created_at__gte=now - CHANNEL_LOOK_BACK)
        .exclude(state=Notification.State.CANCELLED)
        .exclude(purpose="missed")  # a patient's own number that takes no texts says nothing of the channel
        .order_by("created_at")
        .values_list("channel", "state", "sent_at", "created_at", "next_attempt_at", "error_code")
    )
    return [_health(channel, [row[1:] for row in rows if row[0] == channel], now) for channel in CHANNELS]


def _health(channel: str, rows: Sequence[tuple[Any, ...]], now: datetime) -> ChannelHealth:
    state = Notification.State
    fine = [sent or made for how, sent, made, _, _ in rows if how in (state.SENT, state.DELIVERED)]
    lost = [(made, code) for how, _, made, _, code in rows if how == state.FAILED]
    waiting = [due for how, _, _, due, _ in rows if how in (state.PENDING, state.SENDING)]
    stuck = sum(due < now - STUCK_AFTER for due in waiting)
    last_ok, (last_failed, code) = max(fine, default=None), max(lost, default=(None, ""))
    is_configured = channel != Notification.Channel.EMAIL or is_mail_configured()
    is_failing = last_failed is not None and (last_ok is None or last_ok <= last_failed)
    return ChannelHealth(
        channel=channel,
        is_configured=is_configured,
        is_well=is_configured and not is_failing and not stuck,
        last_ok_at=last_ok,
        last_failed_at=last_failed,
        error_code=code if is_configured else MAIL_NOT_CONFIGURED,
        failed=len(lost),
        stuck=stuck,
    )


def page_language(*, notification_id: Any) -> str:
    """The language of whoever this page is for."""
    row = (
        Notification.objects.filter(pk=notification_id).values_list("recipient__language", flat=True).first()
    )
    return language_of(row or "")
