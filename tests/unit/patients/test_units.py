"""Weights in pounds, kilograms and stone, and the ranges that tell a reading from a mishearing."""

import math

import pytest

from patients.units import (
    Kind,
    WeightUnit,
    from_lb,
    plausible,
    spoken_weight,
    stone_and_pounds_to_lb,
    to_lb,
)


@pytest.mark.parametrize(
    ("value", "unit", "lb"),
    [
        pytest.param(186.5, WeightUnit.LB, 186.5, id="pounds stay pounds"),
        pytest.param(0.45359237, WeightUnit.KG, 1.0, id="the exact kilogram"),
        pytest.param(2.0, WeightUnit.KG, 4.40924524, id="two kilograms"),
        pytest.param(13.0, WeightUnit.STONE, 182.0, id="thirteen stone"),
    ],
)
def test_a_weight_converts_to_pounds_and_back(value: float, unit: WeightUnit, lb: float) -> None:
    assert to_lb(value, unit) == pytest.approx(lb, abs=1e-6)
    assert from_lb(to_lb(value, unit), unit) == pytest.approx(value)


def test_thirteen_stone_four_is_186_pounds() -> None:
    assert stone_and_pounds_to_lb(13, 4) == 186.0


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        pytest.param(Kind.WEIGHT, 60.0, True, id="lightest"),
        pytest.param(Kind.WEIGHT, 59.9, False, id="below the lightest"),
        pytest.param(Kind.WEIGHT, 700.0, True, id="heaviest"),
        pytest.param(Kind.WEIGHT, 700.1, False, id="above the heaviest"),
        pytest.param(Kind.SPO2, 100.0, True, id="full saturation"),
        pytest.param(Kind.SPO2, 101.0, False, id="more than full"),
        pytest.param(Kind.HEART_RATE, math.nan, False, id="not a number"),
        pytest.param(Kind.SYSTOLIC, math.inf, False, id="infinite"),
    ],
)
def test_a_value_outside_its_range_is_implausible(kind: Kind, value: float, expected: bool) -> None:
    assert plausible(kind, value) is expected


@pytest.mark.parametrize(
    ("lb", "unit", "text"),
    [
        pytest.param(186.5, WeightUnit.LB, "186.5 lb", id="pounds"),
        pytest.param(186.5, WeightUnit.KG, "84.6 kg", id="kilograms"),
        pytest.param(186.5, WeightUnit.STONE, "13 st 4.5 lb", id="stone"),
        pytest.param(181.96, WeightUnit.STONE, "13 st 0.0 lb", id="never fourteen pounds beside a stone"),
    ],
)
def test_a_weight_is_read_back_in_the_patients_own_unit(lb: float, unit: WeightUnit, text: str) -> None:
    assert spoken_weight(lb, unit) == text
