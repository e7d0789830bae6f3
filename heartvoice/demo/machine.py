"""System packages that some tests use: installed where we may, named where we may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A Debian package, what it puts where, and what is not tested without it."""

    name: str
    present: tuple[str, ...]
    used_for: str

    def is_present(self) -> bool:
        return any(Path(place).exists() or shutil.which(place) for place in self.present)


TEST_PACKAGES = (
    SystemPackage("chromium", ("chromium", "chromium-browser", "google-chrome"), "the browser tests"),
    SystemPackage(
        "asterisk-core-sounds-en-wav",
        ("/usr/share/asterisk/sounds/en_US_f_Allison", "/usr/share/asterisk/sounds/en"),
        "the tests on recorded human telephone speech",
    ),
)


def install_test_packages() -> None:
    """Install what is missing of TEST_PACKAGES, or say in one line each what will be skipped."""
    missing = [package for package in TEST_PACKAGES if not package.is_present()]
    if missing and _may_install() and not _install([package.name for package in missing]):
        _install([package.name for package in missing], refresh=True)
    for package in missing:
        if not package.is_present():
            _say(f"{package.used_for} are skipped: the system package {package.name} is missing")


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(names: list[str], *, refresh: bool = False) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = [["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]]
    if refresh:
        steps.insert(0, ["apt-get", "update", "-qq"])
    else:
        _say(f"installing {', '.join(names)} ...")
    for step in steps:
        try:
            done = subprocess.run(
                step, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode != 0:
            return False
    return True


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
