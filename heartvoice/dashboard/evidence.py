"""What an alert rests on, in a form that can be shown. Pure, and tolerant: old rows stay readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence. `quote` is the patient's own sentence, `value` the answer in figures; `at_ms` its place in
    the call.
    """

    what: str
    quote: str
    at_ms: int | None
    call_id: str = ""
    value: str = ""


def evidence_list(stored: Any, *, call_id: object = None) -> Sequence[Evidence]:
    """Every piece that has a quote or a description, in stored order. `call_id`: of pieces that name none."""
    default = "" if call_id is None else str(call_id)
    found = []
    for each in stored if isinstance(stored, list) else []:
        if isinstance(each, str):
            found.append(Evidence(what="", quote=each, at_ms=None))
        elif isinstance(each, dict):
            quote = str(each.get("utterance") or "")
            what = str(each.get("what") or "")
            if quote or what:
                value, call = str(each.get("value") or ""), str(each.get("call") or default)
                found.append(Evidence(what, quote, _at_ms(each), call, value))
    return found


def evidence_of(stored: Any, *, call_id: object = None) -> Evidence | None:
    """The piece to show in one line: the first quote, else the first answer, or description that is more than a code."""
    every = evidence_list(stored, call_id=call_id)
    quoted = next((each for each in every if each.quote), None)
    return quoted or next((each for each in every if each.value or " " in each.what), None)


def of_call(stored: Any, call_id: object) -> list[Any]:
    """Those pieces that were found in this call, or name none."""
    pieces = stored if isinstance(stored, list) else []
    return [
        each for each in pieces if not isinstance(each, dict) or each.get("call") in (None, "", str(call_id))
    ]


def _at_ms(entry: dict[str, Any]) -> int | None:
    for name, factor in (("at_ms", 1), ("start_ms", 1), ("call_s", 1000)):
        value = entry.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
            return int(value * factor)
    return None
