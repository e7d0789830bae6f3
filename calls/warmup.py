"""Loads at start what the first call would otherwise wait and pay for: texts, recordings, lexicon, routes."""

from __future__ import annotations

from django.urls import get_resolver

from alerts.phrases import ScanContext, Segment, scan
from alerts.rules import load_ruleset
from calls import detector
from calls.checkin import load_protocol
from calls.instructions import load_prompts
from calls.pricing import prices
from calls.recordings import LANGUAGES, scripts
from calls.twilio.twiml import hang_up

SAMPLE = "No, I have not had any chest pain, and I did not fall. Sí, tengo mareos."


def warm_up() -> None:
    """Everything that every call shares is in memory. Raises what is wrong with it, before a patient calls."""
    for language in LANGUAGES:
        scripts(language)
    load_prompts()
    load_protocol()
    load_ruleset()
    prices()
    scan(Segment(SAMPLE), ScanContext())
    detector.PROCESS.is_well()
    hang_up()
    get_resolver().check()  # imports every view
