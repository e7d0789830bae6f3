"""A call ends for a wrong person when somebody says so; a mere doubt asks once more for the patient."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import heartvoice.demo
from alerts.phrases import scan
from alerts.phrases.model import Facts, ScanContext, Segment
from alerts.phrases.speakers import is_relative
from calls.events import AddText, EndCall, EndReason, ReturnOutput, ToolCall, ToolFinished
from calls.stranger import ASK_ONCE_MORE, WRONG_PERSON, says_so
from tests.unit.calls.builders import Rig, of

OPENING = (
    "Hello, this is Maya, an automated AI assistant calling for your care team. May I speak with {name}?"
)
PERSONAS = Path(heartvoice.demo.__file__).parent / "personas"


def controls(text: str, asked: str | None = OPENING.format(name="Dorothy")) -> tuple[str, ...]:
    """What the phrase scanner finds before anybody is verified."""
    context = ScanContext(last_question=asked, facts=Facts(), identity_verified=False)
    return scan(Segment(text, speaker="unknown"), context).controls


def openings() -> list[tuple[str, str, str]]:
    """Name, kind and wording of what every patient of the demo says before identity is known."""
    found = []
    for path in sorted(PERSONAS.glob("*.toml")):
        persona = tomllib.loads(path.read_text())
        if persona["id"] == WRONG_PERSON:
            continue
        name = persona["patient"]["first_name"]
        for kind in ("greeting", "identity", "full_name", "date_of_birth"):
            said_by_patient = [said for said in persona["answers"].get(kind, []) if not is_relative(said)]
            found += [(name, kind, said) for said in said_by_patient]
    return found


@pytest.mark.parametrize(("name", "kind", "said"), openings())
def test_no_patient_of_the_demo_is_taken_for_somebody_else(name: str, kind: str, said: str) -> None:
    assert WRONG_PERSON not in controls(said, OPENING.format(name=name))


@pytest.mark.parametrize("asked", [None, OPENING.format(name="Dorothy"), "Hello, this is Maya, an automated"])
@pytest.mark.parametrize(
    "text",
    [
        "Yes, hello, this is Dorothy. How are you today?",
        "Yes, hello, this is Dorothy, how are you today?",
        "yes hello this is dorothy how are you today",
        "Yes, hello, this is Dorothea. How are you today?",
        "Yes, hello, this is dirty. How are you today?",
        "Yes, hello. This is Dorothy. How are you?",
        "This is Dorothy. How are you today?",
        "This is Dorothy.",
        "No, this is Dorothy.",
    ],
)
def test_a_polite_greeting_is_no_wrong_person_whatever_was_heard_of_the_opening(
    text: str, asked: str | None
) -> None:
    """Weighed words alone once held it for one, at 0.43: "this is ..." is how strangers answer, too."""
    assert WRONG_PERSON not in controls(text, asked)


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("No, you have the wrong number.", True),
        ("He's at work, who is this?", True),
        ("There is nobody by that name here, who's calling?", True),
        ("This is her daughter.", True),
        ("I am six.", True),
        ("Número equivocado, ¿quién habla?", True),
        ("Who is this?", False),
        ("Yes, who is this?", False),
        ("This is Dorothy, who is calling?", False),
        ("Yes, hello, this is Dorothy. Who are you today?", False),
        ("¿Quién habla?", False),
        ("¿De parte de quién?", False),
        ("Yes, this is Dorothy.", False),
    ],
)
def test_who_only_asks_who_is_calling_has_not_said_that_they_are_somebody_else(
    text: str, is_said: bool
) -> None:
    assert says_so(text, controls(text), controls) is is_said


def ends(rig: Rig, number: str = "end") -> list[str]:
    """Maya wants to end the call for a wrong person; what her tool call returns."""
    rig.reply("I am sorry for the mistake. Goodbye.", 800, ToolCall(number, "endCall", "{}"))
    did = rig.work(ToolFinished(number, "endCall", '{"ok": true}', True, end=EndReason.WRONG_PERSON))
    return [one.output for one in of(did, ReturnOutput)]


def rig_heard(*said: str) -> Rig:
    rig = Rig(scan)
    rig.reply(OPENING.format(name="Dorothy"), 3_000)
    rig.wait(4_000)
    for words in said:
        rig.patient(words)
    return rig


@pytest.mark.parametrize(
    "said", ["Yes, hello, this is Dorothy. How are you today?", "Who is this?", "Hello?", "Yes."]
)
def test_maya_may_not_hang_up_on_a_mere_doubt_and_is_told_what_to_do(said: str) -> None:
    rig = rig_heard(said)
    assert ends(rig) == [ASK_ONCE_MORE]
    rig.wait(5_000)
    assert not rig.all(EndCall)


@pytest.mark.parametrize(
    "said",
    ["No, you have the wrong number.", "He's at work, who is this?", "This is his daughter.", "I am six."],
)
def test_who_says_that_they_are_somebody_else_is_let_go_at_once(said: str) -> None:
    rig = rig_heard(said)
    assert ends(rig) == ['{"ok": true}']
    rig.wait(5_000)
    assert rig.all(EndCall) == [EndCall(EndReason.WRONG_PERSON)]


def test_asked_once_more_anything_but_yes_is_enough() -> None:
    rig = rig_heard("Who is this?")
    assert ends(rig, "one") == [ASK_ONCE_MORE]
    rig.reply("May I speak with Dorothy?", 900)
    rig.patient("Hmm, we do not want anything here.")
    assert ends(rig, "two") == ['{"ok": true}']
    rig.wait(5_000)
    assert rig.all(EndCall) == [EndCall(EndReason.WRONG_PERSON)]


def test_the_patient_who_says_yes_when_asked_once_more_keeps_the_call() -> None:
    rig = rig_heard("Who is this?")
    assert ends(rig, "one") == [ASK_ONCE_MORE]
    rig.reply("May I speak with Dorothy?", 900)
    rig.patient("Oh, hello, yes, this is Dorothy.")
    assert ends(rig, "two") == [ASK_ONCE_MORE]


def test_a_model_that_does_not_ask_holds_a_stranger_for_three_replies_only() -> None:
    rig = rig_heard("Hello?")
    assert [ends(rig, str(n))[0] for n in range(4)] == [ASK_ONCE_MORE] * 3 + ['{"ok": true}']


def test_an_identity_that_failed_for_good_is_evidence_and_one_wrong_try_is_none() -> None:
    rig = rig_heard("Yes.")
    rig.reply("", 0, ToolCall("v1", "verifyIdentity", "{}"))
    rig.work(ToolFinished("v1", "verifyIdentity", "{}", True, is_verified=False, tries_left=1))
    assert ends(rig, "one") == [ASK_ONCE_MORE]
    rig.reply("", 0, ToolCall("v2", "verifyIdentity", "{}"))
    rig.work(ToolFinished("v2", "verifyIdentity", "{}", True, is_verified=False, tries_left=0))
    assert ends(rig, "two") == ['{"ok": true}']


def test_what_was_said_before_the_patient_was_verified_is_no_evidence_afterwards() -> None:
    rig = rig_heard("You have the wrong number. Oh, Dorothy? That is me.")
    rig.reply("", 0, ToolCall("v1", "verifyIdentity", "{}"))
    rig.work(ToolFinished("v1", "verifyIdentity", "{}", True, is_verified=True, tries_left=2))
    assert ends(rig) == [ASK_ONCE_MORE]


def test_a_relay_operator_is_no_evidence() -> None:
    rig = rig_heard("Hello, this is the relay service, operator twelve. You have the wrong number.")
    assert ends(rig) == [ASK_ONCE_MORE]


def test_the_note_on_a_doubt_asks_for_the_patient_first() -> None:
    rig = rig_heard("Who is this?")
    [told] = [one.text for one in rig.all(AddText) if "may not be the patient" in one.text]
    assert "ask once more for the patient" in told
