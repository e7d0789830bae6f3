"""`manage.py simulate_rules --since 2026-10-01 --set S01.gain_lb=4`: what a changed threshold would have raised."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from alerts.ruleset import RuleSetError
from alerts.simulation import Change, Simulation, simulate
from patients.models import Patient


def a_change(text: str) -> Change:
    """`S01.gain_lb=4` as a change."""
    name, _, value = text.partition("=")
    rule_id, _, parameter = name.partition(".")
    try:
        return Change(rule_id.strip(), parameter.strip(), float(value))
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: write RULE.PARAMETER=NUMBER, for example S01.gain_lb=4") from None


def a_day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: write a day as 2026-11-22") from None


class Command(BaseCommand):
    help = (
        "Judge past check-ins again with changed numbers and show what would be different. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=a_day, required=True, help="first day, UTC")
        parser.add_argument("--until", type=a_day, help="day after the last, UTC; today if left out")
        parser.add_argument(
            "--set", type=a_change, action="append", default=[], dest="changes", metavar="RULE.PARAM=N"
        )
        parser.add_argument("--team", help="only this care team, by name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        patients = Patient.objects.all()
        if options["team"]:
            patients = patients.filter(care_team__name=options["team"])
        try:
            result = simulate(
                patients=patients,
                since=options["since"],
                until=options["until"] or now,
                changes=options["changes"],
                now=now,
            )
        except RuleSetError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json()))
        else:
            self._table(result)

    def _table(self, result: Simulation) -> None:
        shown = result.as_json()
        rate = shown["alerts_per_100_check_ins"]
        self.stdout.write(f"{result.check_ins} check-ins judged with {result.version}")
        self.stdout.write(f"and {result.other_calls} calls with flags and without a verified check-in")
        self.stdout.write(
            f"check-ins with an alert, per 100: {rate['before']} as it is, {rate['after']} changed"
        )
        self.stdout.write(f"{'worst':10}{'as it is':>10}{'changed':>10}")
        for severity, counts in reversed(shown["worst_severity"].items()):
            self.stdout.write(f"{severity:10}{counts['before']:>10}{counts['after']:>10}")
        self.stdout.write(f"{'rule':10}{'as it is':>10}{'changed':>10}")
        for rule, counts in shown["rules"].items():
            before, after = sum(counts["before"].values()), sum(counts["after"].values())
            self.stdout.write(
                f"{rule:10}{before:>10}{after:>10}{'   *' if counts['before'] != counts['after'] else ''}"
            )
        self.stdout.write(f"{result.difference_count} answers differ")
