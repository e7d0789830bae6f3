"""The safety report: a table per hazard, the figures, and a verdict that failures and gaps cannot hide in."""

from __future__ import annotations

import json
from dataclasses import replace

from alerts.phrases.evaluation.scoring import Score
from tests.safety.__main__ import command_line
from tests.safety.expectations import Check, Outcome, Verdict
from tests.safety.phrases import Bar, judged
from tests.safety.report import Report, Row, markdown, percentile, summary
from tests.safety.rows import row_of
from tests.safety.script import scripts
from tests.safety.spoken import spoken_row

FIGURES = {"alert_committed": 0.2, "pages_committed": 0.25, "first_page_sent": 0.9}
GOOD = Row("falls", "edna", "fell", "an alert", "alert raised", "pass", figures=FIGURES)
BAD = replace(GOOD, patient="otto", word="fail", failed=("flag fall (found: none)",), figures=None)
GAP = replace(BAD, patient="vera", hazard="mood", word="gap", known_gap="nobody asks yet")
PHRASES = {
    "file": "a.csv", "rows": 10, "critical": 4, "missed_critical": 0, "critical_recall": 1.0,
    "false_emergencies": 0.0, "severity_exact": 1.0, "ok": True,
}  # fmt: skip


def report(*rows: Row, ok: bool = True) -> Report:
    return Report("2026-11-23", {"rules": "rules-1"}, rows, ({**PHRASES, "ok": ok},))


def test_a_failure_spoils_the_report_and_a_known_gap_does_not() -> None:
    assert report(GOOD).is_clean
    assert report(GOOD, GAP).is_clean
    assert not report(GOOD, BAD).is_clean
    assert not report(GOOD, ok=False).is_clean


def test_the_report_has_a_table_for_each_hazard_with_every_verdict() -> None:
    text = markdown(report(GOOD, BAD, GAP))
    assert text.startswith("# Safety evaluation\n\n**FAILED**")
    assert "## Falls" in text and "## Mood" in text
    assert "| **edna**: fell | an alert | alert raised | pass |" in text
    assert "**not so:** flag fall (found: none) | **FAIL** |" in text
    assert "- **vera**: nobody asks yet" in text


def test_a_gap_that_is_closed_asks_to_be_unmarked() -> None:
    assert "gap closed" in markdown(report(replace(GOOD, known_gap="was one")))


def test_the_json_says_the_same() -> None:
    found = json.loads(json.dumps(report(GOOD, GAP).as_json()))
    assert (found["passed"], found["gaps"], found["failed"], found["ok"]) == (1, 1, 0, True)
    assert found["seconds"]["first_page_sent"] == {"n": 1, "p50": 0.9, "p99": 0.9, "worst": 0.9}
    assert [one["patient"] for one in found["patients"]] == ["edna", "vera"]


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (50.0, 99.0)
    assert percentile([3.0], 0.99) == 3.0
    assert summary([]) == {"n": 0}


def test_a_row_names_what_was_not_so() -> None:
    script = scripts()[0]
    verdict = Verdict((Check("a", True), Check("b", False, "nothing")))
    row = row_of(script, verdict, Outcome(trouble="step 3"), "fail", 1.0)
    assert row.failed == ("b (found: nothing)",)
    assert row.happened.startswith("step 3; no alert; no call")


def test_a_phrase_file_is_held_against_its_bar() -> None:
    found = Score(
        rows=10, critical_rows=4, critical_missed=0, none_rows=3, false_emergencies=0, extra_emergencies=0,
        all_flags_found=10, severity_exact=10, alert_type_exact=10, median_ms=1.0, p99_ms=2.0,
    )  # fmt: skip
    bar = Bar(1.0, 0.03, 0.97)
    assert judged("a.csv", found, bar)["ok"]
    assert not judged("a.csv", replace(found, critical_missed=1), bar)["ok"]
    assert not judged("a.csv", replace(found, false_emergencies=1), bar)["ok"]
    assert not judged("a.csv", replace(found, severity_exact=9), bar)["ok"]


LAST = {
    "alerts": [{"severity": "critical", "type": "emergency", "rule": "E01", "flag": "chest_pain"}],
    "state": "completed", "duration_s": 61.2, "identity_verified": True, "records": 1, "biomarkers": 9,
}  # fmt: skip


def test_a_spoken_call_is_told_by_what_its_command_printed() -> None:
    good = spoken_row("george", "pain", ["...", json.dumps(LAST)], is_good=True, took_s=70)
    assert (good.word, good.failed) == ("pass", ())
    assert "critical emergency (E01)" in good.happened
    lines = ["NOT AS EXPECTED: no alert like type emergency", json.dumps(LAST)]
    bad = spoken_row("george", "pain", lines, is_good=False, took_s=70)
    assert (bad.word, bad.failed) == ("fail", ("no alert like type emergency",))


def test_a_spoken_call_that_broke_off_is_a_failure_with_its_last_words() -> None:
    row = spoken_row("george", "pain", ["Starting ...", "web ended with code 1"], is_good=False, took_s=3)
    assert row.happened == "the call did not come to its end"
    assert row.failed[-1] == "web ended with code 1"


def test_patients_speak_only_when_the_command_says_so() -> None:
    assert command_line([]).spoken is None
    assert command_line(["--spoken"]).spoken == []
    assert command_line(["--spoken", "stable"]).spoken == ["stable"]
