"""The voice analysis: what it costs, how true it is, how well a change is found: `./run bench biomarkers`."""

from __future__ import annotations

import argparse
import sys

from tests.bench.biomarkers import accuracy, change, cost

PARTS = {"cost": cost.main, "accuracy": accuracy.main, "change": lambda: change.main([])}


def main() -> int:
    options = argparse.ArgumentParser(description="Benchmarks of the voice analysis.")
    options.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them when none is named")
    chosen = options.parse_args().parts or list(PARTS)
    failed = []
    for name in chosen:
        print(f"\n-- {name}", flush=True)
        if PARTS[name]():
            failed.append(name)
    if failed:
        print(f"\nnot as promised: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
