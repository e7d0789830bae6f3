"""Render the clips that are missing, and check what Maya says by speech recognition.

    python -m heartvoice.demo.voicepack.build --voices DIR [--prune] [--check]

DIR holds the voice files (*.bin) of the npm package kokoro-js. See README.md beside this file for the
environment. Only missing clips are rendered; the manifest is written as it goes, so it can be stopped.
"""

import argparse
import hashlib
import re
import sys
import time
from pathlib import Path

import numpy as np

from heartvoice.demo.voicepack import MAYA, g711, manifest, texts
from heartvoice.demo.voicepack.kokoro import RATE_HZ, Kokoro
from heartvoice.demo.voicepack.resample import resample
from heartvoice.demo.voicepack.roundtrip import round_trip
from heartvoice.demo.voicepack.texts import Wanted

LEVEL_DBFS = -21.0  # RMS of the voiced part: the middle of what telephone networks deliver
MAYA_SPEED = 0.97  # a little slower than the model's own pace
_SAVE_EVERY = 10


def wanted() -> list[Wanted]:
    """Every clip that should be there, most needed first."""
    everything = [*texts.maya(MAYA, MAYA_SPEED), *texts.personas()]
    unique: dict[tuple[str, str], Wanted] = {}
    for each in everything:
        unique.setdefault((each.voice, manifest.normal(each.text)), each)
    return list(unique.values())


def telephone(samples: g711.Float, rate_hz: int) -> bytes:
    """The samples as 8 kHz mu-law at LEVEL_DBFS."""
    narrow = resample(samples, rate_hz, g711.RATE_HZ)
    voiced = narrow[np.abs(narrow) > 0.01]
    rms = float(np.sqrt(np.mean(np.square(voiced)))) if voiced.size else 1.0
    return g711.encode(np.asarray(narrow * (10 ** (LEVEL_DBFS / 20) / rms), np.float32))


def file_name(each: Wanted) -> str:
    """Readable, stable and different for each text."""
    slug = re.sub(r"[^a-z0-9]+", "-", each.text.casefold()).strip("-")[:40].strip("-")
    digest = hashlib.sha256(f"{each.voice}\n{manifest.normal(each.text)}".encode()).hexdigest()[:6]
    return f"{slug}-{digest}.ulaw"


def render(missing: list[Wanted], voices: Path) -> None:
    """Render the clips and enter them into the manifest."""
    kokoro = Kokoro(voices)
    entries = {voice: dict(files) for voice, files in manifest.load().items()}
    started, seconds = time.monotonic(), 0.0
    for number, each in enumerate(missing, 1):
        audio = telephone(kokoro.say(each.text, each.voice, each.speed), RATE_HZ)
        path = manifest.CLIPS / each.voice / file_name(each)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio)
        entries.setdefault(each.voice, {})[manifest.normal(each.text)] = path.name
        seconds += len(audio) / g711.RATE_HZ
        if number % _SAVE_EVERY == 0 or number == len(missing):
            manifest.save(entries)
            took = time.monotonic() - started
            print(f"{number}/{len(missing)} clips, {seconds:.0f} s of speech in {took:.0f} s", flush=True)


def prune(keep: list[Wanted]) -> int:
    """Remove the clips that nothing asks for any more; how many."""
    asked = {(each.voice, manifest.normal(each.text)) for each in keep}
    entries = {
        voice: {text: name for text, name in files.items() if (voice, text) in asked}
        for voice, files in manifest.load().items()
    }
    entries = {voice: files for voice, files in entries.items() if files}
    manifest.save(entries)
    gone = [
        path
        for path in manifest.CLIPS.rglob("*.ulaw")
        if path.name not in entries.get(path.parent.name, {}).values()
    ]
    for path in gone:
        path.unlink()
    return len(gone)


def write_scripts() -> None:
    """Put the product's own recordings where the product looks for them."""
    folder = texts.SCRIPTS / "audio"
    folder.mkdir(exist_ok=True)
    for key, text in texts.script_texts().items():
        if manifest.has(MAYA, text):
            (folder / f"{key}.en.ulaw").write_bytes(manifest.clip(MAYA, text))


def main() -> int:
    """0 when every clip is there and, with --check, every checked one was understood."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--voices", type=Path, required=True, help="folder with kokoro-js' voice files")
    options.add_argument("--only", help="one voice only")
    options.add_argument("--prune", action="store_true", help="remove clips that nothing asks for")
    options.add_argument("--check", action="store_true", help="recognise every sentence of Maya's")
    chosen = options.parse_args()
    everything = wanted()
    missing = [each for each in everything if not manifest.has(each.voice, each.text)]
    missing = [each for each in missing if chosen.only in (None, each.voice)]
    if missing:
        render(missing, chosen.voices)
    write_scripts()
    if chosen.prune:
        print(f"{prune(everything)} clips removed")
    return round_trip(everything) if chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
