"""What Maya says, as reviewed: prompts, scripts, explanations and questions. For reading.

These texts are files of a release, versioned with it: a change goes through review and tests, and a version that calls
were made with is never edited. Each call names its version and the prompt's hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

import calls
from calls.models import Call, EducationGiven

ROOT = Path(calls.__file__).parent


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text: where it lies and which column of a call names its version."""

    slug: str
    title: Any
    folder: str
    pattern: str
    version_of: str = ""


KINDS = (
    Kind("prompts", _("Prompts of the voice model"), "prompts", "*/*", "prompt_version"),
    Kind("protocol", _("Questions of the check-in"), "protocol", "*.toml", "protocol_version"),
    Kind("scripts", _("Sentences that are always said in the same words"), "scripts", "*.toml"),
    Kind("education", _("Explanations for patients"), "education", "*.toml"),
)


@dataclass(frozen=True, slots=True)
class TextFile:
    """One file: its name in addresses, its version, and the beginning of its SHA-256."""

    name: str
    version: str
    sha256: str
    size: int
    body: str


def files_of(kind: Kind) -> list[TextFile]:
    """The files of a kind in order of version and name."""
    folder = ROOT / kind.folder
    found = []
    for path in sorted(folder.glob(kind.pattern)):
        if not path.is_file() or path.suffix not in {".toml", ".txt"}:
            continue
        body = path.read_text(encoding="utf-8")
        inside = path.relative_to(folder)
        version = inside.parts[0] if len(inside.parts) > 1 else path.stem
        name = "--".join(inside.parts)
        found.append(TextFile(name, version, hashlib.sha256(body.encode()).hexdigest()[:12], len(body), body))
    return found


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every text by kind, with how many calls were made with its version."""
    groups = [{"kind": kind, "files": files_of(kind), "uses": _uses(kind)} for kind in KINDS]
    topics = EducationGiven.objects.values("topic").annotate(n=Count("pk")).order_by("topic")
    labels = dict(EducationGiven.Topic.choices)
    context = {
        **admin.site.each_context(request),
        "title": _("What Maya says"),
        "groups": groups,
        "topics": [(labels.get(row["topic"], row["topic"]), row["n"]) for row in topics],
    }
    return render(request, "admin/clinic/texts.html", context)


@require_safe
def text(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """One text in full."""
    chosen = next((each for each in KINDS if each.slug == kind), None)
    if chosen is None:
        raise Http404
    file = next((each for each in files_of(chosen) if each.name == name), None)
    if file is None:
        raise Http404
    context = {
        **admin.site.each_context(request), "title": file.name.replace("--", " / "), "kind": chosen, "file": file,
    }  # fmt: skip
    return render(request, "admin/clinic/text.html", context)


def _uses(kind: Kind) -> list[dict[str, Any]]:
    if not kind.version_of:
        return []
    rows = (
        Call.objects.exclude(**{kind.version_of: ""})
        .values(version=F(kind.version_of))
        .annotate(calls=Count("pk"), first=Min("planned_for"), last=Max("planned_for"))
        .order_by("version")
    )
    return [dict(row) for row in rows]
