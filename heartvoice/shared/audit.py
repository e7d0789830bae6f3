"""Registers models with django-auditlog so that it records that a protected value changed, never the value."""

from __future__ import annotations

from typing import Any

from auditlog.registry import auditlog
from django.db import models

from heartvoice.shared.fields import phi_field_names

MASK = "[changed]"


def masked(value: Any) -> str:
    """What the audit log shows in place of a protected value."""
    return MASK


def audited(*all_models: type[models.Model], also_mask: tuple[str, ...] = ()) -> None:
    """Record changes of these models, with every protected and index field masked."""
    for model in all_models:
        own = {field.name for field in model._meta.get_fields()}
        masks = [*phi_field_names(model), *(name for name in also_mask if name in own)]
        auditlog.register(model, mask_fields=masks, mask_callable="heartvoice.shared.audit.masked")
