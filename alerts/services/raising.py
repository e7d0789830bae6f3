"""One door for every alert: episode, alert, timeline and pages in one transaction.

Alerts of one patient within 72 hours share an episode (one card); findings with the same topic are one alert
of it, which counts up and only ever gets worse. Emergencies of different kinds have different topics and never
merge. Everything about one patient is serialised by a lock on the patient's row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from alerts.lifecycle import SYSTEM, Action
from alerts.models import Alert, AlertEvent, AlertSighting, Episode
from alerts.rules import Finding
from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from alerts.services.merging import absorb, already_in, first_inputs, flags_new_to, stored_evidence
from alerts.services.paging import ANSWERED, deadlines_set, pages_write, repeat_write
from alerts.services.transitions import move
from alerts.severity import AlertType, Severity, at_least
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a finding comes from. `key`: the same key for the same rule is the same sighting, said twice."""

    source: str
    key: str
    call: Any = None


def patient_lock(patient: Patient) -> Patient:
    """The patient's row, locked until the transaction ends. Other tables may go on referring to it."""
    return (
        Patient.objects.select_for_update(no_key=True, of=("self",))
        .select_related("care_team")
        .get(pk=patient.pk)
    )


@transaction.atomic
def alert_raise(
    *,
    patient: Patient,
    finding: Finding,
    origin: Origin,
    rules: RuleSet | None = None,
    now: datetime | None = None,
) -> Alert:
    """The alert for this finding, committed with its timeline entry and its pages.

    Idempotent on (origin.key, rule): the same sighting again changes nothing unless it is now more severe, or rests
    on something that was not known of it.
    """
    [alert] = findings_raise(patient=patient, findings=[finding], origin=origin, rules=rules, now=now)
    return alert


@transaction.atomic
def findings_raise(
    *,
    patient: Patient,
    findings: Iterable[Finding],
    origin: Origin,
    rules: RuleSet | None = None,
    now: datetime | None = None,
) -> list[Alert]:
    """One alert per topic for all these findings, worst first; each as `alert_raise`, all in one commit."""
    ordered = sorted(findings, key=lambda finding: -finding.severity.rank)
    if not ordered:
        return []
    patient, rules = patient_lock(patient), rules or ruleset_in_force()
    now = now or timezone.now()  # after the lock: the timeline is in the order of the commits
    raised: dict[UUID, Alert] = {}
    for finding in ordered:
        alert = _raise(patient, finding, origin, rules, now)
        raised[alert.pk] = alert
    return list(raised.values())


def _raise(patient: Patient, finding: Finding, origin: Origin, rules: RuleSet, now: datetime) -> Alert:
    key = f"{origin.key}:{finding.rule_id}"
    same_topic = _same_topic(patient, finding.topic, now)
    if (earlier := already_in(same_topic, finding, key)) is not None:
        return earlier
    episode = _episode(patient, finding.severity, now, rules)
    alert = next((one for one in same_topic if _takes_more(one, episode)), None)
    if alert is None:
        alert = _new_alert(patient, episode, finding, origin, key, now)
        deadlines_set(alert, patient.care_team, rules, now)
        alert.save(force_insert=True)
        _record(alert, "raised", finding, to_state=alert.state, to_severity=alert.severity, at=now)
        pages_write(alert, patient.care_team, rules, now)
    else:
        _more_evidence(alert, patient, finding, origin, key, rules, now)
    _sighted(alert, finding, origin.call, now)
    publish_on_commit(
        "alerts", team_id=patient.care_team_id, alert=alert.pk, patient=patient.pk, episode=episode.pk
    )
    return alert


def _sighted(alert: Alert, finding: Finding, call: Any, now: datetime) -> None:
    """Which calls tell of the alert, each as bad as it was there; an emergency stays one. The patient is locked."""
    if call is None:
        return
    known = AlertSighting.objects.filter(alert=alert, call=call).first()
    row = known or AlertSighting(alert=alert, call=call, alert_type=finding.alert_type)
    if known is None or finding.severity.rank > Severity(known.severity).rank:
        row.severity, row.rule_id, row.at = finding.severity, finding.rule_id, now
    if finding.alert_type is AlertType.EMERGENCY:
        row.alert_type = AlertType.EMERGENCY
    row.save()


def _same_topic(patient: Patient, topic: str, now: datetime) -> list[Alert]:
    """The patient's alerts of this topic that a repeat could belong to, newest first. The patient is locked."""
    open_or_fresh = Alert.objects.filter(
        patient=patient, topic=topic, last_seen_at__gte=now - timedelta(days=30)
    )
    return list(open_or_fresh.order_by("-created_at"))


def _takes_more(alert: Alert, episode: Episode) -> bool:
    return alert.episode_id == episode.pk and alert.state != Alert.State.RESOLVED


