"""Kinds of reading a patient can give by voice: unit, plausible range, and weight in lb, kg and stone.

Pure. All weights inside the product are pounds (avoirdupois); other units exist at the edges only.
Source for the factors: the international yard and pound agreement of 1959 (1 lb = 0.45359237 kg, exact);
1 stone = 14 lb.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

KG_PER_LB = 0.45359237
LB_PER_STONE = 14.0


class WeightUnit(StrEnum):
    """What a patient's scale shows."""

    LB = "lb"
    KG = "kg"
    STONE = "stone"


class Kind(StrEnum):
    """A measurement that can be told on the telephone."""

    WEIGHT = "weight"
    HEART_RATE = "heart_rate"
    SYSTOLIC = "systolic"
    SPO2 = "spo2"


@dataclass(frozen=True, slots=True)
class KindOfReading:
    """Unit (UCUM) of a kind and the closed range outside which a value is a mishearing, not a finding."""

    unit: str
    lowest: float
    highest: float


# Product proposals: wide enough for every living adult, narrow enough to catch a dropped or doubled digit.
# The weight range is also rule D01's; a test keeps the two equal.
KINDS: dict[Kind, KindOfReading] = {
    Kind.WEIGHT: KindOfReading("[lb_av]", 60.0, 700.0),
    Kind.HEART_RATE: KindOfReading("/min", 20.0, 250.0),
    Kind.SYSTOLIC: KindOfReading("mm[Hg]", 50.0, 260.0),
    Kind.SPO2: KindOfReading("%", 50.0, 100.0),
}


def plausible(kind: Kind, value: float) -> bool:
    """True if the value lies in the closed plausible range of its kind. NaN and infinities are not."""
    known = KINDS[kind]
    return math.isfinite(value) and known.lowest <= value <= known.highest


def to_lb(value: float, unit: WeightUnit) -> float:
    """Pounds for a weight, or a difference of weights, in another unit."""
    match unit:
        case WeightUnit.LB:
            return value
        case WeightUnit.KG:
            return value / KG_PER_LB
        case WeightUnit.STONE:
            return value * LB_PER_STONE


def from_lb(lb: float, unit: WeightUnit) -> float:
    """The inverse of `to_lb`."""
    match unit:
        case WeightUnit.LB:
            return lb
        case WeightUnit.KG:
            return lb * KG_PER_LB
        case WeightUnit.STONE:
            return lb / LB_PER_STONE


def stone_and_pounds_to_lb(stone: float, pounds: float = 0.0) -> float:
    """Pounds for "thirteen stone four" (13, 4)."""
    return to_lb(stone, WeightUnit.STONE) + pounds


def spoken_weight(lb: float, unit: WeightUnit) -> str:
    """The weight in the patient's own unit as it is read back and shown: `186.5 lb`, `84.6 kg`, `13 st 4.5 lb`."""
    match unit:
        case WeightUnit.LB:
            return f"{lb:.1f} lb"
        case WeightUnit.KG:
            return f"{from_lb(lb, unit):.1f} kg"
        case WeightUnit.STONE:
            stone, rest = divmod(round(lb, 1), LB_PER_STONE)
            return f"{stone:.0f} st {rest:.1f} lb"
