"""Baselines and pooled calls as the JSON of their rows, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from biomarkers.baseline import NAMES, Array, Baseline, Usual, usual, vector

Json = dict[str, Any]


def features_json(baseline: Baseline, all_features: Sequence[Mapping[str, float]]) -> Json:
    """Feature to {median, mad, n}, and `spread` for those that are tracked. `all_features` are the baseline calls'."""
    stored: Json = {}
    for name in sorted({name for features in all_features for name in features} - set(NAMES)):
        values = np.array([[features.get(name, np.nan)] for features in all_features], np.float64)
        own = usual(values, 0.0)
        stored[name] = {"median": float(own.median[0]), "mad": float(own.mad[0]), "n": int(own.n[0])}
    own = baseline.usual
    for at, name in enumerate(NAMES):
        if not np.isnan(own.median[at]):
            stored[name] = {
                "median": float(own.median[at]),
                "mad": float(own.mad[at]),
                "spread": float(own.spread[at]),
                "n": int(own.n[at]),
            }
    return stored


def composite_json(baseline: Baseline) -> Json:
    """The baseline calls as z, so that any subset of the features can be composed and standardised again."""
    return {"names": list(NAMES), "calls_z": [numbers_or_none(call) for call in baseline.calls_z]}


def baseline_from(features: Mapping[str, Any], composite: Mapping[str, Any]) -> Baseline:
    """The baseline as it was stored. A feature that is not tracked any more is left out."""

    def of(what: str, missing: float) -> Array:
        return np.array([(features.get(name) or {}).get(what, missing) for name in NAMES], np.float64)

    stored = composite["names"]
    calls = [dict(zip(stored, call, strict=True)) for call in composite["calls_z"]]
    return Baseline(
        Usual(of("median", np.nan), of("mad", np.nan), of("spread", np.nan), of("n", 0.0)),
        np.array([vector(call) for call in calls]).reshape(len(calls), len(NAMES)),
    )


def z_json(z: Array) -> dict[str, float]:
    """Feature to z, for those that have one."""
    return {name: round(float(value), 4) for name, value in zip(NAMES, z, strict=True) if not np.isnan(value)}


def fit_vector(features: Mapping[str, float], reasons: Mapping[str, Any]) -> Array:
    """What of a call's features may judge change. `reasons` is the row's: `unfit` names the others."""
    unfit = reasons.get("unfit") or {}
    return vector({name: value for name, value in features.items() if name not in unfit})


def numbers_or_none(values: Array) -> list[float | None]:
    """JSON has no NaN."""
    return [None if np.isnan(value) else float(value) for value in values]
