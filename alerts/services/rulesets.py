"""Putting a rule set into force, and giving a patient a threshold of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alerts.models import RuleSetVersion
from alerts.overrides import Override, check
from alerts.rules import parse_ruleset
from alerts.ruleset import RuleSetError
from alerts.selectors import ruleset_in_force
from heartvoice.shared.errors import Conflict, DomainError
from patients.models import Patient, ThresholdOverride, User
from patients.services import override_set


@transaction.atomic
def ruleset_activate(*, version: RuleSetVersion, by: User, now: datetime | None = None) -> RuleSetVersion:
    """This version is in force from now on, the one before it is retired. It must parse and be signed off."""
    now = now or timezone.now()
    list(RuleSetVersion.objects.select_for_update().values_list("pk", flat=True))
    row = RuleSetVersion.objects.get(pk=version.pk)
    if row.in_force_since is not None:
        raise Conflict("this version has been in force already", code="already_used")
    if not row.signed_off_by.strip() or row.signed_off_on is None:
        raise DomainError("a rule set is signed off before it is put into force", code="not_signed_off")
    try:
        rules = parse_ruleset(row.body)
    except RuleSetError as error:
        raise DomainError(f"the rule set is not usable: {error}", code="unusable_ruleset") from None
    if rules.version != row.version:
        raise DomainError(f"the text calls itself {rules.version}", code="unusable_ruleset")
    RuleSetVersion.objects.filter(in_force_since__isnull=False, retired_at__isnull=True).update(
        retired_at=now
    )
    row.in_force_since, row.activated_by = now, by
    row.save(update_fields=["in_force_since", "activated_by"])
    return row


def threshold_set(
    *,
    patient: Patient,
    rule_id: str,
    parameter: str,
    value: Decimal,
    reason: str,
    set_by: User,
    valid_until: date,
) -> ThresholdOverride:
    """A patient's own number, if the rules in force allow it: known rule and number, in range, not for ever."""
    now = timezone.now()
    wanted = Override(
        id="",
        rule_id=rule_id,
        parameter=parameter,
        value=float(value),
        clinician=set_by.get_username(),
        reason=reason,
        starts_at=now,
        expires_at=datetime.combine(valid_until + timedelta(days=1), time(), UTC),
    )
    try:
        check(ruleset_in_force(), wanted)
    except RuleSetError as error:
        raise DomainError(str(error), code="threshold_refused") from None
    return override_set(
        patient=patient,
        rule_id=rule_id,
        parameter=parameter,
        value=value,
        reason=reason,
        set_by=set_by,
        valid_until=valid_until,
    )
