"""The translators' catalogue: which texts the code marks, and the files that hold their translations.

    python -m tests.support.catalogue        update heartvoice/locale/es/LC_MESSAGES/django.po and compile django.mo

Works without GNU gettext: Django turns a template into marked text, Babel finds the marks.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDERS = ("alerts", "biomarkers", "calls", "heartvoice", "patients", "templates")
PO = ROOT / "heartvoice" / "locale" / "es" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
KEYWORDS = dict.fromkeys(
    ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy")
)
MARKED = re.compile(r"\b(?:[np]?gettext(?:_lazy|_noop)?|_)\s*\(")


class Text(NamedTuple):
    """One marked text, its plural if it has one, and what tells it from the same words elsewhere."""

    id: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.id, self.plural) if self.plural else self.id


def texts() -> dict[Text, list[tuple[str, int]]]:
    """Every marked text with its places."""
    found: dict[Text, list[tuple[str, int]]] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in {".py", ".html"} or "migrations" in path.parts:
                continue
            place = str(path.relative_to(ROOT))
            for line, text in _of_file(path):
                found.setdefault(text, []).append((place, line))
    return found


def _of_file(path: Path) -> Iterator[tuple[int, Text]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        from django.utils.translation.template import templatize

        # One line of marks for each line of the template: everything else is letters that mean nothing.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    if not MARKED.search(source):
        return
    for line, name, messages, _ in extract_python(
        io.BytesIO(source.encode()), KEYWORDS, (), {"encoding": "utf-8"}
    ):
        strings = [each for each in (messages if isinstance(messages, tuple) else (messages,)) if each]
        if name.startswith("n") and len(strings) >= 2:
            yield line, Text(strings[0], plural=strings[1])
        elif name.startswith("p") and len(strings) >= 2:
            yield line, Text(strings[1], context=strings[0])
        elif strings:
            yield line, Text(strings[0])


def read() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="es", domain="django")


def update() -> Catalog:
    """The catalogue with every marked text and no other; what was translated stays."""
    old = read() if PO.exists() else Catalog("es")
    catalog = Catalog("es", domain="django", project="HeartVoice Monitor", version="1", charset="utf-8",
                      fuzzy=False, copyright_holder="HeartVoice Monitor contributors")  # fmt: skip
    for text, places in sorted(texts().items()):
        known = old.get(text.id, text.context or None)
        flags = ["python-format"] if "%(" in text.id + text.plural else []
        locations = sorted({(place, None) for place, _ in places})
        catalog.add(
            text.key,
            known.string if known else None,
            locations=locations,
            flags=flags,
            context=text.context or None,
        )
    return catalog


def write(catalog: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=110, omit_header=False, include_lineno=False, sort_output=True)
    MO.write_bytes(compiled(read()))


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def untranslated(catalog: Catalog) -> list[str | tuple[str, str]]:
    """Texts without a whole translation, or with a doubtful one."""
    return [
        message.id
        for message in catalog
        if message.id
        and (
            message.fuzzy
            or not all(message.string if isinstance(message.string, tuple | list) else [message.string])
        )
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    made = update()
    write(made)
    left = untranslated(made)
    print(f"{len(made)} texts, {len(left)} without a translation")
    for each in left:
        print(" ", each)
    sys.exit(1 if left else 0)
