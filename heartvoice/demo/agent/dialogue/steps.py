"""What the dialogue wants done next: sentences to say and calls to make, in order."""

from dataclasses import dataclass

from heartvoice.demo.agent.dialogue.toolbox import Call


@dataclass(frozen=True, slots=True)
class Say:
    text: str


@dataclass(frozen=True, slots=True)
class Do:
    call: Call


Step = Say | Do


@dataclass(frozen=True, slots=True)
class Reply:
    """One response: what is said, then what is called. `is_slow` asks for longer pauses."""

    say: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    is_slow: bool = False


def first_reply(steps: list[Step], *, is_slow: bool = False) -> Reply:
    """Take the next response off the steps: sentences up to the first calls, and those calls.

    What comes after the calls waits for their results.
    """
    say: list[str] = []
    calls: list[Call] = []
    while steps:
        match steps[0]:
            case Say(text) if not calls:
                say.append(text)
            case Do(call):
                calls.append(call)
            case _:
                break
        steps.pop(0)
    return Reply(tuple(say), tuple(calls), is_slow)
