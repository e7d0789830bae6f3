"""Template tags of the dashboard: icons, navigation, deadlines, theme. No queries of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import phonenumbers
from django import template
from django.template import Context
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from heartvoice.dashboard.filters import address_of
from heartvoice.dashboard.flag_words import FLAGS
from heartvoice.dashboard.sparkline import Spark
from heartvoice.dashboard.staff import zone_of
from heartvoice.dashboard.theme import THEMES, theme_of
from heartvoice.dashboard.triage import IN_HAND, Choice, due_of
from heartvoice.dashboard.wording import GIVEN, SCALE_NAMES, SCALE_SHORT_NAMES, SEVERITIES
from patients.models import Patient

register = template.Library()
SEXES = dict(Patient.Sex.choices)
AT_HOME = re.compile(r"\+1[0-9]{10}")


@register.simple_tag
@lru_cache(maxsize=256, typed=True)  # a page has hundreds; typed: what is marked safe is not what is not
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite in `_icons.html`. Decorative: the words beside it carry the meaning."""
    css = f"icon {extra}" if extra else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', css, name
    )


@register.simple_tag
def address(url_name: str, pk: object) -> str:
    """The address of one row's page. A list has hundreds: the route is looked up once, the id put into its place."""
    before, after = _around_id(url_name)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=64)
def _around_id(url_name: str) -> tuple[str, str]:
    nobody = str(UUID(int=0))
    before, _id, after = reverse(url_name, args=[nobody]).partition(nobody)
    return before, after


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
    current = format_html(' aria-current="{}"', "page") if is_here else ""
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


@register.simple_tag(takes_context=True)
def team_zone(context: Context) -> str:
    """The name of the zone in which this page shows times; empty on pages without a team."""
    staff = getattr(context.get("request"), "staff", None)
    return str(staff.zone) if staff else ""


@register.simple_tag(takes_context=True)
def team_name(context: Context, team_id: str) -> str:
    """The name of one of the person's teams; empty for another or none."""
    staff = getattr(context.get("request"), "staff", None)
    names = {str(team): name for team, name in staff.team_names.items()} if staff else {}
    return str(names.get(team_id, ""))


@register.simple_tag
def due(at: datetime | None, soon_minutes: int = 15) -> SafeString:
    """Time left or overdue, as text that a script keeps current. Nothing when there is no deadline."""
    if at is None:
        return format_html('<span class="muted">{}</span>', _("No deadline"))
    seconds = (at - timezone.now()).total_seconds()
    css = "due due--late" if seconds < 0 else "due due--soon" if seconds < soon_minutes * 60 else "due"
    element = '<time class="{}" datetime="{}" data-due="{}">{}</time>'
    return format_html(element, css, at.isoformat(), soon_minutes, time_left(seconds))


@register.simple_tag
def alert_due(alert: Any) -> SafeString:
    """The next deadline of an alert, and what must be done by then. Nothing when nothing is promised."""
    at = due_of(alert)
    if at is None:
        return format_html("{}", "")
    if alert.state == "snoozed":
        return format_html(
            '<span class="muted">{}</span>', _("wakes %(at)s") % {"at": date_format(localtime(at), "H:i")}
        )
    what = _("to reach patient") if alert.state in IN_HAND else _("to claim")
    return format_html('{} <span class="muted">{}</span>', due(at), what)


