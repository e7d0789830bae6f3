"""How findings become one alert: evidence is added, the worst leads, nothing is taken away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from alerts.models import Alert
from alerts.rules import Finding
from alerts.severity import AlertType, Severity, at_least, leading_type

EVIDENCE_KEPT = 100
MODEL_RULE = "model"
MODEL_TOPIC = "model_"  # before the name of what the voice model has found: it stands for itself
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
            "value": piece.value,
        }
        for piece in finding.evidence
    ]


def first_inputs(finding: Finding, key: str) -> dict[str, Any]:
    """What the rules judged, by rule; which sightings are in it, and what each rests on."""
    return {
        "rules": {_entry_name(finding, key): _entry(finding)},
        "seen": {key: finding.severity.value},
        "reasons": {key: sorted(_reasons(finding))},
    }


def _entry_name(finding: Finding, key: str) -> str:
    """A rule speaks once, with its latest words; the voice model may have several things to say."""
    return key if finding.rule_id == MODEL_RULE else finding.rule_id


def _reasons(finding: Finding) -> set[str]:
    """What the finding rests on, by kind, name and value: "utterance:confusion", "answer:swelling=4 of 4"."""
    return {_reason(piece.kind, piece.what, piece.value) for piece in finding.evidence}


def _reason(kind: str, what: str, value: str) -> str:
    return f"{kind}:{what}={value}" if value else f"{kind}:{what}"


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "type": finding.alert_type.value,
        "description": finding.description,
        "action": finding.recommended_action,
        "version": finding.version,
        "inputs": dict(finding.inputs),
    }


def already_in(alerts: Iterable[Alert], finding: Finding, key: str) -> Alert | None:
    """The first of these alerts that holds this sighting, if together they hold all of it: as severe, for every reason."""
    holding = [alert for alert in alerts if key in (alert.inputs or {}).get("seen", {})]
    known = {reason for alert in holding for reason in _known_reasons(alert, key)}
    severest = max((Severity(alert.inputs["seen"][key]).rank for alert in holding), default=0)
    if not holding or finding.severity.rank > severest or not _reasons(finding) <= known:
        return None
    return holding[0]


def _known_reasons(alert: Alert, key: str) -> set[str]:
    return set((alert.inputs or {}).get("reasons", {}).get(key, ()))


def rules_sighted(alert: Alert, sighting: str) -> dict[str, Severity]:
    """The rules by which the alert was found in this sighting (a call's id), and how severe each was."""
    seen = (alert.inputs or {}).get("seen", {})
    return {
        rule: Severity(severity)
        for key, severity in seen.items()
        for one, _, rule in (key.rpartition(":"),)
        if one == sighting
    }


def flags_new_to(alert: Alert, finding: Finding, flags: Collection[str]) -> set[str]:
    """Which of these flags the finding brings that nothing on the alert, of whatever call, has told of."""
    told = {reason for reasons in (alert.inputs or {}).get("reasons", {}).values() for reason in reasons}
    brought = {piece.what for piece in finding.evidence if piece.kind == "utterance"}
    return {flag for flag in brought & set(flags) if f"utterance:{flag}" not in told}


def absorb(alert: Alert, finding: Finding, *, key: str, call: Any) -> str:
    """Add a finding to the alert in memory.

    Returns what it was: "worsened" (more severe than the alert), "seen_again" (a new sighting), or
    "reason_added" (another rule about a sighting that is known, or another reason under the same rule).
    """
    inputs = alert.inputs or {}
    rules, seen = dict(inputs.get("rules", {})), dict(inputs.get("seen", {}))
    name = _entry_name(finding, key)
    known = rules.get(name)
    if known is None or Severity(known["severity"]).rank <= finding.severity.rank:
        rules[name] = _entry(finding)
    is_new = _sighting(key) not in {_sighting(one) for one in seen}
    alert.occurrences += is_new
    fresh = _fresh_evidence(alert, finding, key, call)
    seen[key] = finding.severity.value if key not in seen else at_least(Severity(seen[key]), finding.severity)
    reasons = {**inputs.get("reasons", {}), key: sorted(_known_reasons(alert, key) | _reasons(finding))}
    alert.inputs = {"rules": rules, "seen": seen, "reasons": reasons}
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


def _fresh_evidence(alert: Alert, finding: Finding, key: str, call: Any) -> list[dict[str, Any]]:
    """What this sighting has not told yet. Words are told again when they were said anew, answers are not."""
    known = _known_reasons(alert, key)
    return [
        piece
        for piece in stored_evidence(finding, call)
        if piece not in alert.evidence
        and (
            piece["kind"] == "utterance" or _reason(piece["kind"], piece["what"], piece["value"]) not in known
        )
    ]


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
