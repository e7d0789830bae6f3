"""Every benchmark, one after another: `./run bench`, or `./run bench NAME [ARGS]` for one of them.

Figures are ratios and counts; absolute times belong to the machine they were measured on.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parent


def names() -> list[str]:
    """Folders and modules here that can be run."""
    return sorted(
        [path.parent.name for path in BENCH.glob("*/__main__.py")]
        + [path.stem for path in BENCH.glob("*.py") if not path.stem.startswith("_")]
    )


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] not in names():
        print(f"no such benchmark; there are: {', '.join(names())}", file=sys.stderr)
        return 64
    chosen, rest = (arguments[:1], arguments[1:]) if arguments else (names(), [])
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *rest], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
