"""A line for those who answer for the money, when most of the month's budget is spent."""

from __future__ import annotations

import logging
from typing import Any

from django import template
from django.core.cache import cache
from django.template import Context

from calls.budget import spending
from heartvoice.dashboard.staff import staff_of

log = logging.getLogger(__name__)
register = template.Library()
CACHED_S = 60
KEY = "budget-notice"
TOLD = frozenset({"lead", "admin"})


@register.inclusion_tag("dashboard/_budget.html", takes_context=True)
def budget_notice(context: Context) -> dict[str, Any]:
    """The notice for leads and administrators; nothing for others, or while less than four fifths is spent."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated or staff_of(request).role not in TOLD:
        return {"budget": None}
    return {"budget": spent_notice()}


def spent_notice() -> dict[str, Any] | None:
    """Percent passed and dollars, or None. Asked of the database once a minute; without the cache, each time."""
    try:
        known = cache.get(KEY)
    except Exception as error:  # the cache may be away; the page must not be
        log.warning("the budget notice is not cached: %s", type(error).__name__)
        known = None
    if known is None:
        spent = spending()
        known = {
            "percent": spent.warning,
            "spent": float(spent.month),
            "budget": float(spent.budget),
            "projected": float(spent.projected),
        }
        try:
            cache.set(KEY, known, CACHED_S)
        except Exception as error:  # as above
            log.warning("the budget notice is not cached: %s", type(error).__name__)
    return known if known["percent"] else None
