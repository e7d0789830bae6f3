"""Every write of the alerts app. Callers use these names; the modules behind them are an inner matter."""

from alerts.services.delivery import (
    notification_receipt,
    notification_send,
    notifications_sweep,
    page_acknowledge,
    trial_page_send,
)
from alerts.services.raising import Origin, alert_raise, findings_raise
from alerts.services.reports import missed_checkin_submit, model_alert_submit, voice_submit
from alerts.services.rulesets import ruleset_activate, ruleset_draft, threshold_set
from alerts.services.scores import kccq_record
from alerts.services.submissions import (
    Heard,
    Submitted,
    answers_submit,
    call_lost_submit,
    doubts_submit,
    flags_submit,
    unanswered_submit,
)
from alerts.services.sweeping import escalations_sweep
from alerts.services.tasks import task_done, task_open, tasks_settle
from alerts.services.triage import (
    alert_claim,
    alert_contact_record,
    alert_escalate,
    alert_note_add,
    alert_release,
    alert_reopen,
    alert_resolve,
    alert_snooze,
    alert_start,
    alert_take_over,
)
from alerts.services.voice_faults import fault_page, transfer_missed_submit

alert_acknowledge = alert_claim  # to acknowledge is to claim: one act, two words in use

__all__ = [
    "Heard",
    "Origin",
    "Submitted",
    "alert_acknowledge",
    "alert_claim",
    "alert_contact_record",
    "alert_escalate",
    "alert_note_add",
    "alert_raise",
    "alert_release",
    "alert_reopen",
    "alert_resolve",
    "alert_snooze",
    "alert_start",
    "alert_take_over",
    "answers_submit",
    "call_lost_submit",
    "doubts_submit",
    "escalations_sweep",
    "fault_page",
    "findings_raise",
    "flags_submit",
    "kccq_record",
    "missed_checkin_submit",
    "model_alert_submit",
    "notification_receipt",
    "notification_send",
    "notifications_sweep",
    "page_acknowledge",
    "ruleset_activate",
    "ruleset_draft",
    "task_done",
    "task_open",
    "tasks_settle",
    "threshold_set",
    "transfer_missed_submit",
    "trial_page_send",
    "unanswered_submit",
    "voice_submit",
]
