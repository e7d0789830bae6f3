"""Write the pictures in docs/images anew: `./run screenshots`. Needs Chromium (Debian: apt-get install chromium)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest


def main() -> int:
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        print("run: there is no Chromium on this machine (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    return pytest.main([str(Path(__file__).with_name("pictures.py")), "-q"])


if __name__ == "__main__":
    sys.exit(main())
