"""Staff and care teams. The care team is the wall between what two people may see."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHICharField
from heartvoice.shared.models import UUIDModel


class User(AbstractUser):
    """A member of staff. Deactivated, never deleted: the audit trail names them."""

    phone = PHICharField(_("mobile for paging"), max_length=20, blank=True, default="", context="user.phone")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    language = models.CharField(
        _("language of pages"),
        max_length=8,
        blank=True,
        default="",
        choices=[("en", "English"), ("es", "Español")],
        help_text=_("Empty means English."),
    )

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.get_username()


class CareTeam(UUIDModel):
    """A clinic's team. Its members see its patients; nobody else does."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    spoken_name = models.CharField(
        _("spoken name"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("How Maya names the team before identity is known; no condition in it."),
    )
    phone = models.CharField(_("number patients may ring"), max_length=20, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    staffed_from = models.TimeField(_("staffed from"), default="08:00")
    staffed_until = models.TimeField(_("staffed until"), default="17:00")
    staffed_weekdays = models.JSONField(
        _("staffed weekdays"),
        default=list,
        blank=True,
        help_text=_("ISO weekdays, 1 is Monday; empty means 1-5."),
    )
    members = models.ManyToManyField(
        User, verbose_name=_("members"), through="Membership", related_name="care_teams"
    )

    class Meta:
        verbose_name = _("care team")
        verbose_name_plural = _("care teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one team."""

    class Role(models.TextChoices):
        NURSE = "nurse", _("nurse")
        LEAD = "lead", _("clinical lead")
        ADMIN = "admin", _("administrator")

    user = models.ForeignKey(
        User, verbose_name=_("member of staff"), on_delete=models.PROTECT, related_name="memberships"
    )
    team = models.ForeignKey(
        CareTeam, verbose_name=_("team"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.NURSE)

    class Meta:
        verbose_name = _("team membership")
        verbose_name_plural = _("team memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="membership_once_per_team"),
            models.CheckConstraint(
                condition=models.Q(role__in=["nurse", "lead", "admin"]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_role_display())
