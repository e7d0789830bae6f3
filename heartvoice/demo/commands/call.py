"""One simulated check-in call through the running system: `./run call PERSONA`.

Prints the call's timeline and, as the last line, a JSON summary. Exit code 0 only if the call ended as its
persona expects and everything it should have written is in the database.
"""

from __future__ import annotations

import argparse
import sys
import tomllib

from heartvoice.demo.environment import chosen_ports, project_root
from heartvoice.demo.launcher import running_stack
from heartvoice.demo.processes import ProcessFailed
from heartvoice.demo.stopping import Stopped, stoppable

PERSONAS = project_root() / "heartvoice" / "demo" / "personas"


def main(arguments: list[str]) -> int:
    known = persona_summaries()
    parser = argparse.ArgumentParser(
        prog="./run call",
        description=__doc__,
        epilog="\n".join(f"  {name:14} {summary}" for name, summary in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("persona", choices=sorted(known), metavar="PERSONA")
    options = parser.parse_args(arguments)
    print("Starting the system ...", flush=True)
    try:
        with stoppable(), running_stack(chosen_ports(None), keeps_data=False) as stack:
            from heartvoice.demo.checkin_call import run  # needs Django, which the stack has set up

            return run(options.persona, phone_url=stack.ports.phone_url)
    except Stopped as stopped:
        return stopped.exit_code
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1


def persona_summaries() -> dict[str, str]:
    """Return every persona's name and one line about it."""
    return {path.stem: tomllib.loads(path.read_text())["summary"] for path in sorted(PERSONAS.glob("*.toml"))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
