"""A check-in of about six minutes as it is spoken: what Maya says, which tools she calls, what the patient says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from calls.checkin import Kind, load_protocol

MAYA_WORDS_A_S = 2.5
PATIENT_WORDS_A_S = 2.1

GREETING = (
    "Hello, this is Maya, an automated AI assistant calling for the Riverside Heart Clinic. Before we talk, would you "
    "tell me your full name and your date of birth, please?"
)
SMALL_TALK = (
    (
        "Thank you, Robert. It is good to hear your voice again. Last time you told me about your tomatoes; "
        "did the frost get them after all?",
        "Oh, you remembered that. Well, most of them made it, my neighbor helped me cover them up with old sheets, "
        "so I have had a few on the window sill this week.",
    ),
    (
        "That was kind of your neighbor, and clever of the two of you. How have you been feeling since we last "
        "talked?",
        "Not too bad, I would say. Some days are better than others, and I take my time with everything. The stairs "
        "are still my enemy, as I always say.",
    ),
)
KIND_WORDS = (
    "Thank you for telling me that, it helps your care team.",
    "I see, thank you. I have written it down for your nurse.",
    "All right, I have that. Please take your time with the next one.",
)
ANSWERS = {
    Kind.SCALE: "Let me think about it. I would say about a one, maybe, when I carry something up the stairs, and "
    "then I sit down and it passes again.",
    Kind.YES_NO: "No, nothing of that kind, thank God. I would have told somebody, my daughter always says so too.",
    Kind.WEIGHT_CHANGE: "I stood on the scale this morning before breakfast as I was told, and it was the same as "
    "last week, a pound up perhaps.",
    Kind.MISSED_DOSES: "I took all of them. My daughter fills the box for me on Sundays, so I would see it.",
    Kind.OPEN: "Well, I cannot complain. I sleep with two pillows as always, and my granddaughter is coming to see "
    "me on Saturday.",
}
CLOSING = (
    "That was everything I wanted to ask, Robert. Remember to weigh yourself every morning, and to call the clinic "
    "when you are three pounds up in a day. I will call you again on Thursday. Enjoy the visit of your "
    "granddaughter. Goodbye."
)
STORY = (
    "That sounds like a lovely day. What did you and your granddaughter do after that?",
    "Oh, we went down to the lake, the way we used to when she was little, and she told me about her school and the "
    "play they are going to give at Christmas, and then we had a piece of pie at that place on the corner.",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Maya speaks, the patient answers (not after the last), then the tools that the answer asks for are called."""

    maya: str
    patient: str = ""
    tools: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def maya_ms(self) -> int:
        return round(len(self.maya.split()) / MAYA_WORDS_A_S * 1000)

    @property
    def patient_ms(self) -> int:
        return round(len(self.patient.split()) / PATIENT_WORDS_A_S * 1000)


def _recorded(field: str, value: int) -> dict[str, Any]:
    """The arguments of updatePatientRecord for one field, nested as its path says."""
    nested: Any = value
    for name in reversed(field.split(".")):
        nested = {name: nested}
    return dict(nested)


def check_in(*, stories: int = 0) -> Iterator[Turn]:
    """One whole call: greeting, identity, small talk, every question of the protocol, closing.

    `stories`: so many times the patient wanders before the questions begin.
    """
    identity = {"full_name": "Robert Miller", "date_of_birth": "March third nineteen forty eight"}
    yield Turn(
        GREETING,
        "Yes, this is Robert Miller, and I was born on March third, nineteen forty eight.",
        (("verifyIdentity", identity),),
    )
    for maya, patient in SMALL_TALK:
        yield Turn(maya, patient)
    for _ in range(stories):
        yield Turn(*STORY)
    for number, question in enumerate(load_protocol("checkin-1").questions[1:]):
        wording = question.text["en"]
        value = 1 if question.kind is Kind.SCALE else 0
        tools = [("updatePatientRecord", _recorded(question.field, value))] if question.field else []
        if number % 3 == 0:
            tools.append(
                ("recordVoiceBiomarkers", {"speech_content": "calm, full sentences", "context": "general"})
            )
        yield Turn(f"{KIND_WORDS[number % len(KIND_WORDS)]} {wording}", ANSWERS[question.kind], tuple(tools))
    follow_up = {"type": "routine", "urgency": "routine", "reason": "next check-in"}
    yield Turn(CLOSING, "", (("scheduleFollowUp", follow_up), ("endCall", {"reason": "completed"})))
