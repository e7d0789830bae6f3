"""An administrator starts a password and never sets one: a link that works once, for half an hour."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from patients.models import User
from tests.support.factories import make_team, make_user
from tests.support.signing_in import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEW = "quiet-Harbour-77-lamps"


@pytest.fixture
def boss() -> User:
    return make_user(make_team("Ours"), "admin", username="boss", is_staff=True, is_superuser=True)


@pytest.fixture
def client(boss: User) -> Client:
    client = Client()
    client.force_login(boss, backend=BACKEND)
    prove(client)
    return client


@pytest.fixture
def nurse(boss: User) -> User:
    return make_user(boss.care_teams.get(), username="nadia", email="nadia@example.org")


@pytest.fixture
def no_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


def start(client: Client, person: User) -> Any:
    return client.post(f"/admin/patients/user/{person.pk}/password-link/", follow=True)


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/[^\s<]+)", text)
    assert found, text
    return found[1]


def set_password(path: str, password: str = NEW) -> Any:
    visitor = Client()
    page = visitor.get(path, follow=True)
    if page.context.get("token_fail"):
        return page
    return visitor.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_no_page_of_the_administration_sets_a_colleagues_password(
    client: Client, nurse: User, boss: User
) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[nurse.pk])
    before = nurse.password
    for person in (nurse, boss):
        answer = client.post(
            f"/admin/patients/user/{person.pk}/password/",
            {"password1": NEW, "password2": NEW, "usable_password": "true"},
        )
        assert answer.status_code in (302, 404)
        person.refresh_from_db()
        assert not person.check_password(NEW)
    page = client.get(f"/admin/patients/user/{nurse.pk}/change/").content.decode()
    assert "argon2" not in page and 'type="password"' not in page and 'name="password' not in page
    nurse.refresh_from_db()
    assert nurse.password == before


def test_a_new_account_opens_to_nobody_until_its_owner_has_set_a_password(
    client: Client, no_mail: None
) -> None:
    page = client.get("/admin/patients/user/add/").content.decode()
    assert 'type="password"' not in page
    inline = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    form = {"username": "carla", "email": "", "password1": NEW, "password2": NEW, **inline}
    assert client.post("/admin/patients/user/add/", form).status_code == 302
    person = User.objects.get(username="carla")
    assert not person.has_usable_password()
    link = link_in(start(client, person).content.decode())
    assert set_password(link).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_the_link_goes_by_mail_and_the_administrator_does_not_see_it(
    client: Client, nurse: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = start(client, nurse).content.decode()
    assert "/accounts/password/reset/key/" not in page and "sent by e-mail" in page
    (letter,) = mail.outbox
    assert letter.to == ["nadia@example.org"]
    assert set_password(link_in(letter.body)).status_code == 302
    nurse.refresh_from_db()
    assert nurse.check_password(NEW)
    entry = LogEntry.objects.get(object_id=str(nurse.pk))
    assert entry.user.username == "boss" and "sent a link" in entry.change_message


def test_the_letter_is_in_the_language_of_the_person(client: Client, nurse: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(pk=nurse.pk).update(language="es")
    start(client, nurse)
    assert "contraseña" in mail.outbox[0].subject


def test_mail_that_fails_is_said_and_not_written_down_as_sent(
    client: Client, nurse: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def fail(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    assert "could not be sent" in start(client, nurse).content.decode()
    assert not LogEntry.objects.exists()


def test_without_mail_the_link_is_shown_once_and_written_down(
    client: Client, nurse: User, no_mail: None
) -> None:
    answer = start(client, nurse)
    assert "no-store" in answer["Cache-Control"]
    link_in(answer.content.decode())
    assert "showed a link" in LogEntry.objects.get().change_message
    assert client.get(f"/admin/patients/user/{nurse.pk}/password-link/").status_code == 405


def test_the_link_works_once_ends_the_sessions_and_does_not_sign_in(
    client: Client, nurse: User, no_mail: None
) -> None:
    session = Client()
    session.force_login(nurse, backend=BACKEND)
    assert session.get("/").status_code == 200
    link = link_in(start(client, nurse).content.decode())
    assert set_password(link).status_code == 302
    assert session.get("/").status_code == 302
    second = set_password(link, "another-Harbour-88-lamps")
    assert second.context["token_fail"]
    nurse.refresh_from_db()
    assert nurse.check_password(NEW)


def test_the_link_is_over_after_half_an_hour(
    client: Client, nurse: User, no_mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_in(start(client, nurse).content.decode())
    for minutes, is_over in ((29, False), (31, True)):
        later = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005  (as Django's generator counts)
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _, at=later: at)
        assert bool(Client().get(link, follow=True).context.get("token_fail")) is is_over


def test_a_weak_password_is_refused_by_the_link_too(client: Client, nurse: User, no_mail: None) -> None:
    link = link_in(start(client, nurse).content.decode())
    assert set_password(link, "short").status_code == 200
    nurse.refresh_from_db()
    assert not nurse.check_password("short")


def test_ones_own_password_and_a_closed_account_have_no_link(
    client: Client, boss: User, nurse: User, no_mail: None
) -> None:
    own = client.post(f"/admin/patients/user/{boss.pk}/password-link/")
    assert own.status_code == 302 and own["Location"] == "/accounts/password/change/"
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    page = start(client, nurse).content.decode()
    assert "This account is closed" in page and "/reset/key/" not in page


def test_only_an_administrator_starts_a_link(nurse: User, boss: User) -> None:
    other = Client()
    other.force_login(nurse, backend=BACKEND)
    answer = other.post(f"/admin/patients/user/{boss.pk}/password-link/")
    assert answer.status_code == 302 and "/admin/login/" in answer["Location"]
