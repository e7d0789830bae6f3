"""What Maya last asked: topics, and which answer would be unhealthy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from alerts.phrases.datafiles import load
from alerts.phrases.lexicon import pattern_set
from alerts.phrases.text import Text, read

Kind = Literal["none", "yes_no", "better", "worse", "scale", "open"]

_TABLE = load("questions.toml")
_TOPICS = [(row["name"], row["flag"], pattern_set(row["any"])) for row in _TABLE["topic"]]
FLAG_OF_TOPIC: dict[str, str] = {row["name"]: row["flag"] for row in _TABLE["topic"]}
_KINDS = {name: pattern_set(sources) for name, sources in _TABLE["kinds"].items()}

# The check-in protocol's question ids, for when the wording alone does not tell.
_OF_PROTOCOL: dict[str, tuple[tuple[str, ...], Kind]] = {
    "wellbeing": ((), "open"),
    "shortness_of_breath": (("dyspnea",), "scale"),
    "swelling": (("edema",), "scale"),
    "fatigue": (("fatigue",), "scale"),
    "sleep_difficulty": (("sleep",), "scale"),
    "chest_pain": (("chest_pain",), "yes_no"),
    "fall": (("fall", "syncope"), "yes_no"),
    "weight_change": (("weight",), "open"),
    "medication": (("medication_taken",), "yes_no"),
    "mood": (("mood",), "scale"),
    "quality_of_life": (("quality_of_life",), "scale"),
    "voice_free": ((), "open"),
}
# A narrower topic makes the wider one it contains superfluous.
_NARROWER = {
    "dyspnea": ("orthopnea", "sputum"),
    "sleep": ("orthopnea", "dyspnea", "suicidal_ideation"),
    "edema": ("angioedema", "weight", "fall"),
    "fall": ("head",),
    "cough": ("sputum",),
    "medication_taken": (
        "medication_missed",
        "extra_dose",
        "medication_supply",
        "medication_stopped",
        "side_effect",
        "new_medicine",
        "overdose",
    ),
    "mood": ("suicidal_ideation",),
    "chest_pain": ("palpitations", "icd_shock"),
    "get_up": ("lift_arms",),
    "weight": ("medication_taken",),
    "bleeding": ("sputum",),
    "confusion": ("orientation",),
    "medication_missed": ("medication_supply",),
}


# Of these one does not ask whether they are better or worse ("stop taking", "quitarse la vida").
_COURSELESS = frozenset(
    {
        "suicidal_ideation",
        "safety",
        "weight",
        "fall",
        "head",
        "syncope",
        "icd_shock",
        "overdose",
        "medication_taken",
        "medication_missed",
        "medication_supply",
        "medication_stopped",
        "new_medicine",
        "orientation",
        "lift_arms",
        "get_up",
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """The last question.

    `healthy_yes`: "yes" raises nothing ("Did you take your pills?"). `negative`: neither does ("So no chest pain?").
    `presupposes`: the thing is taken for granted ("Is that pain any better?")."""

    text: Text
    topics: tuple[str, ...]
    kind: Kind
    healthy_yes: bool
    presupposes: bool
    negative: bool = False

    @property
    def asked(self) -> bool:
        return self.kind != "none"

    @property
    def binds(self) -> bool:
        """True if words may mean something else after it: an open question, and one without a topic, bind nothing."""
        return bool(self.topics) and self.kind != "open"


NO_QUESTION = Question(read(""), (), "none", False, False)


@lru_cache(maxsize=512)
def question_of(words: str | None, question_id: str | None) -> Question:
    """The question in Maya's words; the protocol's id fills in what they leave open."""
    known = _OF_PROTOCOL.get(question_id or "")
    if not words:
        return (
            Question(NO_QUESTION.text, known[0], known[1], known[0] == ("medication_taken",), False)
            if known
            else NO_QUESTION
        )
    text = read(words)
    topics = _topics(text) or (known[0] if known else ())
    kind = _kind(text, topics, known[1] if known else None)
    return Question(
        text,
        topics,
        kind,
        (_KINDS["healthy_yes"].is_in(text) and not _KINDS["unhealthy_yes"].is_in(text)) or kind == "better",
        _KINDS["presupposes"].is_in(text),
        _KINDS["negative"].is_in(text),
    )


def _topics(text: Text) -> tuple[str, ...]:
    """Topics in the order in which they are asked about; one that another one narrows down is left out."""
    first = {name: min(spans)[0] for name, _, patterns in _TOPICS if (spans := patterns.spans(text))}
    kept = [name for name in first if not any(other in first for other in _NARROWER.get(name, ()))]
    return tuple(sorted(kept, key=lambda name: first[name]))


def _kind(text: Text, topics: tuple[str, ...], known: Kind | None) -> Kind:
    if _KINDS["scale"].is_in(text) or known == "scale":
        return "scale"
    if not set(topics) & _COURSELESS:
        if _KINDS["worse"].is_in(text):
            return "worse"
        if _KINDS["better"].is_in(text) and not _KINDS["open"].is_in(text):
            return "better"
    return "open" if _KINDS["open"].is_in(text) else "yes_no"
