"""What one check-in has found out, and which tool calls follow from it.

The thresholds here only imitate what a voice model would raise by itself. The product's own rules judge every
answer; nothing depends on these.
"""

from dataclasses import dataclass, field
from typing import Any

from calls.checkin import Kind, Question
from heartvoice.demo.agent.dialogue.answers import Answer, Missed, Score, Stopped, Weight, WeightChange, Yes
from heartvoice.demo.agent.dialogue.intents import Intent
from heartvoice.demo.agent.dialogue.toolbox import Call, Toolbox

BATCH = 2  # recorded answers that wait before the record is updated

_DANGER_TEXT = {
    Intent.CHEST_PAIN: (
        "Patient reports chest pain or pressure",
        "Advise 911 and call the patient back at once",
    ),
    Intent.BREATHING: ("Patient cannot catch their breath", "Advise 911 and call the patient back at once"),
    Intent.CRISIS: (
        "Patient voices thoughts of dying or self-harm",
        "A clinician must talk with the patient now",
    ),
    Intent.STROKE: ("Patient describes signs of a stroke", "Advise 911 and note the time of onset"),
}


@dataclass(slots=True)
class Findings:
    """The answers so far by their path in updatePatientRecord, and what to mention in the notes."""

    values: dict[str, float | int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    concerns: list[str] = field(default_factory=list)  # why a person should follow up
    raised: set[str] = field(default_factory=set)
    unsaved: int = 0

    def record(self, question: Question, value: float | int) -> None:
        """The answer to `question`, ready to be saved."""
        if question.field:
            self.values[question.field] = value
            self.unsaved += 1

    def save(self, tools: Toolbox, *, now: bool = False) -> list[Call]:
        """The update of the record that is due: after BATCH answers, or `now` if there is anything new.

        Every update carries all answers so far, so that none depends on another one's arrival.
        """
        if not self.unsaved or (self.unsaved < BATCH and not now):
            return []
        arguments: dict[str, Any] = {"symptoms": {}}
        for path, value in self.values.items():
            *parents, leaf = path.split(".")
            place = arguments
            for parent in parents:
                place = place.setdefault(parent, {})
            place[leaf] = int(value) if value == int(value) else value
        if self.notes:
            arguments["notes"] = "; ".join(self.notes)
        call = tools.call("updatePatientRecord", **arguments)
        self.unsaved = 0
        return [call] if call else []

    def alert(
        self, tools: Toolbox, key: str, *, severity: str, kind: str, description: str, action: str
    ) -> list[Call]:
        """An alert, once per `key` in a call."""
        if key in self.raised:
            return []
        self.raised.add(key)
        if severity != "low":
            self.concerns.append(description)
        call = tools.call(
            "triggerAlert",
            severity=severity,
            type=kind,
            description=description,
            recommended_action=action,
            requires_immediate_response=severity == "critical",
        )
        return [call] if call else []

    def danger(self, tools: Toolbox, intent: Intent) -> list[Call]:
        """The alert for an emergency that the patient's words state."""
        description, action = _DANGER_TEXT[intent]
        return self.alert(
            tools, intent, severity="critical", kind="emergency", description=description, action=action
        )

    def judge(self, tools: Toolbox, question: Question, answer: Answer) -> list[Call]:
        """The alert that this answer calls for, if any."""
        match question.kind, answer:
            case Kind.SCALE, Score(value) if value >= 3:
                return self._scale_alert(tools, question, value)
            case Kind.YES_NO, Yes() if question.emergency == "chest_pain":
                return self.danger(tools, Intent.CHEST_PAIN)
            case Kind.YES_NO, Yes() if question.emergency:
                description = f"Patient answered yes to: {question.text['en']}"
                return self.alert(
                    tools, question.id, severity="high", kind="emergency", description=description,
                    action="Call the patient the same day and ask about injury",
                )  # fmt: skip
            case Kind.WEIGHT_CHANGE, WeightChange(pounds) if abs(pounds) >= 3:
                word = "gained" if pounds > 0 else "lost"
                return self.alert(
                    tools, question.id, severity="high" if abs(pounds) > 5 else "medium", kind="symptom_worsening",
                    description=f"Patient {word} {abs(pounds):g} pounds since the last call",
                    action="Review weight trend and diuretic plan",
                )  # fmt: skip
            case Kind.MISSED_DOSES, Missed(doses) if doses >= 1:
                return self.alert(
                    tools, question.id, severity="medium" if doses > 1 else "low", kind="medication_issue",
                    description=f"Patient missed {doses} doses of heart medicine this week",
                    action="Ask about the reason",
                )  # fmt: skip
            case Kind.MISSED_DOSES, Stopped():
                return self.alert(
                    tools, "stopped", severity="high", kind="medication_issue",
                    description="Patient has stopped or run out of a heart medicine",
                    action="Call the patient the same day about the medicine",
                )  # fmt: skip
        return []

    def worse(self, tools: Toolbox) -> list[Call]:
        """The alert for a patient who says that things are much worse."""
        return self.alert(
            tools, "worse", severity="high", kind="symptom_worsening",
            description="Patient says that they feel much worse", action="Call the patient the same day",
        )  # fmt: skip

    def education(self, tools: Toolbox, answer: Answer) -> tuple[str, list[Call]]:
        """The topic to talk about after this answer, and the call that notes it; "" for none."""
        match answer:
            case WeightChange(pounds) if pounds >= 3:
                topic = "diet_sodium"
            case Missed(doses) if doses >= 1:
                topic = "medication_management"
            case _:
                return "", []
        call = tools.call("provideEducation", topic=topic, delivery_method="verbal_explanation")
        return (topic, [call]) if call else ("", [])

    def weight(self, tools: Toolbox, answer: Weight) -> list[Call]:
        """The reading of the patient's own scale."""
        call = tools.call("recordVitals", weight_lb=answer.pounds)
        return [call] if call else []

    def _scale_alert(self, tools: Toolbox, question: Question, value: int) -> list[Call]:
        at_rest = question.id == "shortness_of_breath" and value == 4
        severity = "critical" if at_rest else "high" if value == 4 else "medium"
        name = question.id.replace("_", " ")
        return self.alert(
            tools, Intent.BREATHING if at_rest else question.id,
            severity=severity, kind="emergency" if at_rest else "symptom_worsening",
            description=f"Patient rates {name} {value} of 4",
            action="Advise 911 and call the patient back at once" if at_rest else "Review symptoms the same day",
        )  # fmt: skip
