"""What the patient's words mean for safety, and the engine's hold on the line while it matters. Pure.

Scripts and screens have the line in turns: a script that belongs to what was just said goes first, the screen that
follows from it next, and the model gets the line back, with a note of what happened, only after both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alerts.phrases.flags import LOST
from alerts.phrases.model import ScanResult
from alerts.phrases.model import Segment as Words
from alerts.phrases.model import Speaker as Speaking
from calls.alarm import (
    SUICIDE,
    UNNAMED,
    Claim,
    Takeover,
    critical_kinds,
    kind_of,
    kinds_found,
    kinds_raised,
)
from calls.checkin import Phase
from calls.events import Action, AddText, CancelReply, EndReason, RaiseFlags, Speaker
from calls.flagged import Flagged
from calls.instructions import escalation_text, load_prompts, note, phase_text
from calls.opting import heeded
from calls.parts import Parts
from calls.rule_lines import RuleLines
from calls.screening import Screening, recorded
from calls.screens import CRISIS, NEXT_SCREEN, PERSON, Outcome, Reply, Run, is_raised, screens
from calls.screens.replies import WISH

NOTED_SEVERITIES = ("high", "critical")
ABUSE = "safeguarding"  # is asked about by its screen: no 911 beside it


class Emergencies:
    """Scans, raises flags, takes the line and gives it back."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.takeover = Takeover()
        self.screening = Screening(parts)
        self.lines = RuleLines(parts.setting.scripts.rules)
        self.flags = Flagged()
        self.controls: tuple[str, ...] = ()  # of the words judged last
        self.is_blind = False  # the scanner has failed: no call goes on without it
        self.needs_person = False
        self._is_person_due = False  # the patient or a screen has asked for one, and a script goes before

    @property
    def has_line(self) -> bool:
        """True while a script, a screen or a machine has the line: the model is not heard."""
        return self.takeover.is_on or self.screening.is_on or self.parts.is_held

    @property
    def is_open(self) -> bool:
        """True while something about an emergency is being read out, asked, or judged by the rules."""
        return (
            self.takeover.is_on or self.screening.is_on or self.screening.has_waiting or self.flags.is_awaited
        )

    def may_end(self, reason: EndReason) -> bool:
        """Nobody of ours hangs up first on an emergency: only a person may take the line, or help that has come. After
        a wish to die not even that: the patient hangs up, or a person does. What is less than that has its questions.
        """
        if reason is EndReason.HUMAN_REQUEST:
            return True
        if not self.parts.is_emergency:
            return not (self.flags.has_emergency and self.is_open)
        return reason is EndReason.EMERGENCY and not (self.has_line or self.is_suicidal)

    @property
    def is_suicidal(self) -> bool:
        """True when a wish to die has been said in this call, or in the one that it rings again for."""
        return SUICIDE in self.flags.names

    # --- judging words

    def scan(self, text: str) -> ScanResult:
        """What these words of whoever is on the line mean."""
        speaker: Speaking = "patient" if self.parts.is_verified else "unknown"
        return self.parts.scan(Words(text, speaker), frozenset(self.flags.names))

    def controls_in(self, text: str) -> tuple[str, ...]:
        """What a part of the words judged last asks of us, all that they ask where it cannot be told."""
        try:
            return self.scan(text).controls
        except Exception:  # a scanner that broke is known by the words themselves
            return self.controls

    def judge(self, text: str, item: str, start_ms: float, now_ms: float) -> list[Action]:
        """The patient's final words: flags are raised, the worst of them take the line at once."""
        try:
            result = self.scan(text)
        except Exception:  # whatever broke it: words that nobody has judged may be an emergency
            self.is_blind, self.controls = True, ()
            return []
        result = replace(result, controls=heeded(text, result.controls))
        self.controls = result.controls
        raised: list[RaiseFlags] = []
        if result.flags:
            raised.append(self.flags.submit(result, text, item, int(start_ms)))
        ticket = raised[0].ticket if raised else None
        kinds = critical_kinds(result)
        if self.screening.is_on:
            self.screening.want_doubts(result)
            may_ask_again = not (self.takeover.has_new(kinds) or WISH in result.controls)
            reply, actions = self.screening.in_words(
                text, result, start_ms, now_ms, may_ask_again=may_ask_again
            )
            return [*raised, *self._in_screen(reply, kinds, ticket, result, now_ms), *actions]
        if kinds and (self.takeover.is_on or self.takeover.has_new(kinds)):
            taken = self.take_over(kinds, ticket, now_ms)
            return [*taken, *raised, *self._controls(result, now_ms)]
        return [*raised, *self._controls(result, now_ms)]

    def silence(self, now_ms: float) -> list[Action]:
        """No word for too long after an emergency flag: an alarm of its own, and nothing to say that was not said."""
        return [self.flags.lost("silence", int(now_ms))]

    def line_lost(self, now_ms: float) -> list[Action]:
        """The line dropped after an emergency flag. Nothing can be said any more."""
        return [self.flags.lost("line_lost", int(now_ms))]

    def _controls(self, result: ScanResult, now_ms: float) -> list[Action]:
        """What the words ask of us beside alarms: a person, a direct question, a screen. While an emergency has the line
        nothing else is told to the model, which gets it back later.
        """
        prompts = load_prompts()
        texts: list[str] = []
        doubts = self.screening.want_doubts(result)
        for control in result.controls:
            kind, _, topic = control.partition(":")
            if self.takeover.is_on and kind not in ("clarify", WISH):
                continue
            if kind == "clarify" and topic in prompts.clarify and control not in doubts:
                texts.append(note("clarify", question=prompts.clarify[topic]))
            elif control in prompts.notes:
                texts.append(note(control))
        if WISH in result.controls:
            self.parts.wants_human = True
        begun = [] if self.takeover.is_on else self.screening.begin(now_ms)
        return [*(AddText(Speaker.SYSTEM, text) for text in texts), *begun]

    # --- holding the line

    def take_over(
        self, kinds: Iterable[str], ticket: int | None, now_ms: float, *, is_anew: bool = False
    ) -> list[Action]:
        """The engine has the line: everything is cut, the approved script is read out. What it was reading already is
        heard to its end.

        `ticket` is None when the alert was committed before we learnt of it.
        """
        parts = self.parts
        had_line = self.takeover.is_on
        self.screening.pause()
        parts.is_held, parts.is_emergency = False, True
        scripts = self.takeover.begin(kinds, ticket, is_anew=is_anew)
        self.flags.has_emergency = True
        actions: list[Action] = []
        if not had_line:
            actions += parts.speech.cut(now_ms, parts.replies.running_id)
            if parts.replies.running:
                parts.speech.drop_reply(parts.replies.running_id)
                actions.append(CancelReply(parts.replies.running_id))
            parts.replies.drop_wanted()
            parts.is_reply_due = False
            parts.readings.drop()
            parts.speech.is_muted = True
        for script in scripts:
            actions += parts.read_out(script, now_ms, is_held=True)
        parts.progress.crisis(now_ms)
        return [*actions, *self._tell(now_ms)]

    def alarmed(self, kinds: Iterable[str], now_ms: float) -> list[Action]:
        """Emergencies whose alert is committed: those that have not been read out take the line. One without a name does
        so only where none has been: it may be the same.
        """
        wanted = set(kinds)
        if self.parts.is_emergency or len(wanted) > 1:
            wanted.discard(UNNAMED)
        return self.take_over(wanted, None, now_ms) if self.takeover.has_new(wanted) else []

    def _tell(self, now_ms: float) -> list[Action]:
        claim = self.takeover.next_claim()
        return self.parts.read_out(claim, now_ms, is_held=True) if claim else []

    def settled(self, ticket: int, claim: Claim, now_ms: float, found: tuple[str, ...] = ()) -> list[Action]:
        """An alert is committed, or could not be: only now may something be said about it.

        `found`: the rules of this call so far; where nothing could be judged, those that the words themselves name.
        """
        result = self.flags.settle(ticket)
        if result is None:
            return []
        self.takeover.settle(ticket, claim)
        taken = self.alarmed(kinds_found(found), now_ms)  # worse than the words alone
        for screen in screens().values():
            is_read = self.takeover.known & {flag.partition(":")[0] for flag in screen.on_flag}
            if screen.is_begun_by(result.flags) and not is_read:
                self.screening.want(screen)
        if taken:
            return taken
        if self.takeover.is_on:
            return self._tell(now_ms)
        if claim is Claim.FAILED:
            found = tuple(f"{hit.rule_id}:{hit.severity}" for hit in result.flags)
        follows = self._follows(found)
        if result.severity not in NOTED_SEVERITIES:
            return [*follows, *self.screening.begin(now_ms)]
        flags = {hit.flag for hit in result.flags}
        is_danger = any(hit.alert_type == "emergency" and hit.flag != ABUSE for hit in result.flags)
        told = "flagged_emergency" if is_danger else "flagged"
        name = "flag_not_saved" if claim is Claim.FAILED else told
        text = note(name, flags=", ".join(sorted(flag.replace("_", " ") for flag in flags)))
        return [AddText(Speaker.SYSTEM, text), *follows, *self.screening.begin(now_ms)]

    def found(self, found: tuple[str, ...], now_ms: float) -> list[Action]:
        """What the rules have found in the answers of this call leads to its questions."""
        follows = self._follows(found)
        return follows if self.has_line else [*follows, *self.screening.begin(now_ms)]

    def _follows(self, found: tuple[str, ...]) -> list[Action]:
        """What Maya does because of a finding: its screen, or its sentence. In an emergency nothing else is asked."""
        if self.parts.is_emergency:
            return []
        for screen in screens().values():
            if screen.is_begun_by_rules(found):
                self.screening.want(screen)
        lines = self.lines.due(found) if self.parts.is_verified else []
        return [AddText(Speaker.SYSTEM, note("rule_lines", lines=" ".join(lines)))] if lines else []

    def hand_back(self, now_ms: float) -> list[Action]:
        """When everything has been heard, the next screen begins, or the model gets the line back."""
        parts = self.parts
        if not self.has_line or parts.is_held or not parts.speech.is_silent(now_ms):
            return []
        if parts.readings and parts.replies.is_busy:
            return []
        if parts.readings.has_failed:  # another voice must say it: the telephone network's, and a person's
            return self._to_person(now_ms)
        if self.takeover.is_on:
            return self._after_script(now_ms) if self.takeover.is_settled else []
        outcome = self.screening.outcome
        return self._after_screen(outcome, now_ms) if outcome is not None else []

    def _after_script(self, now_ms: float) -> list[Action]:
        parts = self.parts
        for script in self.takeover.scripts:
            self.screening.want_after(script)
        read = " ".join(parts.setting.scripts.recorded[script].text for script in self.takeover.scripts)
        told = self.takeover.end()
        if told is False or self._is_person_due:  # nobody knows but us: a person must take the line
            return self._to_person(now_ms)
        texts = [escalation_text(read, "committed" if told else "claim_open"), phase_text(Phase.CRISIS)]
        told_model = [AddText(Speaker.SYSTEM, text) for text in texts]
        if self.screening.has_waiting:
            return [*told_model, *self.screening.begin(now_ms)]
        parts.speech.is_muted = False
        return [*told_model, *parts.replies.ask()]

    def ring_person(self, now_ms: float) -> list[Action]:
        """Maya may not keep this line any longer: whatever she is saying is cut, and a person is rung."""
        parts = self.parts
        if self.needs_person:
            return []
        cut = parts.speech.cut(now_ms, parts.replies.running_id)
        parts.replies.drop_wanted()
        return [*cut, *self._to_person(now_ms)]

    def _to_person(self, now_ms: float) -> list[Action]:
        self.screening.end()
        self.takeover.is_on = False
        self.parts.readings.drop()
        self.parts.speech.is_muted = False
        if self.needs_person:
            return []
        self.needs_person = True
        has_failed, self.parts.readings.has_failed = self.parts.readings.has_failed, False
        return [] if has_failed else self.parts.read_out("nurse_transfer", now_ms, is_held=True)

    # --- screens

    def want(self, screen_id: str, now_ms: float) -> list[Action]:
        """A screen that an answer, or the model, asks for: at once, or when the line is free."""
        if screen_id not in screens():
            return []
        self.screening.want(screens()[screen_id])
        return [] if self.has_line else self.screening.begin(now_ms)

    def keys(self, keys: str, now_ms: float) -> list[Action]:
        """The telephone's keys while the engine has the line: a screen's reply."""
        if not self.screening.is_on:
            return []
        reply, actions = self.screening.by_keys(keys, now_ms)
        return [*self._in_screen(reply, frozenset(), None, ScanResult(), now_ms), *actions]

    def tick(self, now_ms: float) -> list[Action]:
        """A screen's question that stays without a word."""
        parts = self.parts
        if not self.screening.is_on or self.screening.outcome is not None:
            return []
        limits = parts.setting.limits
        is_quiet = parts.speech.is_silent(now_ms) and not parts.readings
        wait_ms = limits.after_flag_ms if self.flags.has_emergency else limits.first_reprompt_ms
        reply, actions = self.screening.in_silence(now_ms, is_quiet=is_quiet, wait_ms=wait_ms)
        if actions and self.flags.has_emergency and LOST not in self.flags.names:
            actions = [*self.silence(now_ms), *actions]
        return [*self._in_screen(reply, frozenset(), None, ScanResult(), now_ms), *actions]

    def _in_screen(
        self,
        reply: Reply | None,
        kinds: frozenset[str],
        ticket: int | None,
        judged: ScanResult,
        now_ms: float,
    ) -> list[Action]:
        """A reply, and whatever else was said with it. Something worse than the screen is about takes the line. A wish for a
        person is granted when the reply has counted, and what it leads to has been read out.
        """
        run = self.screening.run
        if run is None:
            return []
        is_worse = self.takeover.has_new(kinds)
        self._is_person_due = self._is_person_due or WISH in judged.controls
        actions: list[Action] = []
        if reply is not None:
            flag = run.reply(reply)
            if flag and not is_raised(flag, judged.flags):
                raised = self._raise_by_screen(flag, run, now_ms)
                actions.append(raised)
                ticket = ticket or raised.ticket
            if run.outcome is not None:
                about = {kind_of(name.partition(":")[0]) for name in (flag, *run.screen.on_flag) if name}
                done = self._decided(run, run.outcome, kinds | kinds_raised(flag), about, ticket, now_ms)
                return [*actions, *done]
        if is_worse:
            return [*actions, *self.take_over(kinds, ticket, now_ms)]
        if self._is_person_due:
            return [*actions, *self._to_person(now_ms)]
        return [*actions, *self.screening.ask(now_ms)] if reply is not None else actions

    def _raise_by_screen(self, flag: str, run: Run, now_ms: float) -> RaiseFlags:
        """A reply that is a danger sign whatever the words were. Judged by the rules like any other flag."""
        hit = run.hit(flag)
        result = ScanResult((hit,), (), hit.severity, hit.alert_type)
        return self.flags.submit(result, hit.evidence, f"screen:{run.screen.id}", int(now_ms))

    def _decided(
        self,
        run: Run,
        outcome: Outcome,
        kinds: frozenset[str],
        about: set[str],
        ticket: int | None,
        now_ms: float,
    ) -> list[Action]:
        """The screen has come to an outcome: recorded, closed with its words, and followed by what it leads to.

        `kinds`: critical emergencies said with the last reply; a new one is read out first. `about`: the screen's own.
        """
        kept = recorded(run, outcome, now_ms)
        if outcome.then in self.parts.setting.scripts.recorded:
            self.screening.end()
            return [kept, *self.take_over(kinds | about, ticket, now_ms, is_anew=True)]
        if outcome.then.startswith(NEXT_SCREEN):
            self.screening.end()
            self.screening.want(screens()[outcome.then.removeprefix(NEXT_SCREEN)])
            taken = self.take_over(kinds, ticket, now_ms) if self.takeover.has_new(kinds) else []
            goes_on = self._to_person if self._is_person_due else self.screening.begin
            return [kept, *(taken or goes_on(now_ms))]
        if self.takeover.has_new(kinds):
            self.screening.end()
            self._is_person_due = self._is_person_due or outcome.then == PERSON
            taken = self.take_over(kinds, ticket, now_ms)
            return [kept, *taken, *self._closing(outcome, now_ms)]
        self.screening.outcome = outcome
        return [kept, *self._closing(outcome, now_ms)]

    def _closing(self, outcome: Outcome, now_ms: float) -> list[Action]:
        return self.parts.read_out(outcome.say, now_ms, is_held=True) if outcome.say else []

    def _after_screen(self, outcome: Outcome, now_ms: float) -> list[Action]:
        parts = self.parts
        if outcome.then == PERSON or self._is_person_due:
            return self._to_person(now_ms)
        run = self.screening.end()
        texts = [note("screen_done", screen=run.screen.title if run else "", result=outcome.tier)]
        if outcome.then == CRISIS:
            parts.is_emergency = True
            parts.progress.crisis(now_ms)
        if parts.is_emergency:
            texts.append(phase_text(Phase.CRISIS))
        told_model = [AddText(Speaker.SYSTEM, text) for text in texts]
        if self.screening.has_waiting:
            return [*told_model, *self.screening.begin(now_ms)]
        parts.speech.is_muted = False
        return [*told_model, *parts.replies.ask()]

    def ask_about_earlier(self, now_ms: float) -> list[Action]:
        """The patient, known now, is rung again because the line was lost in an emergency: that comes first."""
        flags = self.parts.setting.earlier_flags
        if not flags:
            return []
        self.flags.names.update(flags)
        self.flags.has_emergency = True  # whoever falls silent now, or is cut off, is lost once more
        names = ", ".join(flag.replace("_", " ") for flag in flags)
        told = AddText(Speaker.SYSTEM, note("rung_again", flags=names))
        asked = self.want("suicide", now_ms) if SUICIDE in flags else []
        return [told, *asked]

    # --- a call that goes on after nobody could take the line

    def resume(self, flags: Iterable[str], now_ms: float) -> list[Action]:
        """The patient is back with us because no person could be reached: the line is held, nothing is asked twice."""
        self.flags.names.update(flags)
        self.takeover.known.update(self.parts.setting.crisis_known)
        self.flags.has_emergency = True
        self.parts.is_emergency = True
        self.parts.progress.crisis(now_ms)
        if self.is_suicidal:
            self.screening.want(screens()["suicide_alone"])
        texts = (note("person_not_there"), phase_text(Phase.CRISIS))
        told_model = [AddText(Speaker.SYSTEM, text) for text in texts]
        lead = "person_not_there"
        if self.screening.has_waiting:
            return [*told_model, *self.screening.begin(now_ms, lead=lead)]
        return [*told_model, *self.parts.read_out(lead, now_ms, is_held=True), *self.parts.replies.ask()]
