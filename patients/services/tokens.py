"""API tokens: issued once, shown once, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from heartvoice.shared.errors import DomainError
from patients.models import ApiToken, User

PREFIX = "hv_"
LONGEST_DAYS = 366
USED_RESOLUTION = timedelta(minutes=5)  # one write per five minutes, not per request


@transaction.atomic
def api_token_issue(*, user: User, label: str, days: int, may_write: bool = False) -> tuple[ApiToken, str]:
    """The row and the token's text, which is nowhere else from now on."""
    if not 1 <= days <= LONGEST_DAYS:
        raise DomainError(f"a token lives for 1 to {LONGEST_DAYS} days", code="bad_lifetime")
    if not label.strip():
        raise DomainError("a token needs a label", code="no_label")
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        label=label.strip(),
        token_hash=token_hash(text),
        may_write=may_write,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return row, text


def api_token_revoke(*, token: ApiToken) -> int:
    """1 when it worked until now, else 0. It opens nothing from this moment on."""
    return ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def api_token_open(text: str) -> ApiToken | None:
    """The token of that text, if it is in force and its person may still sign in."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(
            token_hash=token_hash(text), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
        )
        .first()
    )
    if token is not None and (token.last_used_at is None or now - token.last_used_at > USED_RESOLUTION):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def token_hash(text: str) -> str:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()
