"""What the patient's words mean for safety, and the engine's hold on the line while it matters. Pure."""

from __future__ import annotations

from alerts.phrases.model import ScanContext, ScanResult
from alerts.phrases.model import Segment as Words
from calls.alarm import Claim, Takeover, critical_hits, script_for
from calls.checkin import Phase
from calls.events import Action, AddText, CancelReply, RaiseFlags, Speaker
from calls.instructions import escalation_text, load_prompts, note, phase_text
from calls.parts import Parts

NOTED_SEVERITIES = ("high", "critical")


class Emergencies:
    """Scans, raises flags, takes the line and gives it back."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.takeover = Takeover()
        self.raised: set[str] = set()
        self.needs_person = False
        self._tickets = 0
        self._open: dict[int, ScanResult] = {}

    # --- judging words

    def scan(self, words: Words) -> ScanResult:
        """What these words mean, heard against Maya's last question."""
        parts = self.parts
        question = parts.progress.question_in(parts.transcript.last_words)
        context = ScanContext(
            last_question=parts.transcript.last_words or None,
            question_id=question.id if question else None,
            facts=parts.setting.facts,
            now=parts.setting.local_time,
            raised=frozenset(self.raised),
            identity_verified=parts.is_verified,
        )
        return parts.setting.scan(words, context)

    def judge(self, text: str, item: str, at_ms: int, now_ms: float) -> list[Action]:
        """The patient's final words: flags are raised, the worst of them take the line at once."""
        words = Words(text=text, speaker="patient" if self.parts.is_verified else "unknown")
        return self._act(self.scan(words), text, item, at_ms, now_ms)

    def silence(self, now_ms: float) -> list[Action]:
        """No word for too long after an emergency flag."""
        return self._act(self.scan(Words(text="", event="silence")), "", "silence", int(now_ms), now_ms)

    def line_lost(self, now_ms: float) -> list[Action]:
        """The line dropped after an emergency flag. Nothing can be said any more."""
        result = self.scan(Words(text="", event="line_lost"))
        return [self._raise(result, "", "line_lost", int(now_ms))] if result.flags else []

    def _act(self, result: ScanResult, text: str, item: str, at_ms: int, now_ms: float) -> list[Action]:
        if not result.flags:
            return self._controls(result)
        flags = self._raise(result, text, item, at_ms)
        if critical := critical_hits(result):
            script = script_for(tuple(hit.flag for hit in critical))
            if self.takeover.is_on or script not in self.takeover.scripts:
                return [*self.take_over(script, flags.ticket, now_ms), flags]
        return [flags, *self._controls(result)]

    def _raise(self, result: ScanResult, text: str, item: str, at_ms: int) -> RaiseFlags:
        self._tickets += 1
        self._open[self._tickets] = result
        self.raised.update(hit.flag for hit in result.flags)
        return RaiseFlags(self._tickets, result, text, item, at_ms)

    def _controls(self, result: ScanResult) -> list[Action]:
        """What the words ask of us beside alarms: a person, no more calls, a direct question."""
        prompts = load_prompts()
        texts: list[str] = []
        for control in result.controls:
            kind, _, topic = control.partition(":")
            if kind == "clarify" and topic in prompts.clarify:
                texts.append(note("clarify", question=prompts.clarify[topic]))
            elif control in prompts.notes:
                texts.append(note(control))
        if "human_request" in result.controls:
            self.parts.wants_human = True
        return [AddText(Speaker.SYSTEM, text) for text in texts]

    # --- holding the line

    def take_over(self, script: str, ticket: int | None, now_ms: float) -> list[Action]:
        """The engine has the line: everything is cut, the approved script is read out.

        `ticket` is None when the alert was committed before we learnt of it (a tool did it).
        """
        parts = self.parts
        is_new = self.takeover.begin(script, ticket)
        actions: list[Action] = []
        if is_new:
            actions += parts.speech.cut(now_ms, parts.replies.running_id)
        if parts.replies.running:
            parts.speech.drop_reply(parts.replies.running_id)
            actions.append(CancelReply(parts.replies.running_id))
        parts.replies.drop_wanted()
        parts.is_reply_due = False
        parts.speech.is_muted = True
        if is_new:
            actions += parts.read_out(script, now_ms, is_held=True)
        parts.progress.crisis(now_ms)
        return [*actions, *self._tell(now_ms)]

    def _tell(self, now_ms: float) -> list[Action]:
        claim = self.takeover.next_claim()
        return self.parts.read_out(claim, now_ms, is_held=True) if claim else []

    def settled(self, ticket: int, claim: Claim, now_ms: float) -> list[Action]:
        """An alert is committed, or could not be: only now may something be said about it."""
        result = self._open.pop(ticket, None)
        if result is None:
            return []
        self.takeover.settle(ticket, claim)
        if self.takeover.is_on:
            return self._tell(now_ms)
        if result.severity not in NOTED_SEVERITIES:
            return []
        if claim is Claim.FAILED:
            return [AddText(Speaker.SYSTEM, note("flag_not_saved"))]
        flags = ", ".join(sorted({hit.flag.replace("_", " ") for hit in result.flags}))
        return [AddText(Speaker.SYSTEM, note("flagged", flags=flags))]

    def hand_back(self, now_ms: float) -> list[Action]:
        """When script and outcome have been heard, the model gets the line back, told what happened."""
        parts = self.parts
        if not self.takeover.is_on or not self.takeover.is_settled or not parts.speech.is_silent(now_ms):
            return []
        if parts.readings and parts.replies.is_busy:
            return []
        script = parts.setting.scripts.recorded[self.takeover.scripts[-1]].text
        told = self.takeover.end()
        parts.speech.is_muted = False
        if told is False:  # nobody knows but us: a person must take the line
            self.needs_person = True
            return parts.read_out("nurse_transfer", now_ms, is_held=True)
        claim = "committed" if told else "claim_open"
        texts = [escalation_text(script, claim), phase_text(Phase.CRISIS)]
        return [*(AddText(Speaker.SYSTEM, text) for text in texts), *parts.replies.ask()]
