"""Putting a rule set into force, and giving a patient a threshold of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alerts.models import RuleSetVersion
from alerts.overrides import Override, check
from alerts.rules import load_ruleset, parse_ruleset
from alerts.ruleset import RuleSetError
from alerts.ruleset_text import next_version, with_numbers
from alerts.selectors import ruleset_in_force, ruleset_text_in_force
from alerts.simulation import Change, changed
from alerts.weakening import weakened_emergencies
from heartvoice.shared.errors import Conflict, DomainError
from patients.local_time import end_of
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
    if weaker := weakened_emergencies(rules, load_ruleset()):
        raise DomainError(f"weakens emergency rules: {', '.join(weaker)}", code="weakens_emergency")
    RuleSetVersion.objects.filter(in_force_since__isnull=False, retired_at__isnull=True).update(
        retired_at=now
    )
    row.in_force_since, row.activated_by = now, by
    row.save(update_fields=["in_force_since", "activated_by"])
    return row


@transaction.atomic
def ruleset_draft(
    *, changes: Sequence[Change], reason: str, by: User, signed_off_by: str, now: datetime | None = None
) -> RuleSetVersion:
    """The rules in force with these numbers, as a new version that is signed off but not in force yet.

    Raises DomainError for no change, no reason, an unknown number, or one that weakens an emergency rule.
    """
    now = now or timezone.now()
    if not changes or not reason.strip():
        raise DomainError("a new version needs a change and a reason", code="reason_missing")
    list(RuleSetVersion.objects.select_for_update().values_list("pk", flat=True))
    base = ruleset_in_force()
    version = next_version(base.version, RuleSetVersion.objects.values_list("version", flat=True))
    try:
        changed(base, changes)
        text = with_numbers(
            ruleset_text_in_force(),
            {(one.rule_id, one.parameter): one.value for one in changes},
            version=version,
            dated=now.date(),
            signed_off_by=signed_off_by,
        )
        parse_ruleset(text)
    except RuleSetError as error:
        raise DomainError(str(error), code="unusable_ruleset") from None
    told = ", ".join(f"{one.rule_id}.{one.parameter} = {one.value:g}" for one in changes)
    note = f"# {version}, by {by.get_username()}: {told}. {' '.join(reason.split())}\n"
    return RuleSetVersion.objects.create(
        version=version, body=note + text, signed_off_by=signed_off_by, signed_off_on=now.date()
    )


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
        expires_at=end_of(patient, valid_until),
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
