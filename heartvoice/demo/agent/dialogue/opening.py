"""The beginning of a call: the right person, and proof of it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from heartvoice.demo.agent.dialogue.answers import No, Yes, yes_or_no
from heartvoice.demo.agent.dialogue.identity import Identity, identity_in
from heartvoice.demo.agent.dialogue.lines import Lines
from heartvoice.demo.agent.dialogue.steps import Do, Say, Step
from heartvoice.demo.agent.dialogue.toolbox import Toolbox
from heartvoice.demo.agent.dialogue.words import spelled_out

MAX_UNCLEAR = 3

_IS_ME = re.compile(r"\b(this is|it is|i am|that is|speaking|that is me|you are speaking)\b")
_NOT_HERE = re.compile(
    r"\b(not (here|home|in|available|able)|(is|went) out|asleep|sleeping|in the hospital|busy)\b"
)
_RELATIVE = re.compile(
    r"\b(his|her|the) (son|daughter|wife|husband|sister|brother|caregiver|nurse|neighbou?r)\b"
)
_KINDS = {"dial nine one one": "closed", "calling for": "intro"}
_FIRST_WORDS = re.compile(r"Hello, this is Maya, an automated A ?I assistant\b")
_WHO = re.compile(r"\bwho (is|are) (this|you|calling|that)\b|\bwhat is this (about|regarding)\b")


class Opening:
    """Greeting, then name and date of birth. `passed` is true once the product has verified them."""

    def __init__(self, lines: Lines, can_say: Callable[[str], bool]) -> None:
        self._lines = lines
        self._can_say = can_say
        self._unclear = 0
        self._heard = Identity()
        self.name = ""
        self.asks_identity = False
        self.passed = False

    def as_asked(self, wording: str) -> list[str]:
        """The call's first words as the product wants them, as far as the voice has clips of them; [] for other texts.

        The voice has one team's name and some first names.
        """
        if not _FIRST_WORDS.match(wording):
            return []
        kind = next((kind for words, kind in _KINDS.items() if words in wording), "inbound")
        wanted = self._lines.get("greeting.ask_who")
        question = [Say(wanted)] if wording.endswith(wanted) else self.question()
        return [
            self._lines.get(f"greeting.{kind}"),
            *(step.text for step in question if isinstance(step, Say)),
        ]

    def greeting(self) -> list[Step]:
        return [Say(self._lines.get("greeting.intro")), *self.question()]

    def question(self) -> list[Step]:
        """What is being asked now."""
        if self.asks_identity:
            return [Say(self._identity_question())]
        named = self._lines.get("greeting.ask_name", name=self.name)
        known = bool(self.name) and self._can_say(named)
        return [Say(named if known else self._lines.get("greeting.ask_unnamed"))]

    def take(self, text: str, tools: Toolbox) -> list[Step] | str:
        """The next steps, or the reason to end the call."""
        found = identity_in(text)
        if found.date_of_birth or self.asks_identity:
            self.asks_identity = True
            return self._identity(found, tools)
        words = spelled_out(text)
        plain = yes_or_no(text)
        if _NOT_HERE.search(words) or (isinstance(plain, No) or _RELATIVE.search(words)):
            return "absent"
        if isinstance(plain, Yes) or _IS_ME.search(words):
            self._unclear = 0
            return self.ask_identity()
        if _WHO.search(words):
            return self.greeting()
        self._unclear += 1
        return self.question() if self._unclear < MAX_UNCLEAR - 1 else self.ask_identity()

    def ask_identity(self) -> list[Step]:
        self.asks_identity = True
        return self.question()

    def verified(self, result: Mapping[str, Any]) -> list[Step] | str:
        """What follows from the product's answer to verifyIdentity."""
        if result.get("verified") is True:
            self.passed = True
            return [Say(self._lines.get("identity.done"))]
        self._heard = Identity()
        self._unclear = 0
        return [Say(self._lines.get("identity.retry"))] if result.get("tries_left") else "failed"

    def _identity(self, found: Identity, tools: Toolbox) -> list[Step] | str:
        self._heard = self._heard.merged(found)
        if self._heard.full_name and self._heard.date_of_birth:
            call = tools.call(
                "verifyIdentity",
                full_name=self._heard.full_name,
                date_of_birth=self._heard.date_of_birth,
            )
            if call is None:  # a session without the tool leaves the matching to its operator
                self.passed = True
                return [Say(self._lines.get("identity.done"))]
            return [Do(call)]
        if found != Identity():
            return self.question()
        self._unclear += 1
        if self._unclear >= MAX_UNCLEAR:
            return "failed"
        return [Say(self._lines.get("reask.hear_again")), *self.question()]

    def _identity_question(self) -> str:
        if self._heard.full_name:
            return self._lines.get("identity.ask_birth")
        if self._heard.date_of_birth:
            return self._lines.get("identity.ask_name")
        return self._lines.get("identity.ask")
