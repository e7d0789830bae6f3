"""What a member of staff sets for themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from heartvoice.shared.errors import DomainError
from patients.models import User


@transaction.atomic
def user_language_set(*, user: User, language: str) -> User:
    """The language of the person's pages and messages; empty follows the browser."""
    if language and language not in dict(settings.LANGUAGES):
        raise DomainError("unknown language", code="bad_language")
    row = User.objects.select_for_update().get(pk=user.pk)
    row.language = language
    row.save(update_fields=["language"])
    return row
