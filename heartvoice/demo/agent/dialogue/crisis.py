"""After the product has played its emergency script: stay with the patient, and never contradict it."""

import re

from heartvoice.demo.agent.dialogue.answers import No, Yes, yes_or_no
from heartvoice.demo.agent.dialogue.lines import Lines
from heartvoice.demo.agent.dialogue.steps import Say, Step
from heartvoice.demo.agent.dialogue.words import spelled_out

MAX_ROUNDS = 4

_ACCOMPANIED = re.compile(
    r"\b(with (me|her|him|us)|is here|are here|next to me|my (wife|husband|daughter|son|sister|brother|mother|father|"
    r"neighbou?r|friend|nurse|niece|nephew|caregiver|mom|dad))\b"
)
_ALONE = re.compile(r"\b(alone|by myself|on my own|nobody|no one|no body)\b")
_CALLED = re.compile(
    r"\b(called|calling|will call|has called|is calling|on (the|their) way|i did|they did|she did|he did|already|ambulance)\b"
)
_NOT_CALLED = re.compile(r"\b(not|no|cannot|nobody|will not)\b")


class Crisis:
    """The questions after an emergency script, one a turn. A danger to oneself is never closed by us."""

    def __init__(self, lines: Lines, *, is_self_harm: bool) -> None:
        self._lines = lines
        self._is_self_harm = is_self_harm
        self._asked_company = False
        self._help_is_called = False
        self._rounds = 0

    def open(self) -> list[Step]:
        self._asked_company = True
        return [Say(self._lines.get("emergency.someone"))]

    def question(self) -> list[Step]:
        """What is being asked now, said again."""
        if self._is_self_harm and self._rounds:
            return [Say(self._lines.get("emergency.crisis_here"))]
        if self._help_is_called:
            return [Say(self._lines.get("emergency.anything_else"))]
        return [Say(self._lines.get("emergency.called" if self._rounds else "emergency.someone"))]

    def take(self, text: str) -> tuple[list[Step], bool]:
        """The next steps, and whether the call may be ended after them."""
        if not self._asked_company:
            return self.open(), False
        self._rounds += 1
        if self._is_self_harm:
            key = "emergency.crisis" if self._rounds == 1 else "emergency.crisis_here"
            return [Say(self._lines.get(key))], False
        words = spelled_out(text)
        if self._help_is_called:
            return [Say(self._lines.get("emergency.close"))], True
        if _CALLED.search(words) and not _NOT_CALLED.search(words):
            return self._stay(), False
        if self._rounds == 1:
            company = "emergency.accompanied" if self._is_accompanied(text, words) else "emergency.alone"
            return [Say(self._lines.get(company)), Say(self._lines.get("emergency.called"))], False
        if isinstance(yes_or_no(text), Yes):
            return self._stay(), False
        if self._rounds >= MAX_ROUNDS:
            return [Say(self._lines.get("emergency.close_for_call"))], True
        return [Say(self._lines.get("emergency.call_now")), Say(self._lines.get("emergency.called"))], False

    def _stay(self) -> list[Step]:
        """Help has been called: one more turn for the patient before the line is made free."""
        self._help_is_called = True
        return [Say(self._lines.get("emergency.anything_else"))]

    @staticmethod
    def _is_accompanied(text: str, words: str) -> bool:
        if _ALONE.search(words):
            return False
        plain = yes_or_no(text)
        return isinstance(plain, Yes) or (bool(_ACCOMPANIED.search(words)) and not isinstance(plain, No))
