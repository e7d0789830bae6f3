"""One screen at a time: the engine asks word for word, hears the reply, and comes to an outcome. Pure.

While a screen is on the model is not heard. What an outcome leads to is the business of `emergencies`.
"""

from __future__ import annotations

import json
from collections import deque

from alerts.phrases.model import ScanResult
from calls.alarm import DOUBT_OF_SUICIDE, OVERDOSE, critical_kinds
from calls.events import Action, CancelReply, RunTool, ToolCall
from calls.parts import Parts
from calls.screens import Kind, Outcome, Reply, Run, Screen, screens
from calls.screens.replies import reply_by_keys, reply_in_words, wants_again

MAX_ASKS = 2  # the question, and once more when the reply cannot be read
MAX_REPEATS = 4  # a patient who asks to hear it again hears it again


class Screening:
    """The screens of one call: what waits, what is being asked, what came of it."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.run: Run | None = None
        self.outcome: Outcome | None = None  # decided; its closing words are being heard
        self.done: dict[str, Run] = {}
        self._waiting: deque[Run] = deque()
        self._asked_at_ms = 0.0
        self.unread = (
            0  # replies that could not be read, asked twice, to questions that are not about a danger
        )
        self._asks = 0
        self._repeats = 0
        self._quiet_since_ms: float | None = None

    @property
    def is_on(self) -> bool:
        """True while a screen has the line."""
        return self.run is not None

    @property
    def is_about_danger(self) -> bool:
        """True while the questions are about an emergency: who does not follow them may be in one."""
        return self.run is not None and self.run.screen.is_about_danger

    @property
    def question_id(self) -> str:
        """The open question's name for the record, "" when none is open."""
        return f"{self.run.screen.id}.{self.run.step.id}" if self.run and self.run.step else ""

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def want(self, screen: Screen) -> None:
        """The screen is to be asked as soon as the line is free; each one once a call."""
        known = {run.screen.id for run in self._waiting} | self.done.keys()
        known |= {self.run.screen.id} if self.run else set()
        if not known & {screen.id, *screen.unless}:
            self._waiting.append(Run(screen))

    def want_after(self, script: str) -> None:
        """What belongs to a script that has been read out."""
        for screen in screens().values():
            if script in screen.after:
                self.want(screen)

    def want_doubts(self, result: ScanResult) -> set[str]:
        """The screens that clear up what the words leave in doubt. Returns the doubts that have one."""
        doubts: set[str] = set()
        if DOUBT_OF_SUICIDE in result.controls and OVERDOSE in critical_kinds(result):
            self.want(screens()["suicide"])  # something has been done: all of it is asked
        for control in result.controls:
            for screen in screens().values():
                if control in screen.on_control and screen.id not in self.done:
                    self.want(screen)
                    doubts.add(control)
        return doubts

    # --- the line

    def begin(self, now_ms: float, *, lead: str = "") -> list[Action]:
        """The next screen takes the line and asks, or goes on with the question that was interrupted.

        `lead` is a line that goes before the question.
        """
        if self.run is not None or not self._waiting:
            return []
        self.run = self._waiting.popleft()
        parts = self.parts
        actions: list[Action] = parts.speech.cut(now_ms, parts.replies.running_id)
        if parts.replies.running:
            parts.speech.drop_reply(parts.replies.running_id)
            actions.append(CancelReply(parts.replies.running_id))
        parts.replies.drop_wanted()
        parts.is_reply_due = False
        parts.readings.drop()
        parts.is_held = False  # a wish that waits for its answer goes on waiting
        parts.speech.is_muted = True
        first = parts.read_out(lead, now_ms, is_held=True) if lead else []
        return [*actions, *first, *self.ask(now_ms)]

    def pause(self) -> None:
        """Something worse has the line: the screen goes on from its open question afterwards."""
        run, self.run, self.outcome = self.run, None, None
        if run is not None and run.step is not None:
            self._waiting.appendleft(run)

    def end(self) -> Run | None:
        """The screen is over; it is not asked again in this call."""
        run, self.run, self.outcome = self.run, None, None
        if run is not None:
            self.done[run.screen.id] = run
        return run

    # --- asking

    def ask(self, now_ms: float) -> list[Action]:
        """Read out the open question for the first time."""
        if self.run is None or self.run.step is None:
            return []
        self._asks, self._repeats = 1, 0
        self._asked_at_ms = now_ms
        self._quiet_since_ms = None
        return self.parts.read_out(self.run.step.say, now_ms, is_held=True)

    def _again(self, now_ms: float, *, with_apology: bool) -> list[Action]:
        """The same question again, or [] when it has been asked often enough."""
        step = self.run.step if self.run else None
        if step is None or self._asks >= MAX_ASKS:
            return []
        self._asks += 1
        self._asked_at_ms = now_ms
        self._quiet_since_ms = None
        key = "screen_again" if step.kind is Kind.YES_NO else "screen_again_open"
        first = self.parts.read_out(key, now_ms, is_held=True) if with_apology else []
        return [*first, *self.parts.read_out(step.say, now_ms, is_held=True)]

    # --- replies: None means that the question is being asked once more, or that nothing was answered

    def in_words(
        self, text: str, judged: ScanResult, started_ms: float, now_ms: float, *, may_ask_again: bool
    ) -> tuple[Reply | None, list[Action]]:
        """The reply in the patient's words. Words begun before the question was put are no reply to it."""
        step = self.run.step if self.run else None
        if step is None or started_ms < self._asked_at_ms or not text.strip():
            return None, []
        if may_ask_again and wants_again(text) and self._repeats < MAX_REPEATS:
            self._repeats += 1
            self._asked_at_ms = now_ms
            return None, self.parts.read_out(step.say, now_ms, is_held=True)
        wording = self.parts.setting.scripts.recorded[step.say].text
        local_time = self.parts.setting.local_time
        reply = reply_in_words(step, text, wording=wording, judged=judged, local_time=local_time)
        return self._or_again(reply, now_ms) if may_ask_again else (reply, [])

    def by_keys(self, keys: str, now_ms: float) -> tuple[Reply | None, list[Action]]:
        """The reply by the telephone's keys."""
        step = self.run.step if self.run else None
        return self._or_again(reply_by_keys(step, keys), now_ms) if step else (None, [])

    def _or_again(self, reply: Reply | None, now_ms: float) -> tuple[Reply | None, list[Action]]:
        if reply is not None:
            return reply, []
        again = self._again(now_ms, with_apology=True)
        if again:
            return None, again
        self.unread += not self.is_about_danger
        return Reply.UNSURE, []

    def in_silence(
        self, now_ms: float, *, is_quiet: bool, wait_ms: float
    ) -> tuple[Reply | None, list[Action]]:
        """The reply of a patient who says no word for `wait_ms` after the question: asked again, then taken as silence.

        `is_quiet`: the question has been heard. A sound is no word, but one that may become words is waited for.
        """
        if self.run is None or self.run.step is None or not is_quiet:
            self._quiet_since_ms = None
            return None, []
        if self._quiet_since_ms is None:
            self._quiet_since_ms = now_ms
        if now_ms - self._quiet_since_ms < wait_ms or self.parts.patience.is_turn_open(now_ms):
            return None, []
        again = self._again(now_ms, with_apology=False)
        return (None, again) if again else (Reply.SILENT, [])


def recorded(run: Run, outcome: Outcome, now_ms: float) -> RunTool:
    """The screen's replies and outcome, on their way to the record."""
    screen = run.screen
    arguments = {
        "screen": screen.id,
        "replies": {step: reply.value for step, reply in run.replies.items()},
        "outcome": outcome.name,
        "tier": outcome.tier,
    }
    name = f"engine:{screen.id}:{int(now_ms)}"
    return RunTool(ToolCall(name, "engine.screenResult", json.dumps(arguments)))
