"""One line about the weather where the patient lives, for small talk. Off unless WEATHER_URL is configured.

The provider is asked for a city and state, never for a patient. The line is fetched before the call and kept for three
hours; a call never waits for it. It enters the prompt as a quote.
"""

from __future__ import annotations

import logging
from urllib.parse import quote

import requests
from django.conf import settings
from django.core.cache import cache

from heartvoice.shared.keys import log_hash

log = logging.getLogger(__name__)

KEEP_S = 3 * 3600
TIMEOUT_S = 3.0
MAX_CHARS = 120
MAX_BYTES = 4096


def weather_known(city: str, state: str) -> str:
    """The line fetched for this place in the last hours; "" when there is none."""
    if not settings.WEATHER_URL or not city:
        return ""
    try:
        return str(cache.get(_key(city, state)) or "")
    except Exception:  # Redis away: there is no small talk about the weather
        return ""


def weather_fetch(city: str, state: str) -> str:
    """Ask the provider and keep its line. "" for any failure: the weather is never worth an error.

    WEATHER_URL holds {city} and {state}; the answer is one line of text, or JSON with a `summary`.
    """
    if not settings.WEATHER_URL or not city or weather_known(city, state):
        return weather_known(city, state)
    url = settings.WEATHER_URL.replace("{city}", quote(city)).replace("{state}", quote(state))
    try:
        answer = requests.get(url, timeout=TIMEOUT_S, allow_redirects=False)
        answer.raise_for_status()
        line = _line(answer)
    except (requests.RequestException, ValueError) as error:
        log.info("no weather", extra={"error_type": type(error).__name__})
        return ""
    cache.set(_key(city, state), line, KEEP_S)
    return line


def _line(answer: requests.Response) -> str:
    if "json" in answer.headers.get("Content-Type", ""):
        return str(answer.json().get("summary", ""))[:MAX_CHARS]
    return " ".join(answer.content[:MAX_BYTES].decode("utf-8", "replace").split())[:MAX_CHARS]


def _key(city: str, state: str) -> str:
    return f"weather:{log_hash('place', f'{city}|{state}'.casefold())}"
