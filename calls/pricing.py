"""What a response, a transcription or a minute costs, by a dated table. Pure but for reading the table once.

Cached tokens are part of the input tokens and are billed at their own price.
Source: OpenAI docs, "Managing costs": per response ((text - cached) p_ti + cached p_tc + ...) / 1e6.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from calls.events import Usage

TABLE = Path(__file__).with_name("prices.toml")
MILLION = Decimal(1_000_000)
KINDS = ("text_in", "text_in_cached", "audio_in", "audio_in_cached", "text_out", "audio_out")


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """US dollars per million tokens."""

    text_in: Decimal
    text_in_cached: Decimal
    audio_in: Decimal
    audio_in_cached: Decimal
    text_out: Decimal
    audio_out: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """The table. `transcription`, `agents` and `telephone` are US dollars per minute."""

    version: str
    models: Mapping[str, ModelPrice]
    transcription: Mapping[str, Decimal]
    agents: Mapping[str, Decimal]
    telephone: Mapping[str, Decimal]

    def knows(self, model: str) -> bool:
        return model in self.models

    def model(self, model: str) -> ModelPrice:
        """The model's price; for an unknown one the dearest, so that no budget is overrun by a new name."""
        return self.models.get(model) or max(self.models.values(), key=lambda price: price.audio_out)


@lru_cache(maxsize=1)
def prices() -> Prices:
    """The table in force. Raises KeyError or ValueError when the file does not fit."""
    data = tomllib.loads(TABLE.read_text(encoding="utf-8"), parse_float=Decimal)
    models = {
        name: ModelPrice(**{kind: Decimal(row[kind]) for kind in KINDS})
        for row in data["models"].values()
        for name in row["names"]
    }
    return Prices(data["version"], models, data["transcription"], data["agents"], data["telephone"])


def response_cost(usage: Usage, model: str) -> Decimal:
    """US dollars for one response."""
    price = prices().model(model)
    amounts = (
        (max(usage.text_in - usage.text_in_cached, 0), price.text_in),
        (usage.text_in_cached, price.text_in_cached),
        (max(usage.audio_in - usage.audio_in_cached, 0), price.audio_in),
        (usage.audio_in_cached, price.audio_in_cached),
        (usage.text_out, price.text_out),
        (usage.audio_out, price.audio_out),
    )
    return sum((count * each for count, each in amounts), Decimal(0)) / MILLION


def transcription_cost(usage: Usage, model: str) -> Decimal:
    """US dollars for one transcription, billed by seconds; token counts are turned into time (10 a second)."""
    table = prices().transcription
    a_minute = table.get(model) or max(table.values())
    seconds = usage.seconds or usage.audio_in / 10
    return Decimal(str(seconds)) / 60 * a_minute


def minutes_cost(seconds: float, provider: str) -> Decimal:
    """US dollars for time with a provider that bills by the minute."""
    return Decimal(str(seconds)) / 60 * prices().agents.get(provider, Decimal(0))
