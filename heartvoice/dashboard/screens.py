"""What the fixed questions of a call came to, as a nurse reads it: the question as it was asked, the reply, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from calls.models import ScreenResult
from calls.recordings import scripts
from calls.screens import Screen, screens
from calls.words import REPLIES, SCREENS, TIERS, WORRYING_TIERS


@dataclass(frozen=True, slots=True)
class ScreenShown:
    """One screen of one call. `answers`: question and reply, in the order in which they were asked."""

    at: datetime
    title: str
    result: str
    score: int | None
    is_worrying: bool
    answers: Sequence[tuple[str, str]]


def screens_of(call_id: UUID | None) -> list[ScreenShown]:
    """The screens of a call and of the calls that went on where it was cut, oldest first. One query."""
    if call_id is None:
        return []
    rows = ScreenResult.objects.filter(Q(call_id=call_id) | Q(call__retry_of_id=call_id)).order_by(
        "created_at"
    )
    return [_shown(row) for row in rows]


def _shown(row: ScreenResult) -> ScreenShown:
    return ScreenShown(
        at=row.created_at,
        title=str(SCREENS.get(row.screen, row.screen)),
        result=str(TIERS.get(row.tier, row.tier)),
        score=row.score,
        is_worrying=row.tier in WORRYING_TIERS,
        answers=_answers(screens().get(row.screen), row.replies),
    )


def _answers(screen: Screen | None, replies: Mapping[str, str]) -> list[tuple[str, str]]:
    """Replies to questions that the table holds no more stand under the name that they had."""
    asked = {} if screen is None else {step.id: step.say for step in screen.steps}
    said = scripts("es" if (get_language() or "").startswith("es") else "en")
    order = [*asked, *(name for name in replies if name not in asked)]
    return [
        (said.text(asked[name]) if name in asked else name, str(REPLIES.get(replies[name], replies[name])))
        for name in order
        if name in replies
    ]
