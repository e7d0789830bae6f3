"""JSON logs with an allow-list: a key that is not on it is dropped, so that health data cannot slip in."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from heartvoice.web.request_id import REQUEST_ID

ALLOWED = frozenset((
    "call_id", "call_sid", "stream_sid", "patient_id", "alert_id", "notification_id", "biomarker_id",
    "task", "task_id", "queue", "topic", "code", "status", "count",
    "duration_ms", "size_bytes", "provider", "model", "event", "reason", "strategy",
    "result", "attempt", "close_code", "path", "method", "user_id", "port",
    "version", "state", "percent", "severity", "rule_id", "flag", "channel", "error_type",
))  # fmt: skip


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, allowed extras, the kind of exception (never its text)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()
            if _is_ours(record.name)
            else record.msg
            if isinstance(record.msg, str)
            else "",
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line.update({key: value for key, value in record.__dict__.items() if key in ALLOWED})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _frames(record.exc_info[2])
        return json.dumps(line, default=str, ensure_ascii=False)


def _is_ours(name: str) -> bool:
    """Our messages hold no data by house rule; those of libraries are kept as unfilled templates."""
    return name.split(".")[0] in {
        "heartvoice",
        "patients",
        "alerts",
        "biomarkers",
        "calls",
        "uvicorn",
        "celery",
    }


def _frames(traceback: Any) -> list[str]:
    """File and line of each frame, without source text or values."""
    frames = []
    while traceback is not None:
        frames.append(f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return frames[-8:]


def LOGGING_FOR(level: str) -> dict[str, Any]:
    """Django's LOGGING with one handler to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "heartvoice.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "twilio": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
