"""Every sign that the scanner can find has words on the pages."""

from __future__ import annotations

from alerts.phrases.flags import CONTROLS, KINDS
from heartvoice.dashboard.flag_words import FLAGS


def test_every_flag_of_the_scanner_has_words():
    assert set(KINDS) | CONTROLS <= set(FLAGS)


def test_no_words_stand_for_a_flag_that_nothing_raises():
    known = set(KINDS) | CONTROLS | {"call_lost_after_flag"}
    assert set(FLAGS) <= known
