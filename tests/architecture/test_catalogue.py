"""The Spanish catalogue is whole: every marked text is translated, none is left over, and what runs is what is read."""

from __future__ import annotations

import re

from tests.support.catalogue import MO, Text, compiled, read, texts, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{n\}|%%")
HOW = "run: python -m tests.support.catalogue"


def listed() -> set[Text]:
    return {
        Text(*message.id, context=message.context or "")
        if isinstance(message.id, tuple | list)
        else Text(message.id, context=message.context or "")
        for message in read()
        if message.id
    }


def test_the_marks_are_found_in_code_and_templates() -> None:
    found = texts()
    places = {place.rsplit(".", 1)[-1] for each in found.values() for place, _ in each}
    assert len(found) > 500 and places == {"py", "html"}
    assert any(text.plural for text in found) and any(text.context for text in found)


def test_the_catalogue_holds_every_marked_text_and_no_other() -> None:
    marked = set(texts())
    assert marked - listed() == set(), HOW
    assert listed() - marked == set(), HOW


def test_no_text_is_without_a_translation_or_doubtful() -> None:
    assert untranslated(read()) == []


def test_a_translation_has_the_placeholders_of_its_text() -> None:
    wrong = []
    for message in read():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        wrong += [
            (text, said)
            for text, said in zip(ids, strings, strict=True)
            if set(PLACEHOLDER.findall(text)) - {"%(n)s"} != set(PLACEHOLDER.findall(said)) - {"%(n)s"}
        ]
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    assert MO.read_bytes() == compiled(read()), HOW
