"""Whose turn it is with the model: one reply at a time, tools once each, requests queued while one runs. Pure."""

from __future__ import annotations

from collections import deque

from calls.events import Action, AskReply, ReplyEnded, ReplyStatus, ReturnOutput, RunTool, ToolCall

MAX_TOOL_CALLS = 60
MAX_TOOL_CALLS_A_MINUTE = 10
MAX_ARGUMENT_CHARS = 8 * 1024
UNNAMED = "?"
OURS = "engine."  # the engine's own commands: no model may name them
VERIFY = "verifyIdentity"
REFUSED = '{"ok": false, "error": "%s", "message": "%s"}'


class Replies:
    """The running reply, the requests that wait for its end, and the tools it asked for."""

    def __init__(self) -> None:
        self.running = ""
        self.is_asked = False
        self.tool_calls = 0
        self._wanted: deque[str] = deque(maxlen=4)
        self._open_tools: dict[str, str] = {}
        self._before_hand_over: set[str] = set()  # replies and tools about whoever had the telephone before
        self._awaits_new_voice = False
        self._seen_tools: set[str] = set()
        self._tool_times_ms: deque[float] = deque(maxlen=MAX_TOOL_CALLS_A_MINUTE)
        self._owes_reply = False

    @property
    def is_busy(self) -> bool:
        """True while something of the model's is due or running."""
        return bool(self.running or self.is_asked or self._open_tools or self._wanted)

    @property
    def running_id(self) -> str:
        """The running reply's id, "" when there is none or the server gave none."""
        return "" if self.running == UNNAMED else self.running

    @property
    def has_open_tools(self) -> bool:
        return bool(self._open_tools)

    def ask(self, wording: str = "") -> list[Action]:
        """Ask for a reply now, or as soon as the running one is over."""
        if self.running or self.is_asked:
            if wording not in self._wanted:
                self._wanted.append(wording)
            return []
        self.is_asked = True
        return [AskReply(wording)]

    def started(self, reply: str) -> None:
        self.running, self.is_asked = reply or UNNAMED, False
        if self._awaits_new_voice:
            self._before_hand_over.add(self.running)

    def refused(self) -> None:
        """The server says that a reply is already running: ours waits for its end."""
        if "" not in self._wanted:
            self._wanted.append("")
        self.is_asked = False

    def ended(self, event: ReplyEnded, now_ms: float) -> list[Action]:
        """The reply is over: run its tools, or ask for the next reply that is wanted."""
        is_earlier = bool({event.reply, self.running} & self._before_hand_over)
        if self.running in (event.reply, UNNAMED) or not self.running:
            self._before_hand_over -= {event.reply, self.running}
            self.running = ""
        self.is_asked = False if not self.running else self.is_asked
        actions: list[Action] = []
        if event.status is ReplyStatus.COMPLETED:
            for call in event.tool_calls:
                actions += self._tool(call, now_ms, is_earlier=is_earlier)
        if not self._open_tools and self._owes_reply:
            self._owes_reply = False
            self._want()
        return actions + self._next()

    def _want(self, wording: str = "") -> None:
        if wording not in self._wanted:
            self._wanted.append(wording)

    def want_first(self, wording: str) -> None:
        """Ask for this before anything else that waits."""
        self._wanted.appendleft(wording)

    def _next(self) -> list[Action]:
        if self.running or self.is_asked or self._open_tools or not self._wanted:
            return []
        self.is_asked = True
        return [AskReply(self._wanted.popleft())]

    def changed_hands(self, *, has_spoken: bool) -> None:
        """Somebody else has the telephone, or will: nothing that was said before says who they are.

        `has_spoken`: they said so themselves, and perhaps their name with it.
        """
        self._before_hand_over.update(self._open_tools)
        if self.running:
            self._before_hand_over.add(self.running)
        self._awaits_new_voice = not has_spoken

    def voice_heard(self) -> None:
        """Whoever has the telephone now has spoken."""
        self._awaits_new_voice = False

    def is_of_now(self, call_id: str) -> bool:
        """False for a tool that was asked for before the telephone changed hands."""
        return call_id not in self._before_hand_over

    def _tool(self, call: ToolCall, now_ms: float, *, is_earlier: bool) -> list[Action]:
        if call.call_id in self._seen_tools:
            return []
        self._seen_tools.add(call.call_id)
        self.tool_calls += 1
        self._owes_reply = True
        times = self._tool_times_ms
        too_many = self.tool_calls > MAX_TOOL_CALLS
        too_fast = len(times) == MAX_TOOL_CALLS_A_MINUTE and now_ms - times[0] < 60_000
        if too_many or (too_fast and call.name not in ALWAYS_ALLOWED):
            text = REFUSED % (
                "too_many_tool_calls",
                "Do not call more tools now. Go on with the conversation.",
            )
            return [ReturnOutput(call.call_id, text)]
        if call.name.startswith(OURS):
            return [ReturnOutput(call.call_id, REFUSED % ("unknown_tool", "There is no tool of that name."))]
        if call.name == VERIFY and is_earlier:
            return [ReturnOutput(call.call_id, CHANGED_HANDS)]
        times.append(now_ms)
        if len(call.arguments) > MAX_ARGUMENT_CHARS:
            return [ReturnOutput(call.call_id, REFUSED % ("arguments_too_long", "Use shorter arguments."))]
        self._open_tools[call.call_id] = call.name
        return [RunTool(call)]

    def tool_finished(self, call_id: str, output: str, *, wants_reply: bool = True) -> list[Action]:
        """Give the output to the model; after the last open one, ask for one reply."""
        if self._open_tools.pop(call_id, None) is None:
            return []
        actions: list[Action] = [ReturnOutput(call_id, output)]
        if not wants_reply:
            self._owes_reply = False
        if not self._open_tools and self._owes_reply:
            self._owes_reply = False
            self._want()
        return actions + self._next()

    def lost(self) -> bool:
        """The session is gone: nothing runs any more. True when the patient is owed a reply."""
        owed = bool(self.running or self.is_asked or self._wanted)
        self.running, self.is_asked = "", False
        self._wanted.clear()
        return owed

    def drop_wanted(self) -> None:
        """Forget the requests that wait."""
        self._wanted.clear()
        self._owes_reply = False


ALWAYS_ALLOWED = frozenset({"triggerAlert", "endCall"})
CHANGED_HANDS = REFUSED % (
    "changed_hands",
    "Somebody else may have the telephone now. Ask them who they are, and verify again with what they say.",
)