def _episode(patient: Patient, severity: Severity, now: datetime, rules: RuleSet) -> Episode:
    """The patient's open episode, or a new one if the last alert is older than the rule set's 72 hours."""
    episode = Episode.objects.filter(patient=patient, closed_at__isnull=True).first()
    if episode is not None and now - episode.last_alert_at > timedelta(hours=rules["episode_h"]):
        episode.closed_at = now
        episode.save(update_fields=["closed_at"])
        episode = None
    if episode is None:
        return Episode.objects.create(patient=patient, severity=severity, opened_at=now, last_alert_at=now)
    episode.severity = at_least(Severity(episode.severity), severity)
    episode.last_alert_at = max(episode.last_alert_at, now)
    episode.save(update_fields=["severity", "last_alert_at"])
    return episode


def _new_alert(
    patient: Patient, episode: Episode, finding: Finding, origin: Origin, key: str, now: datetime
) -> Alert:
    number = Alert.objects.filter(episode=episode, topic=finding.topic).count() + 1
    flag = next((piece.what for piece in finding.evidence if piece.kind == "utterance"), "")
    return Alert(
        patient=patient,
        episode=episode,
        call=origin.call,
        severity=finding.severity,
        alert_type=finding.alert_type,
        source=_source(finding, origin),
        rule_id=finding.rule_id,
        rule_version=finding.version,
        flag=flag,
        topic=finding.topic,
        dedupe_key=f"{episode.pk}:{finding.topic}:{number}",
        description=finding.description,
        recommended_action=finding.recommended_action,
        evidence=stored_evidence(finding, origin.call),
        inputs=first_inputs(finding, key),
        requires_immediate_response=finding.immediate,
        last_seen_at=now,
    )


def _source(finding: Finding, origin: Origin) -> str:
    """Words speak for themselves; everything else is what the caller says it is."""
    by_words = any(piece.kind == "utterance" for piece in finding.evidence)
    return Alert.Source.PHRASE if by_words and origin.source != Alert.Source.MODEL else origin.source


def _more_evidence(
    alert: Alert, patient: Patient, finding: Finding, origin: Origin, key: str, rules: RuleSet, now: datetime
) -> None:
    """Add a sighting to an open alert. A snooze ends.

    What is more severe pages again, acknowledged or not, and so does an emergency of another kind: whoever
    acknowledged the one has not been told of the other.
    """
    before, previous_owner = alert.severity, alert.owner_id
    is_another = _is_another_emergency(alert, finding, rules)
    kind = absorb(alert, finding, key=key, call=origin.call)
    pages_anew = kind == "worsened" or (is_another and finding.severity == alert.severity)
    alert.last_seen_at = max(alert.last_seen_at, now)
    fields = absorbed = [
        "severity", "alert_type", "rule_id", "rule_version", "flag", "description", "recommended_action",
        "evidence", "inputs", "requires_immediate_response", "occurrences", "last_seen_at",
    ]  # fmt: skip
    if pages_anew:
        fields = absorbed + move(alert, Action.WORSEN, SYSTEM)
        alert.acknowledged_at = None
        fields += ["acknowledged_at", *deadlines_set(alert, patient.care_team, rules, now)]
    elif alert.state == Alert.State.SNOOZED:
        fields = absorbed + move(alert, Action.WAKE, SYSTEM)
        alert.snoozed_until = None
        fields += ["snoozed_until"]
    alert.save(update_fields=list(dict.fromkeys(fields)))
    _record(
        alert,
        kind,
        finding,
        to_state=alert.state,
        from_severity=before,
        to_severity=alert.severity,
        at=now,
    )
    if pages_anew:
        also = () if previous_owner is None else (previous_owner,)
        pages_write(alert, patient.care_team, rules, now, also=also)
    elif is_another or (
        kind == "seen_again" and finding.alert_type is AlertType.EMERGENCY and alert.state in ANSWERED
    ):
        repeat_write(alert, patient.care_team, rules, now)


def _is_another_emergency(alert: Alert, finding: Finding, rules: RuleSet) -> bool:
    """True if somebody has the alert, and the finding brings an emergency flag of its rule that it did not hold."""
    if finding.alert_type is not AlertType.EMERGENCY or alert.state not in ANSWERED:
        return False
    rule = rules.rules.get(finding.rule_id)
    return rule is not None and bool(flags_new_to(alert, finding, rule.flags))


def _record(alert: Alert, kind: str, finding: Finding, *, at: datetime, **changes: str) -> None:
    AlertEvent.objects.create(
        alert=alert,
        at=at,
        kind=AlertEvent.Kind(kind),
        data={"rule": finding.rule_id, "version": finding.version, "severity": finding.severity.value},
        **changes,
    )
