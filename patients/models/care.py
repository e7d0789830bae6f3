"""Staff and care teams. The care team is the wall between what two people may see."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from heartvoice.shared.fields import PHICharField
from heartvoice.shared.models import UUIDModel


class User(AbstractUser):
    """A member of staff. Deactivated, never deleted: the audit trail names them."""

    phone = PHICharField("mobile for paging", max_length=20, blank=True, default="", context="user.phone")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(
        "language of pages",
        max_length=8,
        blank=True,
        default="",
        choices=[("en", "English"), ("es", "Español")],
        help_text="Empty means English.",
    )

    def __str__(self) -> str:
        return self.get_username()


class CareTeam(UUIDModel):
    """A clinic's team. Its members see its patients; nobody else does."""

    name = models.CharField(max_length=120, unique=True)
    spoken_name = models.CharField(
        max_length=120,
        blank=True,
        default="",
        help_text="How Maya names the team before identity is known; no condition in it.",
    )
    phone = models.CharField("number patients may ring", max_length=20, blank=True, default="")
    time_zone = models.CharField(max_length=64, default="America/New_York")
    staffed_from = models.TimeField(default="08:00")
    staffed_until = models.TimeField(default="17:00")
    staffed_weekdays = models.JSONField(
        default=list, blank=True, help_text="ISO weekdays, 1 is Monday; empty means 1-5."
    )
    members = models.ManyToManyField(User, through="Membership", related_name="care_teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one team."""

    class Role(models.TextChoices):
        NURSE = "nurse", "nurse"
        LEAD = "lead", "clinical lead"
        ADMIN = "admin", "administrator"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(CareTeam, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.NURSE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="membership_once_per_team"),
            models.CheckConstraint(
                condition=models.Q(role__in=["nurse", "lead", "admin"]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"
