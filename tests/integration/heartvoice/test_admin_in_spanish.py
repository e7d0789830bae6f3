"""The pages of the administration in Spanish hold no English but what people wrote and what codes are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from patients.models import User
from tests.support.admin_pages import admin_addresses
from tests.support.clinic import begin_clinic
from tests.support.signing_in import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis"), pytest.mark.timeout(600)]

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|to|with|for|this|that|select|add|change|view|by|from|until|not|was|were|yes|at|any|time"
    r"|today|past|days|show|history|save|last|used|rows?|home)\b",
    re.IGNORECASE,
)
# What people or machines wrote, not the pages: names of accounts, versions, stored reasons.
WRITTEN = re.compile(
    r"power of attorney|^the patient’s own word$|demo-history|history-\d|^[\[{]|Heart Failure Clinic|@"
    r"|^(nurse2?|lead|admin|boss|English|Nurse|Ada|Boss)$|^(?:Usuario|Miembro del personal) "
)
STORED = {
    "alerts_alert row",
    "alerts_caretask row",
    "alerts_rulesetversion row",
    "calls_followup row",
    "patients_patientnote row",
    "auditlog_logentry row",
}  # pages whose values are sentences that somebody wrote, or the values of columns
SKIPPED = {"script", "style", "pre", "textarea", "title", "code"}
SHOWN = ("title", "aria-label", "placeholder", "alt")


class Words(HTMLParser):
    """What a reader sees or hears: text, names of controls, labels of buttons."""

    def __init__(self, *, with_values: bool) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = self.values = 0
        self.with_values = with_values

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in SKIPPED
        known = dict(attrs)
        if tag == "div" and (self.values or known.get("class") == "readonly"):
            self.values += 1
        self.found += [str(known[name]) for name in SHOWN if known.get(name)]
        if tag == "input" and known.get("type") in {"submit", "button", "reset"}:
            self.found.append(known.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in SKIPPED
        if tag == "div" and self.values:
            self.values -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip() and (self.with_values or not self.values):
            self.found.append(" ".join(data.split()))


def english_left(page: str, *, with_values: bool = True) -> Iterator[str]:
    """Texts that hold an English word, or that the catalogues know under their English words."""
    words = Words(with_values=with_values)
    words.feed(page)
    for text in words.found:
        if WRITTEN.search(text):
            continue
        plain = text.strip(" :.*")
        forms = {plain, plain[:1].lower() + plain[1:], plain[:1].upper() + plain[1:]} - {""}
        if ENGLISH.search(text) or any(gettext(form) != form for form in forms if not known_in_spanish(form)):
            yield text


def known_in_spanish(text: str) -> bool:
    """The same letters are a Spanish word too."""
    return text.casefold() in {
        "general",
        "error",
        "fax",
        "no",
        "plan",
        "final",
        "total",
        "local",
        "actor",
        "base",
        "social",
    }


def test_no_page_of_the_administration_has_english_left() -> None:
    boss = begin_clinic().boss
    User.objects.filter(pk=boss.pk).update(language="es")
    client = Client()
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    prove(client)
    addresses = admin_addresses(boss)
    assert len(addresses) > 80
    left: dict[str, list[str]] = {}
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        page = answer.content.decode()
        assert '<html lang="es"' in page
        with override("es"):
            for text in english_left(page, with_values=name not in STORED):
                left.setdefault(text, []).append(name)
    assert left == {}, "\n".join(f"{text[:90]} | {names[0]}" for text, names in left.items())


def test_the_look_finds_english() -> None:
    page = (
        "<p>Guardar</p><p title='Add'>x</p><input type='submit' value='Save and continue'><th>Medicines</th>"
    )
    with override("es"):
        assert list(english_left(page)) == ["Add", "Save and continue", "Medicines"]
