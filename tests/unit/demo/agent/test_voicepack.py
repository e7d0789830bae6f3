"""The pack: every sentence that can be asked for is there, and what is put together sounds whole."""

import numpy as np
import pytest

from calls.recordings import AUDIO, scripts
from heartvoice.demo.voicepack import (
    MAYA,
    NotInPack,
    build,
    clip,
    compose,
    g711,
    has,
    manifest,
    speech,
    texts,
)
from heartvoice.demo.voicepack.resample import resample
from heartvoice.demo.voicepack.stretch import stretch

GREETING = "Hello, this is Maya, an automated A I assistant calling for your care team."


def test_every_sentence_that_maya_can_say_is_in_the_pack() -> None:
    assert [each.text for each in texts.maya(MAYA, 1.0) if not has(MAYA, each.text)] == []


def test_every_answer_of_the_simulated_patients_is_in_the_pack() -> None:
    assert [(each.voice, each.text) for each in texts.personas() if not has(each.voice, each.text)] == []


def test_every_clip_is_listed_and_every_listed_clip_exists() -> None:
    on_disk = {(path.parent.name, path.name) for path in manifest.CLIPS.rglob("*.ulaw")}
    listed = {(voice, name) for voice, files in manifest.load().items() for name in files.values()}
    assert on_disk == listed


def test_the_products_recordings_are_the_packs_clips() -> None:
    for key, recording in scripts("en").recorded.items():
        assert (AUDIO / f"{key}.en.ulaw").read_bytes() == clip(MAYA, recording.text)


def test_clips_have_telephone_level_and_do_not_clip() -> None:
    samples = g711.decode(clip(MAYA, GREETING))
    voiced = samples[np.abs(samples) > 0.01]
    level = 10 * np.log10(float(np.mean(np.square(voiced))))
    assert -23 < level < -19
    assert np.mean(np.abs(samples) > 0.98) < 1e-3


def test_a_text_that_is_not_there_says_so_without_naming_it() -> None:
    with pytest.raises(NotInPack) as missing:
        clip(MAYA, "My secret is out.")
    assert "secret" not in str(missing.value)


def test_sentences_are_joined_with_a_pause_and_timed() -> None:
    said = speech(MAYA, f"{GREETING} Goodbye.")
    first, second = said.sentences
    assert (first.text, second.text) == (GREETING, "Goodbye.")
    assert second.start_ms - first.end_ms == compose.SENTENCE_GAP_MS
    assert said.text == f"{GREETING} Goodbye."
    assert abs(said.ms - second.end_ms - compose.SENTENCE_GAP_MS) <= 2


def test_a_number_outside_the_rendered_sentences_is_put_together_from_words() -> None:
    text = "I heard that your weight is one hundred eighty two pounds. Is that right?"
    assert not has(MAYA, text)
    said = speech(MAYA, text)
    assert said.text == text
    assert said.ms > 3000


def test_unknown_words_are_never_left_out() -> None:
    with pytest.raises(NotInPack):
        speech(MAYA, "I heard that your weight is one hundred bananas.")


def test_mu_law_survives_a_round_trip_within_its_steps() -> None:
    samples = np.linspace(-0.95, 0.95, 4001, dtype=np.float32)
    back = g711.decode(g711.encode(samples))
    assert float(np.max(np.abs(back - samples) / np.maximum(np.abs(samples), 0.01))) < 0.06
    assert g711.encode(np.zeros(1, np.float32)) == g711.SILENCE


@pytest.mark.parametrize(("to_hz", "frequency"), [(16000, 440), (24000, 1000), (8000, 300)])
def test_resampling_keeps_a_tone_in_time_and_in_tune(to_hz: int, frequency: int) -> None:
    tone = np.sin(2 * np.pi * frequency * np.arange(8000) / 8000).astype(np.float32)
    expected = np.sin(2 * np.pi * frequency * np.arange(to_hz) / to_hz)
    got = resample(tone, 8000, to_hz)
    assert got.size == to_hz
    middle = slice(to_hz // 4, 3 * to_hz // 4)
    assert float(np.max(np.abs(got[middle] - expected[middle]))) < 0.02


def test_downsampling_keeps_what_fits_and_drops_what_does_not() -> None:
    def level(frequency: int) -> float:
        tone = np.sin(2 * np.pi * frequency * np.arange(24000) / 24000).astype(np.float32)
        return float(np.sqrt(np.mean(np.square(resample(tone, 24000, 8000)[1000:-1000]))))

    assert level(1000) == pytest.approx(2**-0.5, rel=0.02)
    assert level(6000) < 0.01


def test_slower_speech_is_longer_and_keeps_its_pitch() -> None:
    at = np.arange(16000) / 8000
    tone = (0.3 * np.sin(2 * np.pi * 200 * at)).astype(np.float32)
    slow = stretch(tone, 0.8)
    assert slow.size == pytest.approx(tone.size / 0.8, rel=0.05)
    spectrum = np.abs(np.fft.rfft(slow[2000:10000]))
    assert int(spectrum.argmax()) * 8000 / 8000 == pytest.approx(200, abs=3)


def test_file_names_differ_for_texts_that_begin_alike() -> None:
    one, two = (texts.Wanted(MAYA, f"{'the same words ' * 5}{end}") for end in ("a", "b"))
    assert build.file_name(one) != build.file_name(two)
