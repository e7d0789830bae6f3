"""Template tags of the dashboard: icons, navigation, deadlines, theme. No queries of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heartvoice.dashboard.theme import THEMES, theme_of
from heartvoice.dashboard.wording import SCALE_NAMES, SCALE_SHORT_NAMES, SEVERITIES

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite in `_icons.html`. Decorative: the words beside it carry the meaning."""
    css = f"icon {extra}" if extra else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', css, name
    )


@register.simple_tag
def severity(value: str) -> SafeString:
    """Severity as an icon of its own shape, a word and a colour."""
    return format_html('<span class="sev sev--{}">{}{}</span>', value, icon(value), SEVERITIES[value])


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: str, icon_name: str) -> SafeString:
    """A link of the main navigation; marks the section of the page that is shown."""
    request = context.get("request")
    href = reverse(url_name)
    path = request.path if request else ""
    is_here = path == href if href == "/" else path.startswith(href)
    current = format_html(' aria-current="page"') if is_here else ""
    return format_html('<a href="{}"{}>{}{}</a>', href, current, icon(icon_name), label)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The chosen theme, or "system"."""
    request = context.get("request")
    return theme_of(request.COOKIES if request else {})


@register.simple_tag
def theme_choices() -> list[tuple[str, str]]:
    """Values and labels of the theme switch."""
    labels = {"system": _("System"), "light": _("Light"), "dark": _("Dark"), "contrast": _("Contrast")}
    return [(value, labels[value]) for value in THEMES]


@register.simple_tag
def team_zone() -> str:
    """The IANA name of the zone in which this page shows times."""
    return timezone.get_current_timezone_name()


@register.simple_tag
def due(at: datetime | None, soon_minutes: int = 15) -> SafeString:
    """Time left or overdue, as text that a script keeps current. Nothing when there is no deadline."""
    if at is None:
        return format_html('<span class="muted">{}</span>', _("No deadline"))
    seconds = (at - timezone.now()).total_seconds()
    css = "due due--late" if seconds < 0 else "due due--soon" if seconds < soon_minutes * 60 else "due"
    element = '<time class="{}" datetime="{}" data-due="{}">{}</time>'
    return format_html(element, css, at.isoformat(), soon_minutes, time_left(seconds))


def time_left(seconds: float) -> str:
    """Seconds until a deadline in words: whole minutes up to 90, then hours up to 48, then days."""
    minutes = int(abs(seconds) // 60)
    is_late = seconds < 0
    if minutes < 90:
        number, late, left = minutes, _("{n} min overdue"), _("{n} min left")
    elif minutes < 48 * 60:
        number, late, left = round(minutes / 60), _("{n} h overdue"), _("{n} h left")
    else:
        number, late, left = round(minutes / 1440), _("{n} d overdue"), _("{n} d left")
    return (late if is_late else left).replace("{n}", str(number))


@register.filter
def clock(ms: int | float | None) -> str:
    """Milliseconds into a call as m:ss; an en dash when unknown."""
    if ms is None:
        return "–"
    total = int(ms) // 1000
    return f"{total // 60}:{total % 60:02d}"


@register.filter
def initials(user: Any) -> str:
    """Two letters for a colleague."""
    names = [part for part in (getattr(user, "first_name", ""), getattr(user, "last_name", "")) if part]
    text = "".join(part[0] for part in names) if names else str(getattr(user, "username", "") or "")[:2]
    return text.upper()


@register.filter
def in_days(count: int | None) -> str:
    """A number of days in words."""
    if count is None:
        return "–"
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


@register.filter
def signed(value: float | None, digits: int = 1) -> str:
    """A change with its sign (true minus); an en dash when unknown: missing is never zero."""
    if value is None:
        return "–"
    text = f"{abs(value):.{digits}f}".rstrip("0").rstrip(".") if digits else f"{abs(value):.0f}"
    return text if value == 0 else ("+" if value > 0 else "−") + text


@register.filter
def unlocalised(value: float) -> str:
    """A coordinate for SVG: a dot as decimal sign in every language."""
    return f"{value:g}"


@register.filter
def scale_name(key: str) -> str:
    """The full name of a symptom scale."""
    return str(SCALE_NAMES[key])


@register.filter
def scale_short(key: str) -> str:
    """The short name of a symptom scale, for a column of 40 units."""
    return str(SCALE_SHORT_NAMES[key])
