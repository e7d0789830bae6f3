"""What a call of a given length costs, item by item, before it is made. Pure.

Every response is billed on the whole conversation so far, of which the provider may have the part that it has
seen before in its cache. Source: OpenAI docs, "Managing costs" (600 audio tokens a minute in, 1,200 out).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calls.events import Usage
from calls.pricing import prices, response_cost, transcription_cost

AUDIO_IN_PER_MIN = 600
AUDIO_OUT_PER_MIN = 1200
TEXT_PER_AUDIO_MIN = 200  # the words of a minute of speech, as text tokens
TURNS_PER_MIN = 3.5
PATIENT_SHARE = 0.43
MAYA_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the estimate, in US dollars."""

    name: str
    usd: Decimal


def estimate(
    minutes: float,
    model: str,
    *,
    prompt_tokens: int = 3000,
    is_cached: bool = True,
    transcriber: str = "gpt-transcribe",
) -> list[Item]:
    """The items of a call of `minutes`; their sum is its cost."""
    turns = max(1, round(minutes * TURNS_PER_MIN))
    heard = minutes * PATIENT_SHARE * AUDIO_IN_PER_MIN / turns
    spoken = minutes * MAYA_SHARE * AUDIO_OUT_PER_MIN / turns
    words = minutes * MAYA_SHARE * TEXT_PER_AUDIO_MIN / turns
    fresh = replayed = spoken_usd = Decimal(0)
    for turn in range(turns):
        text_before, audio_before = prompt_tokens + turn * words, turn * (heard + spoken)
        cached = turn > 0 and is_cached
        new_text = prompt_tokens if turn == 0 else 0.0
        fresh += _cost(model, text_in=new_text, audio_in=heard)
        replayed += _cost(
            model,
            text_in=text_before if turn else 0.0,
            text_cached=text_before if cached else 0.0,
            audio_in=audio_before,
            audio_cached=audio_before if cached else 0.0,
        )
        spoken_usd += _cost(model, text_out=words, audio_out=spoken)
    line = prices().telephone
    telephone = (
        Decimal(str(minutes)) * (line["media_streams"] + line["voice"]) + line["answer_detection_a_call"]
    )
    transcription = transcription_cost(Usage(seconds=minutes * 60 * PATIENT_SHARE), transcriber)
    return [
        Item("instructions, tools and what the patient says", fresh),
        Item("the conversation so far, sent again with every reply", replayed),
        Item("what Maya says", spoken_usd),
        Item("transcription", transcription),
        Item("telephone", telephone),
    ]


def _cost(
    model: str,
    *,
    text_in: float = 0,
    text_cached: float = 0,
    audio_in: float = 0,
    audio_cached: float = 0,
    text_out: float = 0,
    audio_out: float = 0,
) -> Decimal:
    usage = Usage(
        text_in=round(text_in),
        text_in_cached=round(text_cached),
        audio_in=round(audio_in),
        audio_in_cached=round(audio_cached),
        text_out=round(text_out),
        audio_out=round(audio_out),
    )
    return response_cost(usage, model)
