"""Judging what is known of a patient, and raising what is found: what every report ends with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.facts import Circumstances, facts_for, with_known_alerts
from alerts.models import Alert
from alerts.rules import Judgement, judge
from alerts.ruleset import RuleSet
from alerts.selectors import rules_for
from alerts.services.raising import Origin, findings_raise, patient_lock
from patients.models import Patient


def locked(patient: Patient, call: Any) -> Patient:
    """The call's row, then the patient's: always in this order, so that two reports of a call cannot block each other."""
    if call is not None:
        type(call).objects.select_for_update(no_key=True, of=("self",)).get(pk=call.pk)
    return patient_lock(patient)


def judged(
    patient: Patient, call: Any, now: datetime, beside: Circumstances | None = None
) -> tuple[Judgement, RuleSet]:
    """What the rules, with the patient's own thresholds, say of all that is known now."""
    rules, _ = rules_for(patient, now=now)
    known = with_known_alerts(patient, beside or Circumstances(), now=now)
    return judge(facts_for(patient, rules, now=now, call=call, beside=known), rules), rules


def origin_of(call: Any, source: str, now: datetime, key: str = "") -> Origin:
    """Where a finding comes from. `key` names the sighting; by default it is the call."""
    return Origin(source, key or (str(call.pk) if call is not None else f"at-{now.isoformat()}"), call)


def judge_and_raise(
    patient: Patient,
    call: Any,
    now: datetime,
    source: str,
    beside: Circumstances | None = None,
    *,
    only: tuple[str, ...] = (),
    key: str = "",
) -> list[Alert]:
    """Judge the patient's facts and raise what is found. The patient is locked.

    `only` restricts what a report may raise, not what runs.
    """
    judgement, rules = judged(patient, call, now, beside)
    found = [one for one in judgement.findings if not only or one.rule_id in only]
    origin = origin_of(call, source, now, key)
    return findings_raise(patient=patient, findings=found, origin=origin, rules=rules, now=now)
