"""Run a Python module with throw-away settings and real servers: `... with_servers MODULE [ARGS]`."""

from __future__ import annotations

import os
import sys

from heartvoice.demo.keys import nowhere
from heartvoice.demo.processes import ProcessFailed, run_in_foreground
from heartvoice.demo.servers.borrowed import environment_with_servers


def main(arguments: list[str]) -> int:
    module, *rest = arguments
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    try:
        with environment_with_servers(os.environ | nowhere() | given) as env:
            return run_in_foreground([sys.executable, "-m", module, *rest], env=env)
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
