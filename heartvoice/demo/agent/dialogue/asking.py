"""The questions of the check-in, one after the other: understand, confirm, record, or note as not understood."""

from collections.abc import Iterable
from dataclasses import dataclass

from calls.checkin import Kind, Protocol, Question
from heartvoice.demo.agent.dialogue import answers, lines
from heartvoice.demo.agent.dialogue.answers import (
    Answer,
    Missed,
    MissedSome,
    No,
    NotMeasured,
    Score,
    SeveralScores,
    Stopped,
    Told,
    Unclear,
    Weight,
    WeightAmount,
    WeightChange,
    WeightDirection,
    Yes,
)
from heartvoice.demo.agent.dialogue.findings import Findings
from heartvoice.demo.agent.dialogue.numbers import numbers
from heartvoice.demo.agent.dialogue.steps import Do, Say, Step
from heartvoice.demo.agent.dialogue.toolbox import Toolbox
from heartvoice.demo.agent.dialogue.words import spelled_out

MAX_TRIES = 3
MAX_REPEATS = 4

_REASK = {
    Kind.SCALE: "reask.scale",
    Kind.YES_NO: "reask.yes_no",
    Kind.WEIGHT_CHANGE: "reask.weight",
    Kind.MISSED_DOSES: "reask.missed",
    Kind.OPEN: "reask.open",
}
_SPEECH = {
    "wellbeing": ("general", "How the patient has felt since the last call"),
    "mood": ("emotional", "The patient's mood"),
    "voice_free": ("general", "The patient's day yesterday, in their own words"),
}


