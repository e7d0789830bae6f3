"""`./run bench cost`: a six-minute call by the stand-in's billing, with and without each saving."""

from __future__ import annotations

import asyncio
import sys

from calls.pricing import prices
from tests.bench.cost.call import Cost, SimulatedCall, Way
from tests.bench.cost.talk import check_in

OURS = Way("as shipped")
WAYS = (
    OURS,
    Way("the provider caches nothing", caches=False),
    Way("hints rewrite the instructions", notes_in_instructions=True),
    Way("history of 8,000 tokens, 80 % kept", history_tokens=8_000, history_kept=0.8),
    Way("history of 8,000, nothing cached", history_tokens=8_000, history_kept=0.8, caches=False),
    Way("no limit on the history", history_tokens=None),
    Way("no limit, nothing cached", history_tokens=None, caches=False),
)
BARS = {"gpt-realtime-2.1": 0.60, "gpt-realtime-2.1-mini": 0.20}
STORIES = 24  # of a patient who wanders for a quarter of an hour


def cost_of(way: Way, *, stories: int = 0) -> Cost:
    """One whole check-in held that way."""
    return asyncio.run(SimulatedCall(way).run(check_in(stories=stories)))


def table(stories: int) -> Cost:
    """Print the cost of each way; ours is the unit of the ratios. Returns ours."""
    costs = {way: cost_of(way, stories=stories) for way in WAYS}
    ours = costs[OURS]
    print(f"\na call of {ours.minutes:.1f} minutes, {ours.responses} responses")
    head = "".join(f"{model:>24}" for model in BARS)
    print(f"{'':36}{head}   cached  largest input")
    for way, cost in costs.items():
        cells = "".join(
            f"{cost.usd(model):>14.3f} ({cost.usd(model) / ours.usd(model):5.2f} x)" for model in BARS
        )
        print(f"{way.name:36}{cells}   {cost.cached_share:5.0%}  {cost.largest_input:>8} tokens")
    return ours


def main() -> int:
    print(f"US dollars for voice and transcription, without the telephone; {prices().version}")
    ours = table(stories=0)
    table(stories=STORIES)
    print()
    for model, bar in BARS.items():
        print(f"{model}: {ours.usd(model):.3f} of at most {bar:.2f}")
    return 1 if any(ours.usd(model) > bar for model, bar in BARS.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
