"""What a live call writes, by name: commands as plain data, so that they can wait, and be spooled, as they are.

Every command is safe to repeat. Times and ids travel as text, so a command survives JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from alerts.phrases.model import FlagHit
from alerts.services import Heard, call_lost_submit, fault_page, flags_submit
from calls.events import EndReason, RaiseFlags, Usage
from calls.models import Call
from calls.services import (
    call_finish,
    failure_note,
    figures_save,
    progress_save,
    tool_call_record,
    turn_add,
    usage_add,
)
from calls.services.found import rules_found
from calls.services.starting import provider_note
from calls.services.summary import call_remember
from calls.tools.runner import run_tool

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """A command. `fields` hold JSON values only."""

    name: str
    fields: Fields

    def run(self, call_id: UUID, committed: Callable[[Any], None] | None = None) -> Any:
        """Carry it out in one transaction; what the service answers.

        `committed` is told the answer right after the commit, before the pushes and tasks that follow from it:
        those may wait for a Redis that is away, and "the alert is committed" must not.
        """
        answers: list[Any] = []
        with transaction.atomic():
            if committed is not None:
                transaction.on_commit(lambda: committed(answers[0]))
            answers.append(COMMANDS[self.name](call_id, self.fields))
        return answers[0]


def _turn(call_id: UUID, f: Fields) -> None:
    turn_add(call_id=call_id, **f)


def _usage(call_id: UUID, f: Fields) -> None:
    usage_add(call_id=call_id, **{**f, "usage": Usage(**f["usage"])})


def _progress(call_id: UUID, f: Fields) -> None:
    progress_save(call_id=call_id, asked=f["asked"], answered=f["answered"], phase_s=f.get("phase_s"))


def _tool(call_id: UUID, f: Fields) -> Any:
    return run_tool(call_id=call_id, **f)


def _tool_record(call_id: UUID, f: Fields) -> None:
    tool_call_record(call_id=call_id, **f)


def _flags(call_id: UUID, f: Fields) -> tuple[str, ...]:
    """The rules that have fired in this call."""
    call = Call.objects.select_related("patient").get(pk=call_id)
    hits = [FlagHit(**hit) for hit in f["hits"]]
    alerts = flags_submit(
        patient=call.patient, call=call, hits=hits, heard=Heard(f["text"], f["at_ms"]), now=_time(f["at"])
    )
    return rules_found(alerts, call_id)


def _lost(call_id: UUID, f: Fields) -> tuple[str, ...]:
    call = Call.objects.select_related("patient").get(pk=call_id)
    alerts = call_lost_submit(patient=call.patient, call=call, silence_s=f["silence_s"], now=_time(f["at"]))
    return rules_found(alerts, call_id)


def _failure(call_id: UUID, f: Fields) -> None:
    failure_note(call_id=call_id, **{**f, "at": _time(f["at"])})


def _fault_page(call_id: UUID, f: Fields) -> None:
    team = Call.objects.select_related("patient__care_team").get(pk=call_id).patient.care_team
    fault_page(team=team, what=f["what"], now=_time(f["at"]))


def _figures(call_id: UUID, f: Fields) -> None:
    figures_save(call_id=call_id, latency_ms=f["latency_ms"], counters=f["counters"])


def _provider(call_id: UUID, f: Fields) -> None:
    provider_note(call_id=call_id, provider=f["provider"], model=f["model"])


def _remember(call_id: UUID, f: Fields) -> None:
    call_remember(call_id=call_id)


def _finish(call_id: UUID, f: Fields) -> bool:
    return call_finish(call_id=call_id, reason=EndReason(f["reason"]), at=_time(f["at"]))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


COMMANDS: Mapping[str, Callable[[UUID, Fields], Any]] = {
    "turn": _turn,
    "usage": _usage,
    "progress": _progress,
    "tool": _tool,
    "tool_record": _tool_record,
    "flags": _flags,
    "lost": _lost,
    "failure": _failure,
    "fault_page": _fault_page,
    "figures": _figures,
    "provider": _provider,
    "remember": _remember,
    "finish": _finish,
}


def raised_write(action: RaiseFlags, at: datetime, *, silent_after_s: float) -> Write:
    """The command that commits what was raised: words, or a line that is lost or silent."""
    if action.item in ("silence", "line_lost"):
        silence = silent_after_s if action.item == "silence" else None
        return Write("lost", {"silence_s": silence, "at": at.isoformat()})
    hits = [asdict(hit) for hit in action.result.flags]
    return Write("flags", {"hits": hits, "text": action.text, "at_ms": action.at_ms, "at": at.isoformat()})
