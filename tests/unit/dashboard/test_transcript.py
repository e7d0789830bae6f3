"""One call as one stream, and the evidence that points into it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from heartvoice.dashboard.evidence import Evidence, evidence_list, evidence_of
from heartvoice.dashboard.transcript import Entry, alert_ms, transcript

START = datetime(2026, 11, 22, 15, tzinfo=UTC)


def turn(at_ms: int, item: str = "") -> Any:
    return SimpleNamespace(start_ms=at_ms, item_id=item or f"i{at_ms}")


def alert(call_s: float | None = None, *, raised_s: float = 0) -> Any:
    evidence = [] if call_s is None else [{"utterance": "it hurts", "call_s": call_s}]
    return SimpleNamespace(evidence=evidence, created_at=START + timedelta(seconds=raised_s))


def stream(**parts: Any) -> list[Entry]:
    empty: dict[str, Any] = {"turns": [], "tools": [], "alerts": [], "voices": [], "failures": []}
    return transcript(**{**empty, **parts}, started_at=START)


def test_words_come_before_what_came_of_them_at_the_same_moment():
    entries = stream(turns=[turn(5000)], alerts=[alert(5.0)], tools=[SimpleNamespace(at_ms=5000)])
    assert [entry.kind for entry in entries] == ["turn", "tool", "alert"]


def test_an_alert_without_evidence_in_the_call_stands_where_it_was_raised():
    assert alert_ms(alert(raised_s=61.5), START) == 61_500
    assert alert_ms(alert(raised_s=-3), START) == 0
    assert alert_ms(alert(raised_s=61.5), None) == 0


def test_a_measured_voice_stands_with_the_words_it_was_measured_in():
    voice = SimpleNamespace(item_id="b", start_ms=9_999)
    kinds = [
        entry.kind for entry in stream(turns=[turn(0, "a"), turn(4000, "b"), turn(8000, "c")], voices=[voice])
    ]
    assert kinds == ["turn", "turn", "voice", "turn"]


@pytest.mark.parametrize(("call_s", "place"), [(0.0, 0), (3.9, 0), (4.0, 1), (500.0, 2)])
def test_the_turn_in_which_the_evidence_fell_can_be_linked_to(call_s: float, place: int):
    turns = [
        entry
        for entry in stream(turns=[turn(0), turn(4000), turn(8000)], alerts=[alert(call_s)])
        if entry.kind == "turn"
    ]
    assert [bool(entry.anchors) for entry in turns] == [index == place for index in range(3)]
    assert turns[place].anchors == (int(call_s * 1000),)


def test_an_alert_in_a_call_without_words_has_no_anchor():
    assert stream(alerts=[alert(3.0)])[0].anchors == ()


def test_the_first_quote_is_shown_and_else_the_first_description():
    event, quote = (
        {"what": "no answer"},
        {"what": "chest_pain", "utterance": "it hurts", "call_s": 1.5, "call": "abc"},
    )
    assert evidence_of([event, quote]) == Evidence("chest_pain", "it hurts", 1500, "abc")
    assert evidence_of([event]) == Evidence("no answer", "", None, "")
    assert evidence_of([{"what": "weight_change_lb"}, event]) == Evidence("no answer", "", None, "")
    assert evidence_of([{"what": "weight_change_lb"}]) is None
    assert evidence_of([]) is None


def test_evidence_that_names_no_call_belongs_to_the_alerts_own():
    (piece,) = evidence_list([{"utterance": "it hurts", "call_s": 1}], call_id="mine")
    assert (piece.call_id, piece.at_ms) == ("mine", 1000)


@pytest.mark.parametrize("stored", [None, "text", {}, [None], [7], [{}], [{"what": ""}], [{"call_s": 3}]])
def test_what_cannot_be_read_is_left_out(stored: object):
    assert list(evidence_list(stored)) == []


@pytest.mark.parametrize("call_s", [True, "12", -1, 1e12, None])
def test_a_time_that_makes_no_sense_is_no_time(call_s: object):
    (piece,) = evidence_list([{"utterance": "x", "call_s": call_s}])
    assert piece.at_ms is None
