"""Schedules to change; calls and what they led to, for looking at."""

from calls.admin.schedules import CallScheduleAdmin
from calls.admin.seen import CallAdmin, FollowUpAdmin

__all__ = ["CallAdmin", "CallScheduleAdmin", "FollowUpAdmin"]
