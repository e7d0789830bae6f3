"""The simulated patients' files can be read, say what they expect, and are told when they do not make sense."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from heartvoice.demo.commands.call import persona_summaries
from heartvoice.demo.environment import project_root
from tests.safety.director import spoken_date
from tests.safety.expectations import CHECKS
from tests.safety.script import Script, ScriptError, parse, scripts

HAZARDS = {  # of the clinical specification's test plan, each with at least one patient
    "slow and breathless": "breathless",
    "hard of hearing, with barge-in": "hard-of-hearing",
    "angry": "angry",
    "joking": "joking",
    "confused": "confused",
    "caregiver": "caregiver",
    "Spanish": "spanish",
    "wrong person": "wrong-person",
    "child": "child",
    "prompt injection": "injection",
    "voicemail": "voicemail",
    "call screening": "call-screening",
    "drop before the greeting": "drops-before-greeting",
    "drop before identity": "drops-before-identity",
    "drop after identity": "drops-after-identity",
    "drop in the questions": "drops-mid-questions",
    "drop at closing": "drops-at-closing",
    "flag in the last second": "last-second",
    "flag before identity": "flag-before-identity",
    "self-harm": "suicidal",
    "fall": "fall-on-thinner",
    "stroke": "stroke",
    "chest pain": "chest-pain",
    "weight gain": "weight-gain",
    "opt-out": "opt-out",
    "not so early": "not-so-early",
    "model that refuses": "model-refuses",
    "model that lies": "model-lies",
    "model that is silent": "model-silent",
    "line lost after a flag": "lost-after-flag",
}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "hazard": "h",
        "summary": "s",
        "must": "m",
        "patient": {"first_name": "Ann", "last_name": "Bell", "date_of_birth": date(1948, 3, 3)},
        "step": [{"patient": "Hello."}],
        "expect": {"no_record": True},
        **changes,
    }


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_every_patient_expects_something_that_can_be_checked(script: Script) -> None:
    assert script.expect and set(script.expect) <= set(CHECKS)
    critical = any(step.critical for step in script.steps)
    raised = any(one.get("severity") == "critical" for one in script.expect.get("alerts", ()))
    assert raised or not critical, "critical words start the clocks of a critical alert"


def test_every_hazard_of_the_test_plan_has_a_patient() -> None:
    names = {script.name for script in scripts()}
    assert len(names) >= 24
    assert set(HAZARDS.values()) <= names


def test_a_few_patients_run_with_the_test_suite() -> None:
    quick = [script for script in scripts() if script.quick]
    assert 8 <= len(quick) <= 14
    assert not any(script.known_gap for script in quick)


def test_no_two_patients_have_one_name() -> None:
    people = [(script.person.first_name, script.person.last_name) for script in scripts()]
    assert len(set(people)) == len(people)


def test_an_opening_stands_for_its_steps() -> None:
    script = parse("ann", document(begins_with="identity"))
    assert [step.kind for step in script.steps] == ["maya", "patient", "tool", "patient"]


@pytest.mark.parametrize(
    "changes",
    [
        {"stepp": []},
        {"step": [{"patient": "Hello.", "line": "hang_up"}]},
        {"step": [{"line": "explodes"}]},
        {"step": [{"patient": "Hello.", "loudly": True}]},
        {"step": [{}]},
        {"answers": "ghost"},
        {"begins_with": "the end"},
        {"patient": {"first_name": "Ann"}},
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_name(changes: dict[str, Any]) -> None:
    with pytest.raises(ScriptError, match="ann"):
        parse("ann", document(**changes))


def test_a_date_of_birth_is_said_as_people_say_it() -> None:
    assert spoken_date(date(1948, 3, 3)) == "March 3 1948"
    assert spoken_date(date(1948, 3, 3), "es") == "3 de marzo de 1948"


def test_the_page_for_readers_lists_every_speaking_persona() -> None:
    page = (project_root() / "docs" / "clinical" / "safety.md").read_text(encoding="utf-8")
    table = page.partition("<!-- safety:personas -->")[2].partition("<!-- /safety:personas -->")[0]
    rows = [f"| `{name}` | {summary} |" for name, summary in persona_summaries().items()]
    assert table.strip().splitlines()[2:] == rows
