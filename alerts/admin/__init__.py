"""Alerts for looking at; rosters, ladders, rule sets, thresholds and failed notifications for acting on."""

from alerts.admin.messages import NotificationAdmin
from alerts.admin.personal import KccqScoreAdmin, ThresholdOverrideAdmin
from alerts.admin.rosters import EscalationPolicyAdmin, OnCallShiftAdmin
from alerts.admin.rulesets import RuleSetVersionAdmin
from alerts.admin.seen import AlertAdmin, CareTaskAdmin

__all__ = [
    "AlertAdmin",
    "CareTaskAdmin",
    "EscalationPolicyAdmin",
    "KccqScoreAdmin",
    "NotificationAdmin",
    "OnCallShiftAdmin",
    "RuleSetVersionAdmin",
    "ThresholdOverrideAdmin",
]
