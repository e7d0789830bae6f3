"""The care team's pages ask a fixed number of questions, however large the clinic."""

from __future__ import annotations

import pytest

from tests.bench.dashboard.__main__ import MOST_QUERIES, counts
from tests.support.crowd import crowd

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]


def test_a_clinic_ten_times_as_large_costs_the_same_number_of_queries():
    small = counts(crowd_of(40))
    large = counts(crowd_of(400))
    assert large == small
    assert max(large.values()) <= MOST_QUERIES


def crowd_of(patients: int):
    return crowd(patients=patients, calls_each=6, segments_a_call=3, alerts_each=3, open_share=0.5)
