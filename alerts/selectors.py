"""Reads that alerting needs: the rules in force, a patient's own thresholds, who is on call, what is known already."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.escalation import Duty, Staff, uncovered_from
from alerts.models import Alert, EscalationPolicy, OnCallShift, RuleSetVersion
from alerts.overrides import Override, Refused, apply
from alerts.rules import load_ruleset, parse_ruleset
from alerts.rules.facts import KnownAlert
from alerts.ruleset import LadderStep, Response, RuleSet, Span, StaffedHours
from alerts.severity import AlertType, Severity
from patients.models import CareTeam, Membership, Patient

_parsed: dict[str, RuleSet] = {}  # by id of an immutable row: a row in force is never edited
STEP_CHANNELS = ("voice", "sms", "dashboard")


def ruleset_in_force() -> RuleSet:
    """The rule set that a lead put into force, or the one that ships with the code."""
    row = RuleSetVersion.objects.filter(in_force_since__isnull=False, retired_at__isnull=True).first()
    if row is None:
        return load_ruleset()
    if str(row.pk) not in _parsed:
        _parsed[str(row.pk)] = parse_ruleset(row.body)
    return _parsed[str(row.pk)]


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
            expires_at=datetime.combine(row.valid_until + timedelta(days=1), time(), UTC),
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
    """The team's own staffed hours and zone; weekdays of the rule set where the team names none."""
    weekdays = frozenset(int(day) for day in team.staffed_weekdays) or rules.staffed.weekdays
    return StaffedHours(weekdays, _clock(team.staffed_from), _clock(team.staffed_until)), ZoneInfo(
        team.time_zone
    )


def _clock(value: time | str) -> time:
    """A row that was just created still holds the text of its default."""
    return time.fromisoformat(value) if isinstance(value, str) else value


def responses_of(team: CareTeam, rules: RuleSet) -> dict[Severity, Response]:
    """How fast who is told, with the team's own ladders in place of the rule set's."""
    responses = dict(rules.responses)
    for policy in EscalationPolicy.objects.filter(team=team):
        severity = Severity(policy.severity)
        responses[severity] = _with_policy(responses[severity], policy)
    return responses


def _with_policy(response: Response, policy: EscalationPolicy) -> Response:
    steps = tuple(
        LadderStep(
            float(step["after_minutes"]), str(step["level"]), tuple(step.get("channels", STEP_CHANNELS))
        )
        for step in policy.steps
    )
    every = policy.repeat_every_minutes
    return Response(
        acknowledge=response.acknowledge,
        notify=response.notify,
        acknowledge_off_hours=response.acknowledge_off_hours,
        contact=response.contact,
        page_roles=response.page_roles,
        page_channels=response.page_channels,
        ladder=steps or response.ladder,
        repeat=Span(float(every), "min") if every else response.repeat,
        at_breach=response.at_breach,
    )


def known_alerts(
    patient: Patient, *, now: datetime, since: timedelta
) -> tuple[list[KnownAlert], list[KnownAlert]]:
    """The patient's unresolved alerts, and all raised within `since`, as the rules see them."""
    rows = list(Alert.objects.filter(patient=patient, created_at__gte=now - since).order_by("created_at"))
    older = Alert.objects.filter(patient=patient, created_at__lt=now - since).open().order_by("created_at")
    opened = [_known(row) for row in [*older, *rows] if row.state != Alert.State.RESOLVED]
    return opened, [_known(row) for row in rows]


def _known(alert: Alert) -> KnownAlert:
    """Severity as the alert's own rules found it: what V03 added does not count again."""
    rules = (alert.inputs or {}).get("rules", {})
    own = [Severity(entry["severity"]) for rule_id, entry in rules.items() if rule_id != "V03"]
    severity = max(own, key=lambda one: one.rank) if own else Severity(alert.severity)
    return KnownAlert(alert.rule_id, severity, AlertType(alert.alert_type), alert.topic, alert.created_at)