@dataclass(frozen=True, slots=True)
class Confirming:
    """Read back and waiting for a yes: what will be recorded."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class NeedsDirection:
    pounds: float


@dataclass(frozen=True, slots=True)
class NeedsPounds:
    sign: int


@dataclass(frozen=True, slots=True)
class NeedsAnyMissed:
    pass


@dataclass(frozen=True, slots=True)
class NeedsCount:
    pass


Probe = Confirming | NeedsDirection | NeedsPounds | NeedsAnyMissed | NeedsCount


class Asking:
    """Where the check-in stands. Steps come out without the next question: `question` is said after them."""

    def __init__(self, protocol: Protocol, texts: lines.Lines, findings: Findings) -> None:
        self._texts = texts
        self._findings = findings
        self._agenda = list(protocol.questions)
        self._protocol = protocol
        self._current: Question | None = None
        self._previous: Question | None = None
        self._settled: set[str] = set()
        self._probe: Probe | None = None
        self._prompt = ""  # the last thing asked, when it was not the question itself
        self._tries = self._repeats = 0
        self._turn = 0

    @property
    def current(self) -> Question | None:
        return self._current

    @property
    def is_repeated(self) -> bool:
        """Whether the patient has heard this question before."""
        return self._tries > 0 or self._probe is not None

    def question(self) -> list[Step]:
        """The question that stands, the next one if none does; empty when all are done."""
        if self._current is None:
            self._current = self._agenda.pop(0) if self._agenda else None
            self._probe, self._tries, self._repeats, self._prompt = None, 0, 0, ""
        if self._current is None:
            return []
        return [Say(self._prompt or self._current.text["en"])]

    def keep_only(self, wanted: Iterable[str]) -> None:
        """Ask what the product still misses, in its order; then the optional rest."""
        order = [question_id for question_id in wanted if question_id not in self._settled]
        current = self._current.id if self._current else None
        required = [self._protocol.question(each) for each in order if each != current]
        optional = [each for each in self._agenda if not each.required and each.id not in order]
        self._agenda = [*required, *optional]

    def drop_optional(self) -> None:
        """Ask only what is required from now on."""
        self._agenda = [each for each in self._agenda if each.required]

    def replayed(self, text: str) -> bool:
        """An earlier session asked this: the question it ends with stands now."""
        for question in reversed(self._protocol.questions):
            if question.text["en"] in text:
                self._settle()
                self._current = question
                self._agenda = [each for each in self._agenda if each is not question]
                return True
        return False

    def replayed_answer(self) -> None:
        """An earlier session heard the answer to the question that stands."""
        self._settle()

    def repeat(self) -> list[Step]:
        """Say the question in full; give up on it when it was asked for too often."""
        self._repeats += 1
        if self._current is not None and self._repeats > MAX_REPEATS:
            return [*self._skip(self._current), *self.question()]
        if self._probe is None:
            self._prompt = ""
        return [Say(self._texts.get("acknowledge.patience")), *self.question()]

    def correct(self, text: str) -> None:
        """More words came before the question was heard: they belong to the answer before it."""
        if self._previous is not None and self._previous.kind is Kind.SCALE:
            answer = answers.score(text)
            if isinstance(answer, Score):
                self._findings.record(self._previous, answer.value)

    def is_answer(self, text: str) -> bool:
        """Whether the words answer the question that stands."""
        if self._current is None or self._current.kind is Kind.OPEN:
            return False
        return not isinstance(self._understood(self._current, text), Unclear)

    def take(self, text: str, tools: Toolbox) -> list[Step]:
        """What follows from the patient's words, up to but without the next question."""
        question = self._current
        if question is None:
            return []
        return self._act(question, self._understood(question, text), tools)

    # --- understanding

    def _understood(self, question: Question, text: str) -> Answer:
        match question.kind:
            case Kind.SCALE:
                return answers.score(text)
            case Kind.YES_NO if question.emergency == "chest_pain":
                return answers.chest_pain(text)
            case Kind.YES_NO if question.emergency == "fall":
                return answers.fall(text)
            case Kind.YES_NO:
                return answers.yes_or_no(text)
            case Kind.WEIGHT_CHANGE:
                return self._weight(text)
            case Kind.MISSED_DOSES:
                return self._missed(text)
            case Kind.OPEN:
                return answers.open_answer(text)

    def _weight(self, text: str) -> Answer:
        answer = answers.weight_change(text)
        figures = [n for n in numbers(spelled_out(text).split()) if 0 < n <= answers.LARGEST_CHANGE_LB]
        match self._probe, answer:
            case Confirming(), WeightChange(pounds) if pounds:
                return answer
            case Confirming(), Weight():
                return answer
            case Confirming(kept), _:
                plain = answers.yes_or_no(text)
                return kept if isinstance(plain, Yes) else plain
            case NeedsDirection(pounds), WeightDirection(sign):
                return WeightChange(sign * pounds)
            case NeedsPounds(sign), _ if len(figures) == 1:
                return WeightChange(sign * figures[0])
        return WeightChange(0.0) if isinstance(answer, No) else answer

    def _missed(self, text: str) -> Answer:
        answer = answers.missed_doses(text)
        match self._probe, answer:
            case Confirming(), Missed():
                return answer
            case Confirming(kept), _:
                plain = answers.yes_or_no(text)
                return kept if isinstance(plain, Yes) else plain
            case NeedsAnyMissed(), Yes():
                return MissedSome()
            case NeedsAnyMissed() | NeedsCount(), No():
                return Missed(0)
            case NeedsCount(), _:
                figures = numbers(spelled_out(text).split())
                return Missed(int(figures[0])) if len(figures) == 1 else answer
        return answer

    # --- acting

    def _act(self, question: Question, answer: Answer, tools: Toolbox) -> list[Step]:
        confirmed = isinstance(self._probe, Confirming) and self._probe.answer == answer
        match answer:
            case Unclear():
                return self._again(question, _REASK[question.kind])
            case SeveralScores():
                return self._again(question, "reask.one_number")
            case No() if isinstance(self._probe, Confirming):
                self._probe = None
                return self._again(question, _REASK[question.kind])
            case WeightChange(pounds) if pounds and not confirmed:
                key = "readback.gained" if pounds > 0 else "readback.lost"
                return self._ask(Confirming(answer), key, pounds=lines.pounds(pounds))
            case Weight(pounds) if not confirmed:
                return self._ask(Confirming(answer), "readback.weighs", pounds=lines.pounds(pounds))
            case Weight():
                self._ask(None, "reask.weight_plain")
                return [Do(call) for call in self._findings.weight(tools, answer)]
            case WeightAmount(pounds):
                return self._ask(NeedsDirection(pounds), "reask.weight_direction")
            case WeightDirection(sign):
                return self._ask(NeedsPounds(sign), "reask.weight_pounds")
            case Yes() if question.kind is Kind.WEIGHT_CHANGE:
                return self._ask(None, "reask.weight_plain")
            case NotMeasured():
                self._findings.notes.append("weight not measured")
                self._settle()
                return [Say(self._ack("plain"))]
            case Yes() | No() if question.kind is Kind.MISSED_DOSES:
                return self._ask(NeedsAnyMissed(), "reask.missed_any")
            case MissedSome():
                return self._ask(NeedsCount(), "reask.missed_count")
            case Missed(doses) if doses and not confirmed:
                return self._ask(Confirming(answer), "readback.missed", doses=lines.doses(doses))
            case Stopped():
                calls = self._findings.judge(tools, question, answer)
                self._ask(NeedsCount(), "reask.missed_count")
                return [Say(self._ack("bad")), *(Do(call) for call in calls)]
        return self._accept(question, answer, tools)

    def _accept(self, question: Question, answer: Answer, tools: Toolbox) -> list[Step]:
        match answer:
            case Score(value) | Missed(value) | WeightChange(value):
                self._findings.record(question, value)
        calls = self._findings.judge(tools, question, answer)
        if isinstance(answer, Told) and answer.is_worse:
            calls += self._findings.worse(tools)
        calls += self._findings.save(tools, now=bool(calls) or not self._agenda)
        calls += self._findings.education(tools, answer)[1]
        if question.id in _SPEECH:
            context, content = _SPEECH[question.id]
            voice = tools.call("recordVoiceBiomarkers", context=context, speech_content=content)
            calls += [voice] if voice else []
        self._settle()
        return [Say(self._ack(self._tone(answer))), *(Do(call) for call in calls)]

    def _again(self, question: Question, key: str) -> list[Step]:
        """Ask once more; after MAX_TRIES go on without an answer and say so in the notes."""
        self._tries += 1
        if self._tries < MAX_TRIES:
            again = f"{self._texts.get('reask.hear_again')} {question.text['en']}"
            self._prompt = self._texts.get(key) if self._tries == 1 else again
            return []
        return self._skip(question)

    def _skip(self, question: Question) -> list[Step]:
        self._findings.notes.append(f"{question.id.replace('_', ' ')}: not understood")
        self._findings.concerns.append(f"Answer about {question.id.replace('_', ' ')} was not understood")
        self._findings.unsaved += 1
        self._settle()
        return [Say(self._texts.get("reask.skip"))]

    def _ask(self, probe: Probe | None, key: str, **values: str) -> list[Step]:
        self._probe = probe
        self._prompt = self._texts.get(key, **values)
        return []

    def _settle(self) -> None:
        if self._current is not None:
            self._settled.add(self._current.id)
            self._previous, self._current = self._current, None
        self._probe, self._tries, self._repeats, self._prompt = None, 0, 0, ""

    def _tone(self, answer: Answer) -> str:
        match answer:
            case Score(value) if value >= 3:
                return "bad"
            case Told(mood=mood) if mood:
                return "bad" if mood < 0 else "good"
            case Yes():
                return "bad"
            case No():
                return "good"
        return "plain"

    def _ack(self, tone: str) -> str:
        self._turn += 1
        return self._texts.get(f"acknowledge.{tone}", self._turn)
