from hypothesis import given
from hypothesis import strategies as st

from heartvoice.demo.phone.playout import Playout

FRAME = 160


def test_audio_plays_in_20_ms_frames_in_order():
    playout = Playout()
    playout.push(bytes(range(200)))
    assert playout.tick().audio == bytes(range(160))
    assert playout.tick().audio == bytes(range(160, 200))
    assert playout.tick().audio is None
    assert playout.played == playout.received == 200


def test_a_mark_comes_back_when_all_audio_before_it_has_played():
    playout = Playout()
    playout.push(b"a" * FRAME * 2)
    assert not playout.mark("two frames")
    playout.push(b"b" * FRAME)
    assert not playout.mark("three frames")
    assert [playout.tick().marks for _ in range(3)] == [(), ("two frames",), ("three frames",)]


def test_a_mark_on_an_empty_queue_is_passed_at_once():
    playout = Playout()
    assert playout.mark("nothing waits")
    playout.push(b"a" * FRAME)
    playout.tick()
    assert playout.mark("nothing waits again")


def test_clear_returns_the_open_marks_and_plays_nothing_more():
    playout = Playout()
    playout.push(b"a" * FRAME * 10)
    playout.mark("open")
    playout.tick()
    assert playout.clear() == ("open",)
    assert playout.tick().audio is None
    assert (playout.played, playout.cleared, playout.queued) == (FRAME, FRAME * 9, 0)


def test_a_mark_after_a_clear_counts_from_what_was_really_played():
    playout = Playout()
    playout.push(b"a" * FRAME * 10)
    playout.tick()
    playout.clear()
    playout.push(b"b" * FRAME)
    assert not playout.mark("second")
    assert playout.tick().marks == ("second",)


@given(
    st.lists(
        st.one_of(
            st.integers(1, 700).map(lambda size: ("push", size)),
            st.just(("mark", 0)),
            st.just(("clear", 0)),
            st.just(("tick", 0)),
        ),
        max_size=60,
    )
)
def test_every_mark_comes_back_once_and_no_byte_is_lost(steps):
    playout, sent, back = Playout(), [], []
    for number, (what, size) in enumerate(steps):
        match what:
            case "push":
                playout.push(b"x" * size)
            case "mark":
                sent.append(str(number))
                if playout.mark(str(number)):
                    back.append(str(number))
            case "clear":
                back.extend(playout.clear())
            case "tick":
                back.extend(playout.tick().marks)
        assert playout.received == playout.played + playout.cleared + playout.queued
    while playout.queued:
        back.extend(playout.tick().marks)
    assert back == sent
