"""The flags and what each means by default. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.phrases.datafiles import load
from alerts.phrases.model import AlertType, Severity

CONTROLS = frozenset(
    {"opt_out", "human_request", "reschedule", "wrong_person", "third_party_emergency", "injection_attempt"}
)


@dataclass(frozen=True, slots=True)
class FlagKind:
    """A flag's alert type and severity, now and when it happened 1 to 7 days ago, with the rules' rows.

    `event`: something that happened, which "it is over" does not undo.
    """

    name: str
    alert_type: AlertType
    severity: Severity
    rule_id: str
    older: Severity
    older_rule_id: str
    event: bool = False


def _kinds() -> dict[str, FlagKind]:
    table = load("flags.toml")
    kinds: dict[str, FlagKind] = {}
    kinds_of: tuple[AlertType, ...] = ("emergency", "symptom_worsening", "medication_issue")
    for alert_type in kinds_of:
        for name, row in table[alert_type].items():
            kinds[name] = FlagKind(
                name,
                alert_type,
                row["severity"],
                row["rule"],
                row["older"],
                row.get("older_rule", row["rule"]),
                row.get("event", False),
            )
    return kinds


KINDS = _kinds()
LOST = "call_lost_after_flag"  # the line dropped, or went silent, after an emergency
EMERGENCIES = frozenset(name for name, kind in KINDS.items() if kind.alert_type == "emergency")
LOST_RULE = KINDS[LOST].rule_id


def is_control(name: str) -> bool:
    """True for what steers the call and is no alert by itself."""
    return name in CONTROLS or name.startswith("clarify:")
