"""Modules stay small enough to be read in one sitting."""

from __future__ import annotations

import io
import statistics
import token
import tokenize
from pathlib import Path

APPS = ("heartvoice", "patients", "alerts", "biomarkers", "calls")
MOST_LINES = 400
MEDIAN_LINES = 120
IGNORED = {
    token.COMMENT,
    token.NL,
    token.NEWLINE,
    token.INDENT,
    token.DEDENT,
    token.ENDMARKER,
    token.ENCODING,
}


def modules() -> list[Path]:
    return [
        path for app in APPS for path in sorted(Path(app).rglob("*.py")) if "migrations" not in path.parts
    ]


def code_lines(source: str) -> int:
    """Lines that hold something besides blanks and comments."""
    lines: set[int] = set()
    for part in tokenize.generate_tokens(io.StringIO(source).readline):
        if part.type not in IGNORED:
            lines.update(range(part.start[0], part.end[0] + 1))
    return len(lines)


def test_the_counter_leaves_out_blanks_and_comments() -> None:
    assert code_lines('"""Two\nlines."""\n\n# one comment\nx = 1  # another\n') == 3


def test_no_module_has_more_than_400_code_lines() -> None:
    sizes = {str(path): code_lines(path.read_text()) for path in modules()}
    assert {path: size for path, size in sizes.items() if size > MOST_LINES} == {}


def test_the_median_module_has_at_most_120_code_lines() -> None:
    # Empty package files would make the median look better than it is.
    sizes = [size for path in modules() if (size := code_lines(path.read_text())) > 0]
    assert statistics.median(sizes) <= MEDIAN_LINES
