"""What a call of a given length costs, item by item, before it is made. Pure.

Every response is billed on the whole conversation so far, of which the provider may have the part that an earlier
response was given in its cache; what Maya said last is new to it. Source: OpenAI docs, "Managing costs" (600 audio
tokens a minute in, 1,200 out).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calls.events import Usage
from calls.pricing import prices, response_cost, transcription_cost

AUDIO_IN_PER_MIN = 600
AUDIO_OUT_PER_MIN = 1200
TEXT_PER_AUDIO_MIN = 200  # the words of a minute of speech, as text tokens
REPLIES_PER_MIN = 4.7  # tool replies included; as counted in tests/bench/cost
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
    replies = max(1, round(minutes * REPLIES_PER_MIN))
    heard = minutes * PATIENT_SHARE * AUDIO_IN_PER_MIN / replies
    spoken = minutes * MAYA_SHARE * AUDIO_OUT_PER_MIN / replies
    words = minutes * MAYA_SHARE * TEXT_PER_AUDIO_MIN / replies
    fresh = replayed = spoken_usd = Decimal(0)
    for reply in range(replies):
        earlier = max(reply - 1, 0)  # what the last reply was given; its own words are new to the cache
        text_before, audio_before = prompt_tokens + earlier * words, earlier * spoken + reply * heard
        cached = reply > 0 and is_cached
        fresh += _cost(
            model,
            text_in=words if reply else prompt_tokens,
            audio_in=heard + (spoken if reply else 0.0),
        )
        replayed += _cost(
            model,
            text_in=text_before if reply else 0.0,
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
        Item("what is new to the model: instructions, tools, both voices once", fresh),
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
