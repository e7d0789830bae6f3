"""A worker as it stands in memory: the whole application loaded, one call's audio (mu-law) from standard input analysed.

Prints, as JSON, the peak of resident memory in MB with and without the analysis, and whether the call was measured.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

import django


def peak_mb() -> float:
    """Linux: of this program alone (rusage would begin with the peak of the process that started it)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heartvoice.settings")
    django.setup()
    from biomarkers import tasks  # noqa: F401 -- what a worker has loaded
    from biomarkers.analysis import analyse
    from biomarkers.audio import from_mu_law

    before = peak_mb()
    found = analyse(from_mu_law(sys.stdin.buffer.read()))
    print(json.dumps({"before_mb": before, "peak_mb": peak_mb(), "is_measured": found.is_measured}))


if __name__ == "__main__":
    main()
