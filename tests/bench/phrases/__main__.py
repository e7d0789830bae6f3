"""The emergency-phrase report: `./run safety`. Both labelled files through the scanner, with the cost per segment.

Recall, false emergencies and exact severities are counts over labelled rows; the time is a figure of this machine.
"""

from __future__ import annotations

import csv
import os
import statistics
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command

from alerts.phrases import SCANNER_VERSION, ScanContext, Segment, scan, self_test
from tests.bench.phrases.asked import after_every_question

DATA = Path(__file__).parents[2] / "data"
FILES = ("emergency-phrases.csv", "phrases-heldout.csv", "phrases-blind.csv")
# Said after every question: the developers' rows, and those that nothing is fitted to.
ASKED = ("emergency-phrases.csv", "phrases-unseen.csv")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    print(f"scanner {SCANNER_VERSION}, self-test {'passed' if self_test() else 'FAILED'}")
    for name in FILES:
        print(f"\n{name}")
        call_command("scan_phrases", str(DATA / name), "--score")
    print("\ncritical alone, said after every question of the check-in")
    for name in ASKED:
        outcomes = list(after_every_question(DATA / name))
        kept = sum(each.is_kept for each in outcomes)
        print(f"{name:24} kept {kept}/{len(outcomes)} ({100 * kept / len(outcomes):.2f} %)")
    print(f"\nper segment, warm: median {_median_ms(None):.2f} ms")
    print(f"after a question that binds: median {_median_ms('Any chest pain?'):.2f} ms")
    return 0


def _median_ms(question: str | None) -> float:
    context = ScanContext(last_question=question)
    with (DATA / FILES[0]).open(newline="", encoding="utf-8") as file:
        segments = [Segment(row["utterance"]) for row in csv.DictReader(file)]
    for segment in segments:
        scan(segment, context)
    times = []
    for segment in segments:
        began = time.perf_counter()
        scan(segment, context)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
