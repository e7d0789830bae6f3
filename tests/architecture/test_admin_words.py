"""Every word that the administration shows for a model has its Spanish: names, fields, choices, help, filters, actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.test import RequestFactory
from django.utils.translation import gettext, override

from heartvoice.clinic.site import GROUPS
from patients.models import User

OURS = {"patients", "alerts", "biomarkers", "calls"}

# The same in both languages: names, abbreviations, loan words, units, and lists of stored codes.
SAME = {
    "ARNI", "English", "Español", "ID", "Maya", "PHQ-2 (0-6)",
    "error", "fax", "general", "jitter", "jitter (ppq5)", "shimmer", "vericiguat", "–",
    "I", "II", "III", "IV", "0", "1", "2", "3", "4", "dB", "Hz", "s", "1/min",
    "first_audio, turn_p50, turn_p95, barge_in_p95, …", "cold, dentures, loud_room, speakerphone, …",
    "connection_timeout, rate_limit, audio_error, critical, …",
}  # fmt: skip


def pages() -> list[tuple[Any, Any]]:
    """Each model with its page, those inside other pages too."""
    found = list(admin.site._registry.items())
    return found + [
        (inline.model, inline(model, admin.site)) for model, page in found for inline in page.inlines
    ]


def field_words(field: Any) -> Iterator[str]:
    yield str(field.verbose_name)
    yield str(field.help_text)
    yield from (str(label) for _, label in field.flatchoices or ())


def form_words(form: Any) -> Iterator[str]:
    for field in form.declared_fields.values():
        yield str(field.label)
        yield str(field.help_text)
        for value, label in getattr(field, "choices", ()):
            if "/" not in str(label) and not isinstance(label, list | tuple):
                yield str(label)
            elif isinstance(label, list | tuple):
                yield str(value)  # the name of a group


def column_words(model: Any, page: Any, name: Any) -> Iterator[str]:
    if name == "action_checkbox":
        return
    yield str(label_for_field(name, model, page))


def filter_words(model: Any, page: Any) -> Iterator[str]:
    for each in getattr(page, "list_filter", ()):
        if isinstance(each, type):
            yield str(each.title)
        else:
            path = each[0] if isinstance(each, tuple) else each
            for part in path.split("__"):
                field = model._meta.get_field(part)
                model = getattr(field, "related_model", None) or model
            yield str(field.verbose_name)
            model = page.model


def request_of_an_administrator() -> Any:
    request = RequestFactory().get("/admin/")
    request.user = User(username="boss", is_staff=True, is_superuser=True, is_active=True)
    return request


def words_of(model: Any, page: Any) -> list[str]:
    """In the language that is active, always in the same order."""
    request = request_of_an_administrator()
    found = [str(model._meta.verbose_name), str(model._meta.verbose_name_plural)]
    if model._meta.app_label in OURS and not model._meta.proxy:
        for field in model._meta.concrete_fields:
            found += field_words(field)
    for name in flatten_fieldsets(page.fieldsets or ()) + list(page.readonly_fields):
        try:
            found += field_words(model._meta.get_field(name))
        except FieldDoesNotExist:
            if name not in page.form.declared_fields:
                found += column_words(model, page, name)
    for name, options in page.fieldsets or ():
        found += [str(name or ""), str(options.get("description", ""))]
    found += form_words(page.form)
    if isinstance(page, admin.ModelAdmin):
        for column in page.get_list_display(request):
            found += column_words(model, page, column)
        found += filter_words(model, page)
        found += [str(said) for _, name, said in page._get_base_actions() if name != "delete_selected"]
        found.append(str(page.search_help_text or ""))
    return found


def test_every_word_of_every_model_in_the_administration_is_translated() -> None:
    left: dict[str, set[str]] = {}
    seen = 0
    for model, page in pages():
        with override("en"):
            english = words_of(model, page)
        with override("es"):
            spanish = words_of(model, page)
        assert len(english) == len(spanish)
        seen += len(english)
        same = {
            text
            for text, said in zip(english, spanish, strict=True)
            if text and text == said and text not in SAME
        }
        if same:
            left[model._meta.label] = same
    assert seen > 1500
    assert left == {}


def test_every_group_and_title_of_the_administration_is_translated() -> None:
    with override("en"):
        texts = [str(name) for _, name, _ in GROUPS]
        texts += [str(admin.site.index_title), str(admin.site.site_title)]
    with override("es"):
        assert [text for text in texts if gettext(text) == text] == []


def test_no_model_of_the_administration_stands_outside_the_groups() -> None:
    listed = {name for _, _, names in GROUPS for name in names}
    assert {model.__name__ for model in admin.site._registry} == listed
