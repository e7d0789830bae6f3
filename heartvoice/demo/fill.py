"""Give an empty database its tables and the demo's people: `python -m heartvoice.demo.fill PATIENTS WEEKS`."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command


def main(patients: str, weeks: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    call_command("seed_demo", patients=int(patients), weeks=int(weeks), skip_checks=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
