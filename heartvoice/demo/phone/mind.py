"""What a simulated patient answers to what he heard: text in, reply out. No audio, no clock."""

import re
from collections import Counter
from dataclasses import dataclass

from heartvoice.demo.phone.persona import KEYED, Persona
from heartvoice.demo.phone.topics import recognise

# Which field of the check-in's record holds the value of a question.
FIELDS = {
    "shortness_of_breath": "shortness_of_breath",
    "swelling": "swelling",
    "fatigue": "fatigue",
    "sleep_difficulty": "sleep_difficulty",
    "weight_change": "weight_change",
    "medication": "missed_doses_week",
    "mood": "mood_assessment",
    "quality_of_life": "quality_of_life",
}
# What is said instead when a persona has no sentence for a topic.
INSTEAD = {"agree": "confirm", "full_name": "identity", "date_of_birth": "identity", "identity": "full_name"}
MOST_UNKNOWN = 2  # times in a row that a patient asks to hear it again

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * ten for ten, word in enumerate(_TENS, start=2)
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `topic` is what it answers; with `hangs_up` the patient puts the phone down after it."""

    topic: str
    text: str
    hangs_up: bool = False

    @property
    def digits(self) -> str:
        """What is keyed instead of spoken, empty for speech."""
        return self.text.removeprefix(KEYED) if self.text.startswith(KEYED) else ""


class Mind:
    """One patient in one call: remembers what was asked, how often, and how much was answered."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.answered = 0
        self._asked: Counter[str] = Counter()
        self._last: str | None = None
        self._unknown = 0

    def reply(self, text: str) -> Reply | None:
        """The answer to one turn of Maya's; None when there is nothing to say to it."""
        behaviour = self.persona.behaviour
        if behaviour.silent or behaviour.machine:
            return None
        heard = recognise(text)
        topic = heard.topic
        if topic == "goodbye":
            return Reply("goodbye", self._sentence("goodbye") or "", hangs_up=True)
        if behaviour.hangs_up_after is not None and self.answered >= behaviour.hangs_up_after:
            return Reply("hang_up", self._sentence("hang_up") or "", hangs_up=True)
        if topic == "again":
            topic = self._last
        elif topic == "confirm" and self._is_misread(text):
            topic = "deny"
        if topic is None or not self._known(topic):
            return self._lost(is_question=heard.is_question)
        self._unknown = 0
        self.answered += 1
        if topic not in {"confirm", "deny", "agree", "still_there"}:
            self._last = topic
        return Reply(topic, self._sentence(topic) or "")

    def interruption(self) -> Reply:
        """What is said over Maya's words."""
        return Reply("interrupt", self._sentence("interrupt") or self._sentence("unknown") or "")

    def value(self, topic: str) -> int | None:
        """The number that answers `topic`, where the persona's expected record has one."""
        found = self.persona.expect.get("record", {}).get(FIELDS.get(topic, ""))
        return None if found is None else int(found)

    def _known(self, topic: str) -> bool:
        return topic in self.persona.answers or INSTEAD.get(topic) in self.persona.answers

    def _sentence(self, topic: str) -> str | None:
        said = self.persona.answers.get(topic) or self.persona.answers.get(INSTEAD.get(topic, ""))
        if not said:
            return None
        index = min(self._asked[topic], len(said) - 1)
        self._asked[topic] += 1
        return said[index]

    def _lost(self, *, is_question: bool) -> Reply | None:
        if not is_question or self._unknown >= MOST_UNKNOWN:
            return None
        self._unknown += 1
        if not self._asked["small_talk"] and (said := self._sentence("small_talk")):
            return Reply("small_talk", said)
        said = self._sentence("unknown")
        return Reply("unknown", said) if said else None

    def _is_misread(self, text: str) -> bool:
        """Whether a read-back holds another number, or the other direction, than what was meant."""
        meant = self.value(self._last or "")
        numbers = numbers_in(text)
        if meant is None or not numbers or "deny" not in self.persona.answers:
            return False
        is_gain = meant > 0 and self._last == "weight_change"
        wrong_way = is_gain and re.search(r"\b(?:lost|down)\b", text.lower())
        return abs(meant) not in numbers or bool(wrong_way)


def numbers_in(text: str) -> list[int]:
    """The whole numbers up to 999 in `text`, as digits or as words ("one hundred eighty two")."""
    found: list[int] = []
    current: int | None = None
    for word in re.findall(r"[a-z]+|\d+", text.lower()):
        value = int(word) if word.isdigit() else _NUMBERS.get(word)
        if word == "hundred" and current:
            current *= 100
        elif value is not None and current is not None and _joins(current, value):
            current += value
        elif word != "and" or current is None or current % 100:
            if current is not None:
                found.append(current)
            current = value
    return found if current is None else [*found, current]


def _joins(before: int, value: int) -> bool:
    """Whether "eighty" + "two" or "hundred" + "eighty" is one number."""
    if before >= 100 and before % 100 == 0:
        return value < 100
    return before % 100 >= 20 and before % 10 == 0 and 0 < value < 10
