"""How findings become one alert: evidence is added, the worst leads, nothing is taken away."""

from __future__ import annotations

from typing import Any

from alerts.models import Alert
from alerts.rules import Finding
from alerts.severity import AlertType, Severity, leading_type

EVIDENCE_KEPT = 100
_DESCRIBED = 4


def stored_evidence(finding: Finding, call: Any) -> list[dict[str, Any]]:
    """The finding's evidence as the alert keeps it. `call_s` is seconds into the call."""
    call_id = None if call is None else str(call.pk)
    return [
        {
            "rule": finding.rule_id,
            "kind": piece.kind,
            "what": piece.what,
            "at": None if piece.at is None else piece.at.isoformat(),
            "call": call_id,
            "call_s": piece.call_s,
            "utterance": piece.utterance,
        }
        for piece in finding.evidence
    ]


def first_inputs(finding: Finding, key: str) -> dict[str, Any]:
    """What the rules judged, by rule, and which sightings are in it."""
    return {"rules": {finding.rule_id: _entry(finding)}, "seen": {key: finding.severity.value}}


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "type": finding.alert_type.value,
        "description": finding.description,
        "action": finding.recommended_action,
        "version": finding.version,
        "inputs": dict(finding.inputs),
    }


def seen_severity(alert: Alert, key: str) -> Severity | None:
    """How severe this sighting was when it was recorded, None if it never was."""
    value = (alert.inputs or {}).get("seen", {}).get(key)
    return None if value is None else Severity(value)


def absorb(alert: Alert, finding: Finding, *, key: str, call: Any) -> str:
    """Add a finding to the alert in memory.

    Returns what it was: "worsened" (more severe than the alert), "seen_again" (a new sighting), or
    "reason_added" (another rule about a sighting that is known).
    """
    inputs = alert.inputs or {}
    rules, seen = dict(inputs.get("rules", {})), dict(inputs.get("seen", {}))
    known = rules.get(finding.rule_id)
    if known is None or Severity(known["severity"]).rank <= finding.severity.rank:
        rules[finding.rule_id] = _entry(finding)
    is_new = _sighting(key) not in {_sighting(one) for one in seen}
    alert.occurrences += is_new
    seen[key] = finding.severity.value
    alert.inputs = {"rules": rules, "seen": seen}
    fresh = [piece for piece in stored_evidence(finding, call) if piece not in alert.evidence]
    alert.evidence = [*alert.evidence, *fresh][-EVIDENCE_KEPT:]
    is_worse = finding.severity.rank > Severity(alert.severity).rank
    if is_worse:
        alert.severity = finding.severity
        alert.rule_id, alert.rule_version = finding.rule_id, finding.version
        alert.flag = next((p.what for p in finding.evidence if p.kind == "utterance"), alert.flag)
    alert.requires_immediate_response = alert.requires_immediate_response or finding.immediate
    _describe(alert, rules)
    if is_worse:
        return "worsened"
    return "seen_again" if is_new else "reason_added"


def _sighting(key: str) -> str:
    """A key without its rule: two rules that fire on one answer are one occurrence."""
    return key.rpartition(":")[0]


def _describe(alert: Alert, rules: dict[str, Any]) -> None:
    """Worst first: what was found and what to do, each said once; the type is the worst's."""
    ordered = sorted(rules.values(), key=lambda entry: -Severity(entry["severity"]).rank)
    texts = dict.fromkeys(entry["description"] for entry in ordered)
    actions = dict.fromkeys(entry["action"] for entry in ordered if entry["action"])
    alert.description = "; ".join(list(texts)[:_DESCRIBED])
    alert.recommended_action = "; ".join(list(actions)[:_DESCRIBED])
    kind = leading_type([(Severity(entry["severity"]), AlertType(entry["type"])) for entry in ordered])
    if kind is not None:
        alert.alert_type = kind
