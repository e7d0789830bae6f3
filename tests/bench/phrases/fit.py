"""Fit the evidence layer's weights: `python -m tests.bench.phrases.fit`. Deterministic; takes about a minute.

With `--without H4` the rows of that batch are left out and scored instead: what the layer does on words it never saw.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from alerts.phrases.datafiles import VERSION
from alerts.phrases.evaluation.corpus import WEIGHED, labelled_row, sample_of
from alerts.phrases.evaluation.fitting import Fit, Sample, fit
from alerts.phrases.evaluation.rows import Row
from alerts.phrases.evidence import BIAS, WEIGHTS
from alerts.phrases.lesser import LESSER, WEIGHED_LESSER
from tests.bench.phrases.labelled import utterances

PENALTY, ROUNDS = 1 / 3, 250
# Words and stems count even when only one utterance holds them.
RARE = ("w=", "s=")
# Smaller weights change no decision and only swell the file.
LEAST = 0.04


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", default="", help="leave out the rows whose id begins so")
    parser.add_argument("--lesser", action="store_true", help="fit what is no emergency (lesser.py)")
    parser.add_argument("--to", type=Path)
    arguments = parser.parse_args()
    said, held = utterances(without=arguments.without)
    if arguments.lesser:
        said = [each for each in said if each.lesser is not None]
    samples = [sample_of(each, lesser=arguments.lesser) for each in said]
    flags = WEIGHED_LESSER if arguments.lesser else WEIGHED
    fitted = fit(samples, flags, penalty=PENALTY, rounds=ROUNDS, rare=RARE)
    if held:
        _report(fitted, held)
        return 0
    to = arguments.to or (LESSER if arguments.lesser else WEIGHTS)
    to.write_text(as_text(fitted), encoding="utf-8")
    print(f"{len(samples)} utterances, {len(fitted.features)} features -> {to}")
    return 0


def as_text(fitted: Fit) -> str:
    """The weights as evidence.py reads them."""
    lines = ["\t".join(["version", VERSION, *fitted.labels])]
    lines.append("\t".join([BIAS, *(f"{n}:{each:.3f}" for n, each in enumerate(fitted.bias))]))
    for name, row in zip(fitted.features, fitted.weights, strict=True):
        cells = [f"{number}:{each:.2f}" for number, each in enumerate(row) if abs(each) >= LEAST]
        if cells:
            lines.append("\t".join([name, *cells]))
    return "\n".join(lines) + "\n"


def _report(fitted: Fit, held: list[Row]) -> None:
    """Recall and false alarms of the weights alone on rows they have not seen."""
    number = {name: index for index, name in enumerate(fitted.features)}
    for least in (0.3, 0.5, 0.7):
        caught = critical = false = none = 0
        for row in held:
            said = _said(fitted, number, sample_of(labelled_row(row)), least)
            expected = row.expected & set(WEIGHED)
            if row.severity == "critical" and expected:
                critical += 1
                caught += expected <= said
            elif row.severity == "none":
                none += 1
                false += bool(said)
        print(f"from {least}: critical {caught}/{critical}, false on none {false}/{none}")


def _said(fitted: Fit, number: dict[str, int], sample: Sample, least: float) -> set[str]:
    rows = [number[name] for name in sample.features if name in number]
    odds = fitted.bias + fitted.weights[rows].sum(axis=0)
    probable = 1 / (1 + 2.718281828459045 ** (-odds))
    return {label for label, each in zip(fitted.labels, probable, strict=True) if each >= least}


if __name__ == "__main__":
    sys.exit(main())
