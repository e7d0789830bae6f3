"""One call's dialogue: hears words, notes and tool results, and says what the next response holds. Pure."""

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from calls.checkin import Protocol
from heartvoice.demo.agent.dialogue import brief, lines, results
from heartvoice.demo.agent.dialogue.answers import Yes, yes_or_no
from heartvoice.demo.agent.dialogue.asking import Asking
from heartvoice.demo.agent.dialogue.brief import Note, Order
from heartvoice.demo.agent.dialogue.crisis import Crisis
from heartvoice.demo.agent.dialogue.findings import Findings
from heartvoice.demo.agent.dialogue.intents import Intent, danger, wish
from heartvoice.demo.agent.dialogue.opening import Opening
from heartvoice.demo.agent.dialogue.steps import Do, Reply, Say, Step, first_reply
from heartvoice.demo.agent.dialogue.toolbox import Call, Json, Toolbox

SHORT_WORDS = 12  # a longer answer asks for something else only in the plainest words
MAX_DOUBTS = 2  # how often the product may doubt that this is the patient before the call ends
MAX_ENDS = 3  # how often the end of a call is asked for when the product still misses something


class Cause(StrEnum):
    """Why a response is made."""

    TURN = "turn"  # the patient has spoken
    ASKED = "asked"  # the client wants one
    TIMEOUT = "timeout"  # nobody has spoken


class Stage(StrEnum):
    """Where the call stands."""

    START = "start"
    OPENING = "opening"
    CHECKIN = "checkin"
    CRISIS = "crisis"
    CLOSING = "closing"


_ALWAYS_HEARD = {Intent.WRONG_PERSON, Intent.OPT_OUT, Intent.HUMAN}
_TAKES_ANSWER = {Intent.HUMAN, Intent.ADVICE, Intent.GOODBYE}


