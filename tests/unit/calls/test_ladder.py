"""Which step follows which failure."""

import pytest

from calls.ladder import GoOnWithout, TakeNext, TryAgain, needs_page, next_step
from calls.providers.link import LinkFailed, Trouble


def steps(trouble: Trouble, *, has_next: bool = False, retry_after_s: float | None = None) -> list[object]:
    failure = LinkFailed(trouble, "x", retry_after_s)
    return [next_step(failure, tries=tries, has_next=has_next) for tries in (1, 2, 3, 4)]


@pytest.mark.parametrize("trouble", [Trouble.RATE_LIMIT, Trouble.SERVER_ERROR])
def test_a_busy_provider_is_given_one_two_and_four_seconds(trouble: Trouble) -> None:
    assert steps(trouble) == [TryAgain(1.0), TryAgain(2.0), TryAgain(4.0), GoOnWithout()]
    assert steps(trouble, has_next=True)[-1] == TakeNext()


def test_the_providers_own_wish_is_honoured_up_to_eight_seconds() -> None:
    assert steps(Trouble.RATE_LIMIT, retry_after_s=3)[0] == TryAgain(3)
    assert steps(Trouble.RATE_LIMIT, retry_after_s=60)[0] == TryAgain(8.0)
    assert steps(Trouble.RATE_LIMIT, retry_after_s=0)[0] == TryAgain(0)


@pytest.mark.parametrize("trouble", [Trouble.REFUSED, Trouble.MISCONFIGURED])
def test_what_only_a_person_can_mend_is_not_tried_again(trouble: Trouble) -> None:
    assert set(steps(trouble)) == {GoOnWithout()} and set(steps(trouble, has_next=True)) == {TakeNext()}
    assert needs_page(GoOnWithout()) and needs_page(TakeNext())


def test_a_connection_that_times_out_goes_to_the_next_provider_at_once() -> None:
    assert steps(Trouble.CONNECTION_TIMEOUT, has_next=True)[0] == TakeNext()
    assert steps(Trouble.CONNECTION_TIMEOUT)[:2] == [TryAgain(0.0), GoOnWithout()]


def test_a_lost_session_is_replaced_at_once_and_then_with_waits() -> None:
    assert steps(Trouble.LOST)[:3] == [TryAgain(0.0), TryAgain(2.0), TryAgain(4.0)]
    assert not needs_page(TryAgain(0.0))


def test_sound_that_does_not_arrive_is_given_one_new_session_and_then_no_other_voice() -> None:
    assert steps(Trouble.AUDIO_ERROR, has_next=True)[:2] == [TryAgain(0.0), GoOnWithout()]
