"""`./run safety`: play the phrase files and the simulated patients, write the report, exit 1 on any failure."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from heartvoice.demo.environment import project_root
from heartvoice.demo.processes import ProcessFailed
from heartvoice.demo.stopping import Stopped, stoppable
from tests.safety.report import Report, Row, markdown
from tests.safety.script import Script, scripts
from tests.safety.spoken import spoken_rows

DEFAULT_FOLDER = project_root() / ".run" / "safety"


def command_line(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command is asked to do."""
    known = scripts()
    parser = argparse.ArgumentParser(
        prog="./run safety",
        description=__doc__,
        epilog="\n".join(f"  {one.name:28} {one.summary}" for one in known),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER, help="where the report goes")
    parser.add_argument("--only", nargs="+", metavar="PATIENT", choices=[one.name for one in known])
    parser.add_argument("--quick", action="store_true", help="the few patients of the test suite")
    parser.add_argument("--no-phrases", action="store_true", help="simulated patients only")
    parser.add_argument(
        "--spoken",
        nargs="*",
        metavar="PERSONA",
        help="also patients that really speak, minutes each (default all)",
    )
    parser.add_argument("--at-once", type=int, default=6, help="calls at the same time (default 6)")
    parser.add_argument("--verbose", action="store_true", help="when each step of a call was over")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options, known = command_line(arguments), scripts()
    wanted = [one for one in known if not options.only or one.name in options.only]
    wanted = [one for one in wanted if one.quick or not options.quick]
    try:
        with stoppable():
            return _evaluate(options, wanted)
    except Stopped as stopped:
        return stopped.exit_code
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1


def _evaluate(options: argparse.Namespace, wanted: Sequence[Script]) -> int:
    began = time.monotonic()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows, versions = _simulated(wanted, options)
    if options.spoken is not None:
        rows += spoken_rows(options.folder, options.spoken)
    phrases: list[dict[str, object]] = []
    if not options.no_phrases:
        from tests.safety.phrases import played

        phrases = played()
    report = Report(
        made_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        versions=versions,
        rows=tuple(sorted(rows, key=lambda row: (row.hazard, row.patient))),
        phrases=tuple(phrases),
        took_s=time.monotonic() - began,
    )
    _write(report, options.folder)
    return 0 if report.is_clean else 1


def _simulated(wanted: Sequence[Script], options: argparse.Namespace) -> tuple[list[Row], dict[str, str]]:
    """The scripted patients, on a system that is started for them and gone after them."""
    from tests.safety.system import chosen_ports, data
    from tests.safety.watch import install

    ports = chosen_ports(None)
    with tempfile.TemporaryDirectory(prefix="heartvoice-safety-") as servers:
        Path(servers).chmod(0o755)  # PostgreSQL may run as another user
        print("Starting the system ...", flush=True)
        with data(ports, Path(servers), install) as env:
            from tests.safety.rows import row_of
            from tests.safety.suite import evaluate  # needs Django, which is set up only now

            print(f"Playing {len(wanted)} patients ...", flush=True)
            results = asyncio.run(
                evaluate(
                    env,
                    ports,
                    options.folder,
                    wanted,
                    at_once=options.at_once,
                    is_verbose=options.verbose,
                )
            )
            versions = _versions()
    rows = [row_of(one.script, one.verdict, one.outcome, one.word, one.took_s) for one in results]
    return rows, versions


def _versions() -> dict[str, str]:
    from alerts.phrases import SCANNER_VERSION
    from alerts.selectors import ruleset_in_force
    from calls.instructions import PROMPT_VERSION

    return {"scanner": SCANNER_VERSION, "rules": ruleset_in_force().version, "prompt": PROMPT_VERSION}


def _write(report: Report, folder: Path) -> None:
    (folder / "report.md").write_text(markdown(report), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    for row in report.rows:
        if row.word != "pass":
            print(f"{row.word.upper():5} {row.patient}: {'; '.join(row.failed)}")
    for one in report.phrases:
        print(
            f"{'pass' if one['ok'] else 'FAIL':5} {one['file']}: {one['missed_critical']} of {one['critical']}"
            f" critical missed, {100 * one['false_emergencies']:.1f} % false emergencies"
        )
    print(
        f"{report.count('pass')} passed, {report.count('gap')} known gaps, {report.count('fail')} failed"
        f" in {report.took_s:.0f} s; {folder / 'report.md'}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
