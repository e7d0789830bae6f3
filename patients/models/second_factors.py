"""The second step of signing in, as administrators see it."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _


class SecondFactor(Authenticator):
    """An authenticator app, a security key or recovery codes of one person. The secret itself is shown to nobody."""

    class Meta:
        proxy = True
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
