"""Re-seals every protected column under the current key. Restartable: only values under an older key are touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from heartvoice.shared.crypto import decrypt, encrypt, key_id
from heartvoice.shared.errors import PHIError
from heartvoice.shared.fields import PHIField, phi_field_names
from heartvoice.shared.keys import current_ring


@dataclass(frozen=True, slots=True)
class Progress:
    """One protected column: how many values were re-sealed and how many an older key still seals."""

    column: str
    resealed: int
    left: int


def rotate(*, batch: int = 500, dry_run: bool = False) -> Iterator[Progress]:
    """Column by column. Raises PHIError when a value does not open: nothing of that batch is changed."""
    kid = next(iter(current_ring()))
    for model in (each for each in apps.get_models() if not each._meta.proxy):
        for name in phi_field_names(model):
            field = model._meta.get_field(name)
            assert isinstance(field, PHIField)  # noqa: S101  (phi_field_names promises it)
            resealed = 0
            while not dry_run and (done := _reseal_batch(model, field, kid, batch)):
                resealed += done
            yield Progress(f"{model._meta.label}.{name}", resealed, _left(model, field, kid))


@transaction.atomic
def _reseal_batch(model: type[models.Model], field: Any, kid: str, batch: int) -> int:
    """The number of values moved to the current key. Rows are locked, and each is read back before it is written."""
    table, column, key = _names(model, field)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('heartvoice.allow_purge', 'on', true)"
        )  # append-only rows keep their text
        cursor.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL AND {column} NOT LIKE %s "  # noqa: S608
            f"ORDER BY {key} LIMIT %s FOR UPDATE SKIP LOCKED",
            [f"v1.{kid}.%", batch],
        )
        rows = cursor.fetchall()
        fresh = []
        for pk, sealed in rows:
            text = decrypt(sealed, field.aad)
            again = encrypt(text, field.aad)
            if key_id(again) != kid or decrypt(again, field.aad) != text:
                raise PHIError(f"{field.context}: a re-sealed value did not read back")
            fresh.append((again, pk, sealed))
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", fresh)  # noqa: S608
    return len(rows)


def _left(model: type[models.Model], field: Any, kid: str) -> int:
    table, column, _ = _names(model, field)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} NOT LIKE %s",  # noqa: S608
            [f"v1.{kid}.%"],
        )
        count: int = cursor.fetchone()[0]
    return count


def _names(model: type[models.Model], field: Any) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    assert model._meta.pk is not None  # noqa: S101
    return quote(model._meta.db_table), quote(field.column), quote(model._meta.pk.column)
