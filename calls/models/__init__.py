"""Calls: when they are due, how they went, what was said, what it cost."""

from calls.models.call import Call, CallFailure, CallSchedule, StreamToken, WebhookReceipt
from calls.models.conversation import ConversationMemory, EducationGiven, FollowUp, ToolCall, Turn
from calls.models.screens import ScreenResult
from calls.models.staff import CallIntervention, StaffCall
from calls.models.usage import BudgetWarning, UsageEntry

__all__ = [
    "BudgetWarning",
    "Call",
    "CallFailure",
    "CallIntervention",
    "CallSchedule",
    "ConversationMemory",
    "EducationGiven",
    "FollowUp",
    "ScreenResult",
    "StaffCall",
    "StreamToken",
    "ToolCall",
    "Turn",
    "UsageEntry",
    "WebhookReceipt",
]
