"""The patients' voices: clips made ahead of time, or plain tones where only the timing matters."""

import logging

from heartvoice.demo.phone.patient import Voice
from heartvoice.demo.phone.persona import Persona, personas
from heartvoice.demo.phone.sound import tone
from heartvoice.demo.voicepack import NotInPack, clip, has

MS_PER_LETTER = 60  # of ordinary speech

log = logging.getLogger(__name__)


def recorded(persona: Persona) -> Voice:
    """The voice pack's clips; a sentence that is not in it stays unsaid and is logged by voice only."""

    def say(text: str) -> bytes:
        try:
            return clip(persona.voice, text)
        except NotInPack as missing:
            log.error("patient stays silent: %s", missing)
            return b""

    return say


def missing() -> dict[str, int]:
    """How many sentences of each persona the voice pack lacks, without those that lack none."""
    counts = {one.id: sum(not has(one.voice, text) for text in one.spoken()) for one in personas().values()}
    return {name: count for name, count in counts.items() if count}


def toned(persona: Persona) -> Voice:
    """A tone as long as the sentence would take."""
    return lambda text: tone(max(200, len(text) * MS_PER_LETTER), hz=220.0)
