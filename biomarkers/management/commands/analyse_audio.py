"""`manage.py analyse_audio FILE`: the voice biomarkers of one sound file. No database; nothing is kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biomarkers.analysis import analyse
from biomarkers.features import FEATURE_NAMES, SegmentAnalysis
from biomarkers.files import Recording, SoundFileError, read_recording
from biomarkers.quality import gates

_DECIMALS = 6


class Command(BaseCommand):
    help = "Measure the voice in a .wav or raw .ulaw file, or say why it cannot be measured."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a .wav file of any rate, or raw mu-law at 8 kHz (.ulaw)")
        parser.add_argument(
            "--sex", choices=("f", "m", "unknown"), default="unknown", help="narrows the search for the pitch"
        )
        parser.add_argument("--channel", type=int, default=0, help="which channel of the file, from 0")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            recording = read_recording(options["file"], options["channel"])
        except SoundFileError as error:
            raise CommandError(f"{options['file'].name}: {error}") from error
        result = analyse(
            recording.samples,
            sex=options["sex"],
            lost=recording.lost,
            clipped_ratio=recording.clipped_ratio,
        )
        report = _report(recording, result)
        self.stdout.write(json.dumps(report) if options["json"] else _as_text(report))


def _report(recording: Recording, result: SegmentAnalysis) -> dict[str, Any]:
    """Units stand in the names; a feature that could not be measured is null and has its reason in `reasons`."""
    return {
        "algorithm_version": result.algorithm_version,
        "source_rate_hz": recording.source_rate_hz,
        "source_channels": recording.channels,
        **{name: _rounded(getattr(result, name)) for name in FEATURE_NAMES},
        "reasons": dict(result.reasons),
        "quality": {
            "passed": result.is_measured,
            "reasons": list(result.refusals),
            "gates": {
                name: {"value": _rounded(gate.value), "limit": gate.limit, "passed": gate.passed}
                for name, gate in gates(result.quality).items()
            },
            **_rounded_all(result.quality),
        },
        "channel": _rounded_all(result.channel),
    }


def _rounded(value: float | int | bool | None) -> float | int | bool | None:
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _rounded_all(values: Mapping[str, float | int | bool | None]) -> dict[str, float | int | bool | None]:
    return {name: _rounded(value) for name, value in values.items()}


def _as_text(report: Mapping[str, Any]) -> str:
    quality = report["quality"]
    verdict = "measured" if quality["passed"] else f"refused: {', '.join(quality['reasons'])}"
    lines = [verdict]
    for name in FEATURE_NAMES:
        value = report[name]
        shown = f"not measurable: {report['reasons'].get(name, '')}" if value is None else f"{value:g}"
        lines.append(f"{name:32}{shown}")
    for name, gate in quality["gates"].items():
        shown = "unknown" if gate["value"] is None else f"{gate['value']:g}"
        lines.append(
            f"gate {name:27}{shown:>12}  limit {gate['limit']:g}  {'ok' if gate['passed'] else 'FAILED'}"
        )
    return "\n".join(lines)
