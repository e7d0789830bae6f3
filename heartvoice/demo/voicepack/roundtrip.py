"""Whether what Maya says is understood: each clip through speech recognition, compared with its text."""

import re
from collections.abc import Iterable

from heartvoice.demo.agent.dialogue import lines
from heartvoice.demo.agent.dialogue.words import spelled_out
from heartvoice.demo.agent.hearing.recognise import Recogniser
from heartvoice.demo.voicepack import MAYA, g711, manifest, speech, texts
from heartvoice.demo.voicepack.texts import Wanted

GAP_MS = 260  # between sentences; none is left at the end, where the recogniser would fill it with words
MAX_ERROR_RATE = 0.25  # words misheard of words said; the recogniser alone errs on 4 to 7 % of such speech


def word_errors(said: str, heard: str) -> float:
    """Word error rate: edits needed to turn what was heard into what was said, per word said."""
    reference, words = _words(said), _words(heard)
    row = list(range(len(words) + 1))
    for i, expected in enumerate(reference, 1):
        previous, row[0] = row[0], i
        for j, got in enumerate(words, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (expected != got))
    return row[-1] / max(1, len(reference))


def round_trip(everything: Iterable[Wanted]) -> int:
    """Print every checked sentence that was misheard; 1 when one was past MAX_ERROR_RATE, else 0."""
    recogniser = Recogniser()
    checked = [each for each in everything if each.checked and manifest.has(each.voice, each.text)]
    intro = lines.load().get("greeting.intro")
    said = [(each.voice, each.text) for each in checked]
    said += [(MAYA, f"{intro} {question}") for question in texts.greetings()]
    rates = []
    for voice, text in said:
        spoken = speech(voice, text, gap_ms=GAP_MS)
        heard = recogniser.text(g711.decode(spoken.audio[: -GAP_MS * g711.BYTES_PER_MS]))
        rates.append(word_errors(text, heard))
        if rates[-1] > 0:
            print(f"{rates[-1]:5.0%}  {text}\n       {heard}")
    bad = sum(rate > MAX_ERROR_RATE for rate in rates)
    mean = sum(rates) / max(1, len(rates))
    print(f"{len(rates)} sentences, mean word error rate {mean:.1%}, {bad} past {MAX_ERROR_RATE:.0%}")
    return int(bad > 0)


def _words(text: str) -> list[str]:
    words = spelled_out(re.sub(r"\bA I\b", "AI", text))
    return re.findall(r"[a-z]+(?:'[a-z]+)*", words)
