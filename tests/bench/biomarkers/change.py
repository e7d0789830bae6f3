"""How well a change of the voice is found, on simulated histories: `python -m tests.bench.biomarkers.change`.

Each row is a world of patients with three calls a week. False alarms are those of a year without any change; found is
the share of changes (a ramp over ten calls up to the step, in each patient's own call-to-call SD) with an alarm within
14 calls. The design promises at most 2 false alarms a patient-year, 75 % of one-step and 95 % of 1.5-step changes.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from tests.support.voice_histories import World, detection

WORLDS = {
    "heavy tails (t, 4 df), days correlate .3": World(),
    "normal tails, independent days": World(tails=100.0, day_to_day=0.0, bad_calls=0.0),
    "very heavy tails (t, 3 df), 5 % bad calls": World(tails=3.0, bad_calls=0.05),
    "days correlate .5": World(day_to_day=0.5),
    "features correlate .5": World(together=0.5),
    "features independent": World(together=0.0),
    "patients differ by a factor of 1.8": World(differ=0.6),
    "8 baseline calls (the least)": World(baseline_calls=8),
}


FALSE_ALARMS_A_YEAR, FOUND_1_STEP, FOUND_1_5_STEPS = 2.0, 0.75, 0.95


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Change detection on simulated call histories.")
    options.add_argument("--patients", type=int, default=4_000)
    options.add_argument("--seed", type=int, default=World().seed)
    chosen = options.parse_args(arguments)
    print(f"{chosen.patients} patients a world, seed {chosen.seed}")
    print(f"{'world':<44} {'false alarms':>12} {'found, 1 step':>14} {'1.5 steps':>10}")
    kept = True
    for name, world in WORLDS.items():
        found = detection(replace(world, patients=chosen.patients, seed=chosen.seed))
        print(
            f"{name:<44} {found.false_alarms_a_year:>10.2f}/y {found.found_1_step:>13.1%} {found.found_1_5_steps:>9.1%}",
            flush=True,
        )
        if world == World():  # the world that the promise is about
            kept = (
                found.false_alarms_a_year <= FALSE_ALARMS_A_YEAR
                and found.found_1_step >= FOUND_1_STEP
                and found.found_1_5_steps >= FOUND_1_5_STEPS
            )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
