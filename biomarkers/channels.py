"""Which calls came over the same line and handset. Pure.

A change of handset or network moves the measures as much as a disease does, so that each channel has a baseline of its
own. The level below 300 Hz against that of 300 to 3,000 Hz tells them apart best: lines cut it, handsets shape it.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from biomarkers.change_limits import BASELINE_CALLS, CHANNEL_MOVED_DB

FIRST = "default"


def channel_labels(low_band_db: Sequence[float | None]) -> list[str]:
    """A label for each call, oldest first: `default`, `channel-2`, … A call whose level is unknown stays on the last.

    A call belongs to the nearest known channel within 6 dB of the median of that channel's first 14 calls.
    """
    known: dict[str, list[float]] = {}
    labels: list[str] = []
    for level in low_band_db:
        if level is None:
            labels.append(labels[-1] if labels else FIRST)
            continue
        away = {label: abs(level - median(levels)) for label, levels in known.items()}
        nearest = min(away, key=lambda label: away[label], default=None)
        if nearest is None or away[nearest] > CHANNEL_MOVED_DB:
            nearest = FIRST if not known else f"channel-{len(known) + 1}"
            known[nearest] = []
        if len(known[nearest]) < BASELINE_CALLS:
            known[nearest].append(level)
        labels.append(nearest)
    return labels
