"""What a rendered page must keep to: HTML's own grammar, and the rules on names and nesting that break pages in silence.

The grammar is judged by justhtml, which follows the standard's parsing algorithm; each parse error counts. The rules
after it are the standard's requirements that a parser forgives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from justhtml import JustHTML

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list")
INTERACTIVE = {"a", "button", "select", "textarea", "input", "summary", "label", "details"}
CHILDREN = {
    "ul": {"li", "template", "script"}, "ol": {"li", "template", "script"}, "dl": {"dt", "dd", "div"},
    "tr": {"td", "th", "template"}, "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "select": {"option", "optgroup", "hr"},
}  # fmt: skip
ONLY_TEXT_LEVEL = {"p", "h1", "h2", "h3", "h4", "button", "summary", "label", "span", "a"}
BLOCKS = {
    "div",
    "section",
    "ul",
    "ol",
    "dl",
    "table",
    "form",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "fieldset",
    "details",
}
MAY_HOLD_BLOCKS = {"a", "label"}  # transparent where a block may stand


def problems(html: str, *, is_part: bool = False) -> list[str]:
    """What is wrong with the page, each with where it is. A part is a piece of a page without its frame."""
    page = JustHTML(html, collect_errors=True, sanitize=False, fragment=is_part)
    found = [f"line {error.line}: {error.code}" for error in page.errors]
    elements = list(_elements(page.root))
    ids = Counter(element.attrs["id"] for element, _ in elements if element.attrs.get("id"))
    found += [f"id twice: {name}" for name, count in ids.items() if count > 1]
    if not is_part:
        found += _frame(elements)
        found += [
            f"<{element.name} {attribute}> names nobody: {name}"
            for element, _ in elements
            for attribute in REFERENCES
            for name in (element.attrs.get(attribute) or "").split()
            if name not in ids
        ]
    for element, above in elements:
        found += _nesting(element, above)
        if element.name == "img" and "alt" not in element.attrs:
            found.append("<img> without alt")
    return found


def _frame(elements: list[tuple[Any, tuple[str, ...]]]) -> Iterator[str]:
    names = Counter(element.name for element, above in elements if "svg" not in above)
    for name in ("title", "main", "h1"):
        if names[name] != 1:
            yield f"{names[name]} <{name}>"
    root = next((element for element, _ in elements if element.name == "html"), None)
    if root is None or not root.attrs.get("lang"):
        yield "<html> without lang"


def _nesting(element: Any, above: tuple[str, ...]) -> Iterator[str]:
    parent = above[-1] if above else ""
    if "svg" in above:
        return
    if parent in CHILDREN and element.name not in CHILDREN[parent]:
        yield f"<{element.name}> in <{parent}>"
    if element.name in BLOCKS and parent in ONLY_TEXT_LEVEL - MAY_HOLD_BLOCKS:
        yield f"<{element.name}> in <{parent}>"
    holders = {"a", "button"} & set(above)
    if element.name in INTERACTIVE and holders and element.attrs.get("type") != "hidden":
        yield f"<{element.name}> in <{holders.pop()}>"
    if element.name == "form" and "form" in above:
        yield "<form> in <form>"


def _elements(root: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every element with the names above it."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while waiting:
        node, above = waiting.pop()
        is_element = getattr(node, "attrs", None) is not None and not node.name.startswith(("#", "!"))
        if is_element:
            yield node, above
        inside = (*above, node.name) if is_element else above
        waiting += [(child, inside) for child in reversed(list(getattr(node, "children", None) or ()))]
