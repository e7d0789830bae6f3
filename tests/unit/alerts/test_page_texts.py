"""What a page says, in both languages, and what it never says."""

from __future__ import annotations

import pytest

from alerts.page_texts import LANGUAGES, VOICES, language_of, reply_text, sms_text, spoken_text, subject_text
from alerts.severity import Severity

URL = "https://monitor.example"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", ["page", "escalation", "test", "fault"])
@pytest.mark.parametrize("severity", [*[one.value for one in Severity], ""])
def test_every_page_has_its_words_in_every_language(language: str, purpose: str, severity: str) -> None:
    text = sms_text(purpose=purpose, severity=severity, url=URL, language=language)
    spoken = spoken_text(purpose=purpose, severity=severity, language=language)
    assert text.startswith("HeartVoice") and "{" not in text + spoken
    assert "1" in spoken and language in VOICES
    assert len(text) <= 160 and subject_text(purpose=purpose, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_about_a_fault_sends_nobody_to_the_worklist(language: str) -> None:
    texts = [
        sms_text(purpose="fault", severity="", url=URL, language=language),
        spoken_text(purpose="fault", severity="", language=language),
        subject_text(purpose="fault", language=language),
    ]
    for text in texts:
        assert URL not in text and "alert" not in text and ("assistant" in text or "asistente" in text)


def test_an_escalated_page_says_so() -> None:
    first, again = (
        sms_text(purpose=purpose, severity="high", url=URL, language="en")
        for purpose in ("page", "escalation")
    )
    assert "escalated to you" in again and "escalated" not in first


@pytest.mark.parametrize("code", ["taken", "already_taken", "tested", "gone", "other_key", "no_key"])
def test_every_answer_to_a_key_exists_in_every_language(code: str) -> None:
    assert len({reply_text(code, language) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("", "en"), ("en", "en"), ("es", "es"), ("es-MX", "es"), ("ES", "es"), ("fr", "en")],
)
def test_a_language_without_words_is_spoken_to_in_english(wanted: str, spoken: str) -> None:
    assert language_of(wanted) == spoken
