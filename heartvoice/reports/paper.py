"""The sheet on which every PDF of ours is printed: fonts, headings, tables, small charts, and the watermark."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

logging.getLogger("fontTools").setLevel(logging.WARNING)  # a dozen lines for each file otherwise
FONTS = Path(__file__).parent / "fonts"
INK, QUIET, LINE, ACCENT = (21, 32, 46), (75, 89, 108), (205, 213, 223), (11, 102, 112)
SOFT = (226, 242, 243)
MARK = (232, 236, 240)
NEXT_LINE: dict[str, Any] = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}


class Paper(FPDF):
    """An A4 sheet in millimetres. Characters that the font lacks are shown as a box: nothing fails on a name."""

    def __init__(self, *, title: str, watermark: str, footer: str, language: str) -> None:
        super().__init__(format="A4")
        self.mark, self.foot = watermark, footer
        self.add_font("sans", "", FONTS / "DejaVuSans.ttf")
        self.add_font("sans", "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("HeartVoice Monitor")
        self.set_auto_page_break(True, margin=18)
        self.set_margins(15, 15)
        self.add_page()

    def header(self) -> None:
        """The watermark lies under everything that follows."""
        self.set_font("sans", "B", 52)
        self.set_text_color(*MARK)
        with self.rotation(50, x=self.w / 2, y=self.h / 2):
            width = self.get_string_width(self.mark)
            self.text((self.w - width) / 2, self.h / 2, self.mark)
        self.set_text_color(*INK)
        self.set_xy(self.l_margin, self.t_margin)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("sans", "", 7)
        self.set_text_color(*QUIET)
        self.cell(0, 4, self.foot, align="L")
        self.set_x(self.l_margin)
        self.cell(0, 4, f"{self.page_no()}/{{nb}}", align="R")

    def heading(self, text: str, note: str = "") -> None:
        self.set_font("sans", "B", 16)
        self.set_text_color(*INK)
        self.multi_cell(0, 8, text, **NEXT_LINE)
        if note:
            self.quiet(note)
        self.ln(2)

    def section(self, text: str) -> None:
        if self.get_y() > self.h - 50:
            self.add_page()
        self.ln(3)
        self.set_font("sans", "B", 11)
        self.set_text_color(*ACCENT)
        self.cell(0, 6, text, **NEXT_LINE)
        self.set_draw_color(*LINE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(1.5)

    def quiet(self, text: str) -> None:
        self.set_font("sans", "", 8)
        self.set_text_color(*QUIET)
        self.multi_cell(0, 4.2, text, **NEXT_LINE)
        self.set_text_color(*INK)

    def words(self, text: str) -> None:
        self.set_font("sans", "", 9)
        self.set_text_color(*INK)
        self.multi_cell(0, 4.8, text, **NEXT_LINE)

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Names and values in two columns of pairs."""
        half = self.epw / 2
        for number, (name, value) in enumerate(pairs):
            left = self.l_margin + (number % 2) * half
            top = self.get_y()
            self.set_xy(left, top)
            self.set_font("sans", "", 8)
            self.set_text_color(*QUIET)
            self.cell(half * 0.48, 5, name)
            self.set_font("sans", "B", 8)
            self.set_text_color(*INK)
            self.cell(half * 0.5, 5, value)
            self.set_xy(self.l_margin, top + 5 if number % 2 or number == len(pairs) - 1 else top)

    def rows(self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table whose header is repeated on every page; numbers stand in columns after the first."""
        self.set_font("sans", "", 8)
        self.set_text_color(*INK)
        self.set_fill_color(255, 255, 255)
        self.set_draw_color(*LINE)
        head = FontFace(emphasis="BOLD", color=QUIET, fill_color=(243, 245, 248))
        with self.table(
            col_widths=tuple(widths),
            headings_style=head,
            line_height=4.6,
            borders_layout="HORIZONTAL_LINES",
            text_align="LEFT",
            padding=0.6,
        ) as table:
            table.row(list(header))
            for row in rows:
                table.row([str(cell) for cell in row])

    def columns_chart(
        self, label: str, days: Sequence[str], values: Sequence[float | None], left: float
    ) -> None:
        """Seven small columns with their figures, 56 mm wide, beginning at `left` mm; None is shown as a dash."""
        top, height, width = self.get_y(), 22.0, 56.0
        self.set_xy(left, top)
        self.set_font("sans", "B", 8)
        self.cell(width, 5, label)
        most = max([value for value in values if value], default=1.0)
        room = width / max(len(values), 1)
        base = top + 7 + height
        self.set_draw_color(*LINE)
        self.line(left, base, left + width, base)
        for number, value in enumerate(values):
            x = left + number * room
            tall = 0.0 if not value else max(height * 0.82 * value / most, 0.4)
            self.set_fill_color(*ACCENT)
            if tall:
                self.rect(x + room * 0.18, base - tall, room * 0.64, tall, style="F")
            self.set_font("sans", "", 6)
            self.set_text_color(*QUIET)
            shown = "–" if value is None else f"{value:g}" if value == int(value) else f"{value:.1f}"
            self.text(x + (room - self.get_string_width(shown)) / 2, base - tall - 0.8, shown)
            self.text(x + (room - self.get_string_width(days[number])) / 2, base + 3, days[number])
        self.set_text_color(*INK)
        self.set_xy(self.l_margin, top)

    def bytes(self) -> bytes:
        return bytes(self.output())
