"""A migration is asked for when the database changes, and not when a word shown for it does."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import load_command_class
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q

from heartvoice.management.schema_changes import SchemaAutodetector


def limit(message: str, most: int = 300) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(weight__lte=most), name="weight_possible", violation_error_message=message
    )


def state(constraint: models.CheckConstraint | None = None, table: str = "log", **words: Any) -> ProjectState:
    field = models.IntegerField(**({"verbose_name": "weight"} | words))
    options: dict[str, Any] = {"verbose_name": words.get("verbose_name", "log"), "db_table": table}
    options["constraints"] = [constraint or limit("too heavy")]
    found = ProjectState()
    found.add_model(
        ModelState("clinic", "Log", [("id", models.AutoField(primary_key=True)), ("weight", field)], options)
    )
    return found


def changes(before: ProjectState, after: ProjectState) -> list[str]:
    found = SchemaAutodetector(before, after)._detect_changes()
    return [
        type(one).__name__ for migrations in found.values() for each in migrations for one in each.operations
    ]


@pytest.mark.parametrize(
    "after",
    [
        state(verbose_name="peso"),
        state(help_text="in the morning"),
        state(choices=[(1, "light"), (2, "heavy")]),
        state(error_messages={"invalid": "a number, please"}),
        state(limit("that cannot be")),
    ],
    ids=["label", "help", "choices", "errors", "constraint's words"],
)
def test_words_ask_for_no_migration(after: ProjectState) -> None:
    assert changes(state(), after) == []


@pytest.mark.parametrize(
    ("after", "asked"),
    [
        (state(null=True), ["AlterField"]),
        (state(db_index=True), ["AlterField"]),
        (state(limit("too heavy", 400)), ["RemoveConstraint", "AddConstraint"]),
        (state(table="logs"), ["AlterModelTable"]),
    ],
    ids=["null", "index", "constraint", "table"],
)
def test_everything_in_the_database_does(after: ProjectState, asked: list[str]) -> None:
    assert changes(state(), after) == asked


@pytest.mark.parametrize("name", ["makemigrations", "migrate"])
def test_both_commands_compare_so(name: str) -> None:
    assert load_command_class("heartvoice", name).autodetector is SchemaAutodetector
