"""What the results of tools make Maya say. Nothing is claimed before a result says so."""

import json
import re
from collections.abc import Callable
from typing import Any

from heartvoice.demo.agent.dialogue.lines import Lines
from heartvoice.demo.agent.dialogue.steps import Say, Step
from heartvoice.demo.agent.dialogue.toolbox import Call

EXPLAINED_WORDS = 50  # about 18 s of speech

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


def parsed(output: str) -> dict[str, Any]:
    """A tool's output; anything but a JSON object is a failure."""
    try:
        value = json.loads(output)
    except ValueError:
        return {"ok": False}
    return value if isinstance(value, dict) else {"ok": False}


def alert(lines: Lines, call: Call, *, is_ok: bool, is_chest: bool) -> list[Step]:
    """That the team knows, or that it could not be told. Small alerts are not spoken about."""
    if call.arguments["severity"] in ("low", "medium"):
        return []
    said: list[Step] = [Say(lines.get("alert.done" if is_ok else "alert.failed"))]
    if is_chest and call.arguments["type"] == "emergency":
        said.append(Say(lines.get("alert.chest_pain")))
    return said


def explained(text: str, can_say: Callable[[str], bool]) -> list[Step]:
    """The beginning of a reviewed explanation: whole sentences, as many as one can listen to."""
    said: list[Step] = []
    words = 0
    for sentence in _SENTENCE_END.split(text):
        words += len(sentence.split())
        if words > EXPLAINED_WORDS or not can_say(sentence):
            break
        said.append(Say(sentence))
    return said
