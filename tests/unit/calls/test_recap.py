"""A call that outgrows the model's history keeps what was answered in view."""

from __future__ import annotations

from calls.events import AddText, ReplyEnded, ReplyStatus, ToolFinished, Usage
from calls.recap import Recap
from tests.bench.cost.call import SimulatedCall, Way
from tests.bench.cost.talk import check_in
from tests.unit.calls.builders import Rig, of

LIMIT = 1_000


def used(tokens: int) -> Usage:
    return Usage(text_in=3_000, audio_in=tokens)


def test_it_is_due_once_before_the_limit() -> None:
    recap = Recap(LIMIT)
    assert [recap.is_due(used(tokens)) for tokens in (0, 400, 740, 760, 900, 990)] == [
        False, False, False, True, False, False,
    ]  # fmt: skip


def test_after_a_cut_it_is_due_again() -> None:
    recap = Recap(LIMIT)
    assert [recap.is_due(used(tokens)) for tokens in (0, 800, 500, 800)] == [False, True, False, True]


def test_a_new_session_counts_from_its_own_prompt() -> None:
    recap = Recap(LIMIT)
    recap.is_due(used(0))
    recap.session_began()
    assert not recap.is_due(used(900))
    assert recap.is_due(used(1_700))


def test_the_model_is_told_what_is_answered_and_what_is_left() -> None:
    rig = Rig()
    rig.work(ToolFinished("call_1", "verifyIdentity", "{}", is_ok=True, is_verified=True))
    rig.work(ToolFinished("call_2", "updatePatientRecord", "{}", is_ok=True, answered=("symptoms.swelling",)))
    rig.model(ReplyEnded("resp_1", ReplyStatus.COMPLETED, usage=Usage(text_in=3_000)))
    said = of(
        rig.model(ReplyEnded("resp_2", ReplyStatus.COMPLETED, usage=Usage(text_in=3_000, audio_in=13_000))),
        AddText,
    )
    assert len(said) == 1
    assert "identity is verified" in said[0].text
    assert "do not ask again: swelling" in said[0].text


def test_before_identity_it_says_so() -> None:
    rig = Rig()
    rig.model(ReplyEnded("resp_1", ReplyStatus.COMPLETED, usage=Usage(text_in=3_000)))
    said = of(
        rig.model(ReplyEnded("resp_2", ReplyStatus.COMPLETED, usage=Usage(text_in=3_000, audio_in=13_000))),
        AddText,
    )
    assert "NOT verified" in said[0].text


async def test_what_was_answered_is_still_there_after_the_server_has_cut() -> None:
    call = SimulatedCall(Way("small history", history_tokens=3_000))
    await call.run(check_in(stories=3))
    texts = [text for _, text in call.texts_kept]
    assert any("do not ask again" in text for text in texts)
    assert len(call.texts_kept) < len(call.texts_sent)
