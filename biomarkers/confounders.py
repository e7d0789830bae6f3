"""What makes a voice sound different today without the heart: asked by Maya, shown beside the trend. Pure."""

from __future__ import annotations

from typing import Final, Literal, get_args

Confounder = Literal[
    "cold", "cough", "dentures", "dental_work", "new_inhaler", "lying_down", "loud_room", "speakerphone", "other",
]  # fmt: skip
CONFOUNDERS: Final[frozenset[str]] = frozenset(get_args(Confounder))
