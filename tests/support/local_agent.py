"""The tools as a session offers them, and a product that answers their calls, for tests of the dialogue."""

import json
from typing import Any

from calls.checkin import load_protocol
from heartvoice.demo.agent.dialogue.manager import Cause, Dialogue

_SCORE = {"type": "number", "minimum": 0, "maximum": 4}
_TEXT = {"type": "string"}


def _tool(name: str, required: list[str], **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "name": name, "description": "", "parameters": schema}


TOOLS = [
    _tool("verifyIdentity", ["full_name", "date_of_birth"], full_name=_TEXT, date_of_birth=_TEXT),
    _tool(
        "recordVoiceBiomarkers",
        ["context", "speech_content"],
        context={"type": "string", "enum": ["general", "clinical", "emotional"]},
        speech_content=_TEXT,
    ),
    _tool(
        "updatePatientRecord",
        ["symptoms"],
        symptoms={
            "type": "object",
            "properties": {
                "shortness_of_breath": _SCORE,
                "swelling": _SCORE,
                "fatigue": _SCORE,
                "sleep_difficulty": _SCORE,
                "weight_change": {"type": "number"},
            },
        },
        medication_adherence={
            "type": "object",
            "properties": {"missed_doses_week": {"type": "number", "minimum": 0}},
        },
        quality_of_life=_SCORE,
        mood_assessment=_SCORE,
        notes=_TEXT,
    ),
    _tool(
        "triggerAlert",
        ["severity", "type", "description", "recommended_action"],
        severity={"type": "string", "enum": ["low", "medium", "high", "critical"]},
        type={
            "type": "string",
            "enum": ["symptom_worsening", "medication_issue", "emergency", "voice_biomarker"],
        },
        description=_TEXT,
        recommended_action=_TEXT,
        requires_immediate_response={"type": "boolean"},
    ),
    _tool(
        "scheduleFollowUp",
        ["type", "urgency", "reason"],
        type={"type": "string", "enum": ["voice_call", "clinic_appointment", "telehealth"]},
        urgency={"type": "string", "enum": ["routine", "priority", "urgent"]},
        recommended_timeframe=_TEXT,
        reason=_TEXT,
    ),
    _tool("provideEducation", ["topic"], topic=_TEXT, delivery_method=_TEXT),
    _tool("recordVitals", [], weight_lb={"type": "number"}),
    _tool("endCall", ["reason"], reason=_TEXT),
]
INSTRUCTIONS = "You are Maya.\n\nPATIENT CONTEXT:\n- Name: Robert\n- Age: 78\n"


class Conversation:
    """A dialogue with a product behind it: every call is answered, then the next reply is asked for."""

    def __init__(self, **results: dict[str, Any]) -> None:
        self.dialogue = Dialogue(load_protocol(), lambda _: True)
        self.dialogue.configure(INSTRUCTIONS, TOOLS)
        self.results = results
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def start(self) -> str:
        return self._go_on(Cause.ASKED)

    def say(self, text: str) -> str:
        """What Maya says after the patient's words, everything up to her next pause."""
        self.dialogue.heard(text)
        return self._go_on(Cause.TURN)

    def asked(self) -> str:
        return self._go_on(Cause.ASKED)

    def named(self, name: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called == name]

    def _go_on(self, cause: Cause) -> str:
        said: list[str] = []
        while True:
            reply = self.dialogue.reply(cause)
            said += reply.say
            for call in reply.calls:
                self.calls.append((call.name, call.arguments))
                default = {"ok": True, "verified": True} if call.name == "verifyIdentity" else {"ok": True}
                self.dialogue.result(call.name, json.dumps(self.results.get(call.name, default)))
            if not reply.calls:
                return " ".join(said)
            cause = Cause.ASKED

    def verified(self) -> str:
        """Past greeting and identity: Maya has asked how the patient has been."""
        self.start()
        self.say("Yes, this is Robert.")
        return self.say("Robert Harris, March third, nineteen forty eight.")

    def at(self, question_id: str) -> str:
        """Maya has asked this question of the check-in, everything before it answered without worry."""
        said = self.verified()
        question = load_protocol().question(question_id).text["en"]
        for _ in range(20):
            if said.endswith(question):
                return said
            said = self.say(_CALM[self.dialogue.asking])
        raise AssertionError(f"{question_id} was never asked")


_CALM = {
    "wellbeing": "I have been fine.",
    "chest_pain": "No.",
    "fall": "No.",
    "weight_change": "No, it is the same.",
    "medication": "I took all of them.",
    "voice_free": "I read the newspaper.",
    **dict.fromkeys(
        ("shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "mood", "quality_of_life"), "One."
    ),
}