def time_left(seconds: float) -> str:
    """Seconds until a deadline in words: whole minutes up to 90, then hours up to 48, then days."""
    minutes = int(abs(seconds) // 60)
    is_late = seconds < 0
    if minutes < 90:
        number, words = minutes, _("{n} min overdue") if is_late else _("{n} min left")
    elif minutes < 48 * 60:
        number, words = round(minutes / 60), _("{n} h overdue") if is_late else _("{n} h left")
    else:
        number, words = round(minutes / 1440), _("{n} d overdue") if is_late else _("{n} d left")
    return words.replace("{n}", str(number))


@register.filter
def counted(number: int, most: int) -> str:
    """How many there are, where no more than `most` were read: a plus says that there are others."""
    return f"{number}+" if number >= most else str(number)


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
    """A number without needless digits, with a dot as decimal sign in every language: coordinates, limits."""
    return f"{float(value):g}"


@register.filter
def scale_name(key: str) -> str:
    """The full name of a symptom scale."""
    return str(SCALE_NAMES[key])


@register.filter
def sex_letter(code: str) -> str:
    """The first letter of a patient's sex, in the page's language."""
    return str(SEXES.get(code, ""))[:1].upper()


@register.filter(name="at")
def value_at(mapping: Any, key: str) -> Any:
    """The value under a key; 0 when a count has none."""
    return mapping.get(key, 0)


@register.filter
def age(born: date | None) -> str:
    """Age in whole years today, in the page's zone."""
    if born is None:
        return "–"
    today = timezone.localdate()
    return str(today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


@register.filter
def roman(number: int) -> str:
    """An NYHA class as it is written."""
    return {1: "I", 2: "II", 3: "III", 4: "IV"}.get(number, "")


@register.filter
def phone(number: str) -> str:
    """A telephone number as people write it: the national form at home, the international one abroad."""
    if AT_HOME.fullmatch(number):  # what nearly every number is, without the library's tables
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, form.NATIONAL if parsed.country_code == 1 else form.INTERNATIONAL
    )


@register.simple_tag
def worklist_url(choice: Choice, **changes: Any) -> str:
    """The worklist's address under `choice` with one filter changed; choosing the chosen one takes it off."""
    page = changes.pop("page", 1)
    for name, value in changes.items():
        chosen = getattr(choice, name)
        choice = replace(choice, **{name: "" if value == chosen and name != "whose" else value})
    return reverse("dashboard:worklist") + address_of(choice, page)


@register.filter
def word(words: Mapping[str, Any], code: str) -> str:
    """The words for a stored code; a code that has none yet is shown with spaces."""
    return str(words.get(code) or str(code).replace("_", " "))


@register.filter
def moment(text: str | None) -> datetime | None:
    """A time that came out of the database as JSON."""
    return parse_datetime(text) if text else None


@register.filter
def length_of(seconds: float | None) -> str:
    """The length of a call as m:ss; an en dash when there was none."""
    return clock(None if seconds is None else seconds * 1000)


@register.filter
def score(record: Any, scale: str) -> str:
    """A 0-4 answer; an en dash when it is not known."""
    value = getattr(record, scale)
    return "–" if value is None else str(value)


@register.filter
def percent(ratio: float, places: int = 0) -> str:
    """A stored ratio as a percentage in the page's language."""
    return f"{floatformat(ratio * 100, places)} %"


@register.filter
def reasons(stored: Any) -> str:
    """Why a quality gate refused a segment, without repeats."""
    texts = stored.values() if isinstance(stored, dict) else stored if isinstance(stored, list) else []
    return "; ".join(dict.fromkeys(str(text).replace("_", " ") for text in texts))


@register.filter
def leaves(stored: Any) -> list[tuple[str, Any]]:
    """A tool's arguments or result as flat (dotted name, value) pairs, in stored order."""
    if not isinstance(stored, dict):
        return []
    pairs: list[tuple[str, Any]] = []
    for name, value in stored.items():
        if isinstance(value, dict):
            pairs += [(f"{name}.{inner}", each) for inner, each in leaves(value)]
        else:
            pairs.append((str(name), value))
    return pairs


@register.simple_tag
def there(at: datetime, zone: str) -> SafeString:
    """The patient's own clock at that moment, where it is not the page's. Else nothing."""
    theirs = at.astimezone(zone_of(zone))
    if theirs.utcoffset() == localtime(at).utcoffset():
        return SafeString("")
    return format_html(' · <span class="nowrap">{}</span>', _("%(at)s there") % {"at": f"{theirs:%H:%M}"})


@register.filter(expects_localtime=False)
def clock_time(at: datetime) -> str:
    """Hours and minutes in the time's own zone, not in the page's."""
    return f"{at:%H:%M}"


@register.filter
def flag(code: str) -> str:
    """A sign that was heard, or what was answered, in words; a description stays as it is."""
    return word(FLAGS if code in FLAGS else GIVEN, code)


@register.filter
def spaced(code: str) -> str:
    """A code such as chest_pain as words."""
    return str(code).replace("_", " ")


@register.filter
def said(data: Any) -> list[str]:
    """What a colleague wrote with an action: reasons, notes."""
    if not isinstance(data, dict):
        return []
    return [str(data[name]) for name in ("reason", "note", "text") if data.get(name)]


@register.simple_tag
def spark(drawing: Spark) -> SafeString:
    """The last check-ins as a very small drawing. Built here and not by a template: a worklist has 25 of them."""
    words = _spark_words_in(get_language() or "")
    places = ((f"{group.x:g}", words.short[group.key]) for group in drawing.groups)
    names = format_html_join("", '<text x="{}" y="41.5">{}</text>', places)
    gap = format_html('<path class="gap" d="{}"/>', drawing.unknown) if drawing.unknown else ""
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><path class="bar" d="{}"/>'
        '<path class="bar bar--last" d="{}"/>{}{}</svg>',
        f"{drawing.width:g}", f"{drawing.height:g}", spark_words(drawing, words), drawing.older, drawing.newest, gap, names,
    )  # fmt: skip


class SparkWords(NamedTuple):
    """What the small drawings say, in one language."""

    full: Mapping[str, str]
    short: Mapping[str, str]
    unknown: str
    before: str
    none: str


@lru_cache(maxsize=8)  # 25 drawings on a page would look up the same ten texts
def _spark_words_in(language: str) -> SparkWords:
    """The texts in the active language, which is the one named."""
    return SparkWords(
        full={key: str(name) for key, name in SCALE_NAMES.items()},
        short={key: str(name) for key, name in SCALE_SHORT_NAMES.items()},
        unknown=_("not known"),
        before=_("Last check-ins, oldest first:"),
        none=_("none"),
    )


def spark_words(drawing: Spark, words: SparkWords) -> str:
    """The small drawing of check-ins in words, oldest first."""
    scales = (
        f"{words.full[group.key]} "
        + ", ".join(words.unknown if value is None else str(value) for value in group.values)
        for group in drawing.groups
        if group.values
    )
    return f"{words.before} {'; '.join(scales) or words.none}"
