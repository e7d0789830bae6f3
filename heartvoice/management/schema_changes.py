"""What a migration is written for: changes of the database, not of the words shown for it.

Django also writes a migration when a label, a help text, the wording of a choice or of a constraint's error changes.
Here every such word is translatable and lives with its model; 137 operations to name the fields of one app change no
table, and each would be applied whenever a test database is made.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

OF_A_FIELD = ("verbose_name", "help_text", "choices", "error_messages")
OF_A_MODEL = ("verbose_name", "verbose_name_plural")


class SchemaAutodetector(MigrationAutodetector):
    """Django's comparison of models and migrations, blind to words."""

    def __init__(
        self, from_state: ProjectState, to_state: ProjectState, questioner: MigrationQuestioner | None = None
    ) -> None:
        for state in (from_state, to_state):
            for model in state.models.values():
                model.options = _without_words(model.options)
        super().__init__(from_state, to_state, questioner)

    def deep_deconstruct(self, obj: Any) -> Any:
        if not isinstance(obj, models.Field):
            return super().deep_deconstruct(obj)
        path, arguments, named = super().deep_deconstruct(obj)
        return path, arguments, {name: value for name, value in named.items() if name not in OF_A_FIELD}


def _without_words(options: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in options.items() if name not in OF_A_MODEL}
    if "constraints" in kept:
        kept["constraints"] = [_unworded(constraint) for constraint in kept["constraints"]]
    return kept


def _unworded(constraint: models.BaseConstraint) -> models.BaseConstraint:
    _, arguments, named = constraint.deconstruct()
    named.pop("violation_error_message", None)
    return type(constraint)(*arguments, **named)
