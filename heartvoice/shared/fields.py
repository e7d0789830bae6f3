"""Model fields for protected health information.

The classes of django-encrypted-model-fields with AES-256-GCM underneath. The package alone returns the
stored text when it cannot decrypt, decrypts what a form submits, and stores the SQL of `bulk_update`;
here a value that does not open raises, input is never decrypted, and expressions are refused.

`context` is a fixed name that goes into the additional data: renaming a model or field keeps old rows readable.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Case, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull
from encrypted_model_fields import fields as emf

from heartvoice.shared.crypto import decrypt, encrypt
from heartvoice.shared.errors import PHIError
from heartvoice.shared.keys import blind_index


class PHIField(emf.EncryptedMixin):  # type: ignore[misc]
    """Encrypted at rest, compared only with isnull, and never decrypted from input."""

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    @property
    def aad(self) -> bytes:
        return f"PHI|{self.context}".encode()

    def to_python(self, value: Any) -> Any:
        return super(emf.EncryptedMixin, self).to_python(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        try:
            return self.loads(decrypt(value, self.aad))
        except PHIError:
            raise PHIError(f"{self.context}: no key opens this value") from None

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):
            self._refuse_foreign_values(value)
            return value
        if value is None:
            return None
        return encrypt(self.dumps(self.get_prep_value(value)), self.aad)

    def _refuse_foreign_values(self, expression: Any) -> None:
        """Let `bulk_update` through (a CASE whose results are values of this field); nothing else."""
        match expression:
            case Case():
                for branch in [*expression.cases, expression.default]:
                    self._refuse_foreign_values(branch)
            case When():
                self._refuse_foreign_values(expression.result)
            case Cast():
                for source in expression.get_source_expressions():
                    self._refuse_foreign_values(source)
            case Value() if expression.value is None or expression.output_field is self:
                pass
            case _:
                raise TypeError(f"{self.context} is encrypted: no database expression can be stored in it")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return IsNull
        raise FieldError(f"{self.context} is encrypted: look it up by its blind index")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.context} is encrypted")

    def dumps(self, value: Any) -> str:
        return str(value)

    def loads(self, text: str) -> Any:
        return super(emf.EncryptedMixin, self).to_python(text)


class PHICharField(PHIField, emf.EncryptedCharField):  # type: ignore[misc]
    """Short protected text."""

    if TYPE_CHECKING:

        def __get__(self, instance: models.Model | None, owner: Any) -> str: ...
        def __set__(self, instance: models.Model, value: str) -> None: ...


class PHITextField(PHIField, emf.EncryptedTextField):  # type: ignore[misc]
    """Long protected text."""

    if TYPE_CHECKING:

        def __get__(self, instance: models.Model | None, owner: Any) -> str: ...
        def __set__(self, instance: models.Model, value: str) -> None: ...


class PHIDateField(PHIField, emf.EncryptedDateField):  # type: ignore[misc]
    """A protected date."""

    if TYPE_CHECKING:

        def __get__(self, instance: models.Model | None, owner: Any) -> date: ...
        def __set__(self, instance: models.Model, value: date) -> None: ...


class PHIJSONField(PHIField, models.JSONField):
    """Protected JSON. The package has none of its own."""

    def get_internal_type(self) -> str:
        return "TextField"

    def db_type(self, connection: Any) -> str:
        return "text"

    def get_prep_value(self, value: Any) -> Any:
        return value

    def dumps(self, value: Any) -> str:
        return json.dumps(value, cls=self.encoder, separators=(",", ":"), ensure_ascii=False)

    def loads(self, text: str) -> Any:
        return json.loads(text, cls=self.decoder)


def phi_field_names(model: type[models.Model]) -> list[str]:
    """The protected fields of a model, by name."""
    return [field.name for field in model._meta.get_fields() if isinstance(field, PHIField)]


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The keyed fingerprint of another field of the row, kept right on every save. Look up with `blind_index`.

    `source` names the field; `purpose` separates indexes. The source holds its normal form already.
    """

    def __init__(self, *args: Any, source: str, purpose: str, **kwargs: Any) -> None:
        self.source, self.purpose = source, purpose
        kwargs.update(max_length=64, editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "editable", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = getattr(model_instance, self.source) or ""
        index = blind_index(self.purpose, value) if value else ""
        setattr(model_instance, self.attname, index)
        return index
