"""One way out for Ctrl-C, SIGTERM and a closed terminal."""

from __future__ import annotations

import os
import signal

import pytest

from heartvoice.demo.stopping import Stopped, stoppable


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_block_and_says_which_it_was(number: signal.Signals) -> None:
    with pytest.raises(Stopped) as stopped, stoppable():
        os.kill(os.getpid(), number)
        signal.pause()
    assert stopped.value.exit_code == 128 + number


def test_a_second_signal_does_not_disturb_the_clearing_up() -> None:
    cleared = False
    with pytest.raises(Stopped), stoppable():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            cleared = True
    assert cleared


def test_afterwards_the_signals_mean_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stoppable():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
