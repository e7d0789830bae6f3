"""Minutes to codes: thresholds, live contact, no rounding up."""

from __future__ import annotations

import pytest

from heartvoice.dashboard.minutes import Logged, month_of


@pytest.mark.parametrize(
    ("minutes", "codes"),
    [(0, ()), (9.9, ()), (10, ("99470",)), (19.9, ("99470",)), (20, ("99457",)), (39, ("99457",)), (40, ("99457", "99458")),
     (60, ("99457", "99458", "99458"))],
)  # fmt: skip
def test_the_first_ten_minutes_give_way_to_the_first_twenty(minutes: float, codes: tuple[str, ...]):
    assert month_of("RPM", [Logged("RPM", minutes, True)]).codes == codes


def test_without_a_live_contact_there_is_no_code_but_a_hint():
    month = month_of("RTM", [Logged("RTM", 15, False), Logged("RTM", 10, False)])
    assert (month.codes, month.missing_contact, month.minutes) == ((), True, 25)
    assert month_of("RTM", [Logged("RTM", 15, False), Logged("RTM", 10, True)]).codes == ("98980",)


def test_chronic_care_needs_twenty_minutes_and_no_contact():
    assert month_of("CCM", [Logged("CCM", 19, False)]).codes == ()
    assert month_of("CCM", [Logged("CCM", 40, False)]).codes == ("99490", "99439")


def test_each_programme_counts_its_own_minutes_and_started_ones_do_not_count():
    entries = [Logged("RPM", 9.6, True), Logged("RPM", 0.3, True), Logged("CCM", 30, False)]
    assert month_of("RPM", entries).minutes == 9
    assert month_of("SOME", entries).codes == ()
