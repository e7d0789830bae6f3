"""Alerts, who must act on them, and how they were told."""

from alerts.models.alert import Alert, AlertEvent, Episode
from alerts.models.flags import CallFlag
from alerts.models.handover import Handover
from alerts.models.oncall import EscalationPolicy, Notification, OnCallShift
from alerts.models.rulesets import RuleSetVersion
from alerts.models.sightings import AlertSighting
from alerts.models.tasks import CareTask

__all__ = [
    "Alert",
    "AlertEvent",
    "AlertSighting",
    "CallFlag",
    "CareTask",
    "Episode",
    "EscalationPolicy",
    "Handover",
    "Notification",
    "OnCallShift",
    "RuleSetVersion",
]
