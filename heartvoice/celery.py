"""The Celery application: queues, limits and what beat does when."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heartvoice.settings")

from django.conf import settings

URGENT, CALLS, BIOMARKERS, UPKEEP = "urgent", "calls", "biomarkers", "upkeep"

ROUTES = {
    "alerts.tasks.*": {"queue": URGENT},
    "calls.tasks.watch_budget": {"queue": UPKEEP},
    "calls.tasks.*": {"queue": CALLS},
    "biomarkers.tasks.*": {"queue": BIOMARKERS},
    "patients.tasks.*": {"queue": UPKEEP},
    "heartvoice.tasks.*": {"queue": UPKEEP},
}

app = Celery("heartvoice")
app.conf.update(
    broker_url=settings.REDIS_URL,
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_queues=[Queue(name) for name in (URGENT, CALLS, BIOMARKERS, UPKEEP)],
    task_default_queue=UPKEEP,
    task_routes=ROUTES,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=300,
    task_soft_time_limit=240,
    broker_transport_options={
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "retry_policy": {"timeout": 3.0},
    },
    broker_connection_retry_on_startup=True,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2},
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    enable_utc=True,
)
app.autodiscover_tasks(["patients", "alerts", "biomarkers", "calls", "heartvoice"])

app.conf.beat_schedule = {
    "place due calls": {
        "task": "calls.tasks.place_due_calls",
        "schedule": 5.0,
        "options": {"queue": CALLS, "expires": 30},
    },
    "watch budget": {
        "task": "calls.tasks.watch_budget",
        "schedule": 300.0,
        "options": {"queue": UPKEEP, "expires": 300},
    },
    "close lost calls": {
        "task": "calls.tasks.close_lost_calls",
        "schedule": 15.0,
        "options": {"queue": CALLS, "expires": 60},
    },
    "review calls": {
        "task": "calls.tasks.review_calls",
        "schedule": 15.0,
        "options": {"queue": CALLS, "expires": 60},
    },
    "plan next calls": {
        "task": "calls.tasks.plan_next_calls",
        "schedule": 15.0,
        "options": {"queue": CALLS, "expires": 30},
    },
    "plan again": {
        "task": "calls.tasks.plan_again",
        "schedule": 300.0,
        "options": {"queue": CALLS, "expires": 300},
    },
    "plan follow-ups": {
        "task": "calls.tasks.plan_follow_ups",
        "schedule": 60.0,
        "options": {"queue": CALLS, "expires": 60},
    },
    "nobody is forgotten": {
        "task": "calls.tasks.audit_check_ins",
        "schedule": crontab(minute=17),
        "options": {"queue": CALLS},
    },
    "send notifications": {
        "task": "alerts.tasks.sweep_notifications",
        "schedule": 5.0,
        "options": {"queue": URGENT, "expires": 30},
    },
    "escalate overdue": {
        "task": "alerts.tasks.sweep_escalations",
        "schedule": 15.0,
        "options": {"queue": URGENT, "expires": 60},
    },
    "sweep segments": {
        "task": "biomarkers.tasks.sweep_segments",
        "schedule": 30.0,
        "options": {"queue": BIOMARKERS, "expires": 60},
    },
    "seal access log": {
        "task": "patients.tasks.seal_access_log",
        "schedule": 60.0,
        "options": {"queue": UPKEEP, "expires": 60},
    },
    "purge expired": {
        "task": "heartvoice.tasks.purge_expired",
        "schedule": crontab(hour=3, minute=30),
        "options": {"queue": UPKEEP},
    },
    "heartbeat": {
        "task": "heartvoice.tasks.heartbeat",
        "schedule": 10.0,
        "options": {"queue": UPKEEP, "expires": 20},
    },
}
