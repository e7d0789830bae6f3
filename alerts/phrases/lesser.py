"""Weighed evidence for what is no emergency: symptoms, medicines, mood, wishes, and what must be asked about. Pure.

The words are counted as for the emergencies (evidence.py), with weights of their own (data/evidence/lesser.tsv, fitted by
`python -m tests.bench.phrases.fit --lesser`). A flag or control that no pattern found is added where the words speak for
it clearly. Nothing is taken back here, and nothing touches an emergency.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache

from alerts.phrases.datafiles import DATA, load
from alerts.phrases.evidence import Weights, quoted, read_weights
from alerts.phrases.features import Features
from alerts.phrases.findings import Raised
from alerts.phrases.flags import is_control

LESSER = DATA / "evidence" / "lesser.tsv"
_TABLE = load("lesser.toml")
# Told by events and numbers, not by words.
WEIGHED_LESSER: tuple[str, ...] = tuple(_TABLE["weighed"]["flags"])
_ADD = float(_TABLE["thresholds"]["add"])
_ADD_OF: dict[str, float] = _TABLE["add_of"]
# A flag that says the other one more precisely.
_INSTEAD: dict[str, frozenset[str]] = {name: frozenset(flags) for name, flags in _TABLE["instead"].items()}


@cache
def lesser_weights() -> Weights:
    """The fitted weights. Raises DataError if the file is of another version or damaged."""
    return read_weights(LESSER)


def lesser_odds(features: Features) -> dict[str, float]:
    """Log-odds per flag."""
    table = lesser_weights()
    counted = list(table.bias)
    for feature in features:
        for number, weight in table.of.get(feature, ()):
            counted[number] += weight
    return dict(zip(table.flags, counted, strict=True))


def from_lesser(
    features: Features, found: list[Raised], aside: list[Raised], controls: list[str], whole: int
) -> tuple[list[Raised], list[str]]:
    """Flags and controls that the words speak for beyond those that are known. `whole`: the number of tokens."""
    names = {raised.flag for raised in found} | set(controls)
    judged = {raised.flag for raised in aside if raised.assertion != "affirmed"}
    flags: list[Raised] = []
    asks: list[str] = []
    for flag, each in sorted(lesser_odds(features).items(), key=lambda pair: -pair[1]):
        if flag in names or flag in judged or _INSTEAD.get(flag, frozenset()) & names:
            continue
        if _below(each, _ADD_OF.get(flag, _ADD)):
            continue
        names.add(flag)
        if is_control(flag):
            asks.append(flag)
        else:
            flags.append(Raised(flag, *quoted(_given(features, flag), whole), "evidence.lesser"))
    return flags, asks


def _below(odds: float, probability: float) -> bool:
    return odds < math.log(probability / (1 - probability))


def _given(features: Features, flag: str) -> dict[int, float]:
    """What each token gives to the flag."""
    table = lesser_weights()
    number = table.flags.index(flag)
    given: dict[int, float] = defaultdict(float)
    for feature, tokens in features.items():
        for index, weight in table.of.get(feature, ()):
            if index == number:
                for at in tokens:
                    given[at] += weight / len(tokens)
    return given