class Dialogue:
    """The offline demo voice's side of one conversation."""

    def __init__(self, protocol: Protocol, can_say: Callable[[str], bool]) -> None:
        self._lines = lines.load()
        self._can_say = can_say
        self._protocol = protocol
        self._tools = Toolbox()
        self._findings = Findings()
        self._opening = Opening(self._lines, can_say)
        self._asking = Asking(protocol, self._lines, self._findings)
        self._crisis: Crisis | None = None
        self._stage = Stage.START
        self._steps: list[Step] = []
        self._words: list[str] = []
        self._ordered: list[Step] | None = None  # what a note wants said instead of the next question
        self._clarifying = ""  # the product's own question, to be asked before ours
        self._is_clarify_asked = False
        self._pending: list[Call] = []  # called, no result yet
        self._has_begun = False  # before the first reply, what the client writes is an earlier session's
        self._has_results = False
        self._told: list[Step] = []  # what the results make us say
        self._is_slow = False
        self._is_unheard = False
        self._owes_disclosure = False  # nobody has heard yet that this is an automated assistant
        self._repeated_after_noise = False
        self._reason = "completed"
        self._ends = 0
        self._doubts = 0
        self._follow_up_asked = False

    @property
    def stage(self) -> Stage:
        return self._stage

    @property
    def asking(self) -> str:
        """The id of the check-in's question that stands; empty when none does."""
        current = self._asking.current
        return current.id if current and self._stage is Stage.CHECKIN else ""

    @property
    def findings(self) -> Findings:
        return self._findings

    def configure(self, instructions: str, tools: Iterable[Json]) -> None:
        """The session's instructions and tools."""
        self._tools = Toolbox(tools)
        self._opening.name = brief.first_name(instructions)

    # --- what happens

    def heard(self, text: str) -> None:
        """The patient said this; answered with the next reply, together with what came before it."""
        self._words.append(text)

    def typed(self, text: str) -> None:
        """The client wrote this as the patient's: keys of the telephone, or a turn of an earlier session."""
        if not self._has_begun:
            self._asking.replayed_answer()
        else:
            self._words.append(brief.keys_pressed(text) or text)

    def replayed(self, text: str) -> None:
        """The client put back what the voice said in an earlier session."""
        if self._asking.replayed(text):
            self._opening.passed = True
            self._stage = Stage.CHECKIN
        elif self._stage is Stage.START and "date of birth" in text:
            self._opening.asks_identity = True
            self._stage = Stage.OPENING

    def noted(self, text: str) -> None:
        """The product put this note into the conversation."""
        listed = sorted((text.find(q.text["en"]), q.id) for q in self._protocol.questions)
        if wanted := [question_id for at, question_id in listed if at >= 0]:
            self._asking.keep_only(wanted)
        if note := brief.read_note(text):
            self._follow(note)

    def cut_off(self, heard: list[str]) -> None:
        """The patient cut in: of what was said last only these sentences were heard, the question was not."""
        self._is_unheard = True
        if self._stage is Stage.OPENING and not self._opening.asks_identity:
            self._owes_disclosure = self._lines.get("greeting.intro") not in heard

    def result(self, name: str, output: str) -> None:
        """A tool's result has arrived."""
        call = next((each for each in self._pending if each.name == name), None)
        if call is None:
            return
        self._pending.remove(call)
        self._has_results = True
        told = [step for step in self._after(call, results.parsed(output)) if step not in self._told]
        self._told += told

    def retract(self, reply: Reply) -> None:
        """The response was cancelled: its calls were not made, its question may not have been heard."""
        for call in reply.calls:
            if call in self._pending:
                self._pending.remove(call)
        self._steps = [*(Do(call) for call in reply.calls), *self._steps]

    # --- what is said

    def opened(self, wording: str) -> list[str]:
        """The product has us say these words: what is said of them when they are the call's first, else []."""
        said = self._opening.as_asked(wording)
        if said and self._stage is Stage.START:
            self._has_begun, self._stage = True, Stage.OPENING
        return said

    def reply(self, cause: Cause) -> Reply:
        """The next response. Empty when there is nothing to add."""
        self._has_begun = True
        is_turn = cause is Cause.TURN or bool(self._words)
        text, self._words = " ".join(filter(None, self._words)), []
        had_results, self._has_results = self._has_results, False
        self._steps, self._told = [*self._told, *self._steps], []
        if self._ordered is not None:
            self._steps = [*self._due(), *self._answer_only(text), *self._ordered]
            self._ordered = None
        elif is_turn:
            self._steps = [*self._due(), *self._turn(text)]
        elif not self._steps and not (cause is Cause.ASKED and had_results):
            self._steps = self._unasked(cause)
        reply = first_reply(self._steps, is_slow=self._is_slow)
        self._pending += reply.calls
        return reply

    def _due(self) -> list[Step]:
        return [step for step in self._steps if isinstance(step, Do)]

    def _unasked(self, cause: Cause) -> list[Step]:
        """Nobody has said anything new."""
        if self._stage is Stage.START:
            self._stage = Stage.OPENING
            return self._opening.greeting()
        if self._stage is Stage.CLOSING:
            return []
        prompt = [Say(self._lines.get("silence.still_there"))] if cause is Cause.TIMEOUT else []
        return [*prompt, *self._question()]

    def _turn(self, text: str) -> list[Step]:
        """What follows from the patient's words, which may be none."""
        if not text:
            was_unheard, self._is_unheard = self._is_unheard, False
            self._repeated_after_noise = was_unheard
            return [*self._disclosure(), *self._question()] if was_unheard else []
        self._repeated_after_noise = False
        found = danger(text)
        if found and found not in self._findings.raised:
            return self._danger(found, text)
        if self._stage is Stage.CRISIS and self._crisis:
            steps, is_over = self._crisis.take(text)
            return [*steps, *self._end("emergency")] if is_over else steps
        if self._stage is Stage.CLOSING:
            return [Say(self._lines.get("closing.bye")), *self._end(self._reason)]
        asked = wish(text)
        if asked and (asked in _ALWAYS_HEARD or len(text.split()) <= SHORT_WORDS):
            return self._wish(asked, text)
        return self._answer(text)

    def _answer(self, text: str) -> list[Step]:
        was_unheard, self._is_unheard = self._is_unheard, False
        if self._clarifying and self._is_clarify_asked:
            return self._clarified(text)
        if self._stage is not Stage.CHECKIN:
            return self._open(text)
        if was_unheard and not self._asking.is_repeated:
            self._asking.correct(text)
            return self._question()
        return [*self._asking.take(text, self._tools), *self._question()]

    def _answer_only(self, text: str) -> list[Step]:
        """The calls that record an answer in the text, when something else is said than the next question."""
        if not text or self._stage is not Stage.CHECKIN or not self._asking.is_answer(text):
            return []
        return [step for step in self._asking.take(text, self._tools) if isinstance(step, Do)]

    def _open(self, text: str) -> list[Step]:
        self._stage = Stage.OPENING
        if any(call.name == "verifyIdentity" for call in self._pending):
            return [Say(self._lines.get("silence.one_moment"))]
        match self._opening.take(text, self._tools):
            case "absent":
                return [Say(self._lines.get("identity.absent")), *self._end("wrong_person")]
            case "failed":
                return [Say(self._lines.get("identity.failed")), *self._end("not_verified")]
            case list() as steps:
                steps = [*self._disclosure(), *steps]
                return [*steps, *self._begin()] if self._opening.passed else steps
            case _:
                return self._question()

    def _disclosure(self) -> list[Step]:
        """The opening sentence, when it was cut off before it was heard."""
        owed, self._owes_disclosure = self._owes_disclosure, False
        return [Say(self._lines.get("greeting.intro"))] if owed else []

    def _doubted(self) -> list[Step] | None:
        """The product doubts that this is the patient: what they say decides, and a second doubt ends the call."""
        self._doubts += 1
        if self._doubts < MAX_DOUBTS:
            return None
        return [Say(self._lines.get("identity.wrong_person")), *self._end("wrong_person")]

    def _begin(self) -> list[Step]:
        self._stage = Stage.CHECKIN
        return self._question()

    def _question(self) -> list[Step]:
        """What stands to be asked, or the close of the call."""
        if self._clarifying:
            self._is_clarify_asked = True
            return [Say(self._clarifying)]
        match self._stage:
            case Stage.START | Stage.OPENING:
                return self._opening.question()
            case Stage.CRISIS if self._crisis:
                return self._crisis.question()
            case Stage.CHECKIN:
                return self._asking.question() or self._close()
        return [Say(self._lines.get("closing.bye")), *self._end(self._reason)]

    def _close(self) -> list[Step]:
        """The supportive end, after everything found has been handed over."""
        due = self._saved()
        concerns = self._findings.concerns
        if concerns and not self._follow_up_asked:
            due += self._follow_up("; ".join(concerns[:3]), "within 24 hours")
        closing = self._lines.get("closing.concern" if concerns else "closing.well")
        return [*due, Say(closing), *self._end("completed")]

    def _end(self, reason: str) -> list[Step]:
        self._stage = Stage.CLOSING
        self._reason = reason
        self._ends += 1
        call = self._tools.call("endCall", reason=reason)
        return [Do(call)] if call and self._ends <= MAX_ENDS else []

    # --- notes

    def _follow(self, note: Note) -> None:
        match note.order:
            case Order.EMERGENCY | Order.SELF_HARM if self._stage is not Stage.CRISIS:
                self._enter_crisis(is_self_harm=note.order is Order.SELF_HARM)
                return
            case Order.VERIFIED if self._stage in (Stage.START, Stage.OPENING) and not self._pending:
                self._opening.passed = True
                self._stage = Stage.CHECKIN
                return
            case Order.CLARIFY if self._can_say(note.question):
                self._clarifying, self._is_clarify_asked = note.question, False
                return
            case Order.WRAP_UP:
                self._asking.drop_optional()
                return
            case Order.NOISE if self._repeated_after_noise:
                self._ordered = []  # said again already, before this note came
                return
        if self._stage not in (Stage.CRISIS, Stage.CLOSING):
            self._ordered = self._obeyed(note.order)

    def _obeyed(self, order: Order) -> list[Step] | None:
        """What a note makes us say in place of the next question; None when it changes nothing."""
        get = self._lines.get
        match order:
            case Order.OPENING_CUT:
                self._owes_disclosure = False
                return [Say(get("greeting.intro")), *self._question()]
            case Order.NOISE:
                return self._question()
            case Order.OPT_OUT:
                return [*self._saved(), Say(get("closing.opt_out")), *self._end("patient_request")]
            case Order.HUMAN:
                return [*self._saved(), Say(get("followup.connect")), *self._end("patient_request")]
            case Order.RESCHEDULE:
                later = self._follow_up("Patient wants to be called at another time", "another time")
                silent = [step for step in later if isinstance(step, Do)]
                return [
                    *self._saved(),
                    *silent,
                    Say(get("closing.reschedule")),
                    *self._end("patient_request"),
                ]
            case Order.WRONG_PERSON if self._stage is not Stage.CHECKIN:
                return self._doubted()
            case Order.IDENTITY_FAILED:
                return [Say(get("identity.failed")), *self._end("not_verified")]
            case Order.THIRD_PARTY:
                return [Say(get("greeting.third_party")), *self._question()]
            case Order.STOP:
                return [*self._saved(), Say(get("closing.early")), *self._end(self._reason)]
        return None

    def _enter_crisis(self, *, is_self_harm: bool) -> None:
        """The product has played its script; what was said before it is recorded, not answered."""
        text, self._words = " ".join(filter(None, self._words)), []
        due = [*self._due(), *self._answer_only(text), *self._saved()]
        self._stage = Stage.CRISIS
        self._clarifying = ""
        self._ordered = None
        self._crisis = Crisis(self._lines, is_self_harm=is_self_harm)
        self._steps = [*due, *self._crisis.open()]
        self._told = []  # the product has said itself what became of the alert

    def _clarified(self, text: str) -> list[Step]:
        """The answer to the product's question: a yes to a danger is raised, then the check-in goes on."""
        question, self._clarifying = self._clarifying, ""
        found = danger(question.replace("?", ""))
        if found and isinstance(yes_or_no(text), Yes):
            return self._danger(found, "")
        return [Say(self._lines.get("acknowledge.plain", 2)), *self._question()]

    # --- wishes and dangers

    def _danger(self, found: Intent, text: str) -> list[Step]:
        calls: list[Step] = [Do(call) for call in self._findings.danger(self._tools, found)]
        calls += [*self._answer_only(text), *self._saved()]
        return calls if self._stage is Stage.CRISIS else [*calls, *self._question()]

    def _wish(self, asked: Intent, text: str) -> list[Step]:
        get = self._lines.get
        before = self._answer_only(text) if asked in _TAKES_ANSWER else []
        self._is_unheard = False
        match asked:
            case Intent.WRONG_PERSON if self._stage is not Stage.CHECKIN:
                return [Say(get("identity.wrong_person")), *self._end("wrong_person")]
            case Intent.OPT_OUT:
                return [*self._saved(), Say(get("closing.opt_out")), *self._end("patient_request")]
            case Intent.GOODBYE:
                return [*before, *self._saved(), Say(get("closing.early")), *self._end("patient_request")]
            case Intent.HUMAN:
                asked_for = self._follow_up("Patient asked to speak with a person", "today")
                return [*before, *asked_for, *self._question()]
            case Intent.ROBOT:
                return [Say(get("greeting.robot")), *self._question()]
            case Intent.SLOWER:
                self._is_slow = True
                return [Say(get("acknowledge.slower")), *self._question()]
            case Intent.WAIT:
                return [Say(get("identity.wait"))]
            case Intent.ADVICE:
                return [*before, Say(get("acknowledge.no_advice")), *self._question()]
            case Intent.REPEAT if self._stage is Stage.CHECKIN and not self._clarifying:
                return self._asking.repeat() or self._close()
            case Intent.REPEAT:
                return [Say(get("acknowledge.patience")), *self._question()]
        return self._answer(text)

    def _saved(self) -> list[Step]:
        return [Do(call) for call in self._findings.save(self._tools, now=True)]

    def _follow_up(self, reason: str, timeframe: str) -> list[Step]:
        self._follow_up_asked = True
        call = self._tools.call(
            "scheduleFollowUp",
            type="voice_call",
            urgency="priority",
            recommended_timeframe=timeframe,
            reason=reason,
        )
        return [Do(call)] if call else []

    # --- results

    def _after(self, call: Call, result: dict[str, Any]) -> list[Step]:
        """What a tool's result makes us say: nothing is claimed before it is known."""
        is_ok = result.get("ok") is not False
        get = self._lines.get
        match call.name:
            case "verifyIdentity" if self._stage is Stage.OPENING:
                match self._opening.verified(result):
                    case list() as steps:
                        return [*steps, *self._begin()] if self._opening.passed else steps
                    case _:
                        return [Say(get("identity.failed")), *self._end("not_verified")]
            case "endCall" if not is_ok and self._stage is Stage.CLOSING:
                return self._not_over(result)
            case "updatePatientRecord" if not is_ok:
                self._findings.unsaved += 1
            case "triggerAlert" if self._stage is not Stage.CRISIS:
                is_chest = Intent.CHEST_PAIN in self._findings.raised
                return results.alert(self._lines, call, is_ok=is_ok, is_chest=is_chest)
            case "scheduleFollowUp" if self._stage is not Stage.CRISIS and "another time" not in call.text:
                return [Say(get("followup.done" if is_ok else "followup.failed"))]
            case "provideEducation" if is_ok and self._stage is not Stage.CRISIS:
                return results.explained(str(result.get("say") or ""), self._can_say)
        return []

    def _not_over(self, result: dict[str, Any]) -> list[Step]:
        """The product still misses something: ask it if it can be asked, else end all the same."""
        if result.get("error") == "ask_once_more":
            self._stage, self._opening.asks_identity = Stage.OPENING, False
            return self._opening.greeting()
        text = json.dumps(result)
        wanted = [q.id for q in self._protocol.questions if q.id in text or q.text["en"] in text]
        self._asking.keep_only(wanted)
        if wanted and self._opening.passed and (steps := self._asking.question()):
            self._stage = Stage.CHECKIN
            return steps
        return self._end(self._reason)
