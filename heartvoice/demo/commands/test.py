"""Bring up what the suite needs, then run the suite: `./run test [ARGS for pytest]`."""

from __future__ import annotations

import os
import sys

from heartvoice.demo.machine import install_test_packages
from heartvoice.demo.processes import run_in_foreground
from heartvoice.demo.servers.borrowed import environment_with_servers


def main(arguments: list[str]) -> int:
    install_test_packages()
    workers = [] if arguments else ["-n", str(os.cpu_count() or 1), "--dist", "loadfile"]
    with environment_with_servers() as env:
        return run_in_foreground([sys.executable, "-m", "pytest", *workers, *arguments], env=env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
