"""The screens and the emergency scripts as tables for docs/clinical/flows.md. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from calls.alarm import DEFAULT_SCRIPT, SCRIPT_OF_FLAG
from calls.recordings import scripts
from calls.screens import Screen, Step, screens

MARKED = re.compile(r"(<!-- calls:(\w+) -->\n).*?(<!-- /calls:\2 -->)", re.DOTALL)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def script_table() -> str:
    """Which approved script an emergency flag has, in both languages."""
    english, spanish = scripts("en").recorded, scripts("es").recorded
    by_script: dict[str, list[str]] = {}
    for flag, script in SCRIPT_OF_FLAG:
        by_script.setdefault(script, []).append(flag)
    by_script.setdefault(DEFAULT_SCRIPT, []).append("every other critical emergency")
    lines = [_row("flags", "script", "English", "Spanish"), _row("---", "---", "---", "---")]
    for key in (*by_script, "alert_committed", "alert_failed", "nurse_transfer", "person_not_there"):
        flags = ", ".join(by_script.get(key, ["–"]))
        lines.append(_row(flags, f"`{key}`", english[key].text, spanish[key].text))
    return "\n".join(lines) + "\n"


def screen_tables() -> str:
    """Each screen: what begins it, its questions, and where each reply leads."""
    return "\n".join(_screen(screen) for screen in screens().values())


def _screen(screen: Screen) -> str:
    begins = [
        *(f"after the script `{script}`" for script in screen.after),
        *(f"flag `{flag}`" for flag in screen.on_flag),
        *(f"control `{control}`" for control in screen.on_control),
        *(f"rule {rule.replace(':', ', from ')}" for rule in screen.on_rule),
    ]
    if not begins and not screen.is_asked_alone:
        begins.append("by a tool, an answer or another screen")
    begins += [f"control `{control}` without a voice model" for control in screen.on_doubt]
    besides = f" Not where `{'` or `'.join(screen.unless)}` is asked." if screen.unless else ""
    lines = [
        f"### {screen.title} (`{screen.id}`)",
        "",
        f"Source: {screen.source}. Begins: {', '.join(begins)}.{besides}",
        "",
        _row("step", "English", "Spanish", "replies", "raises"),
        _row("---", "---", "---", "---", "---"),
        *(_step(step) for step in screen.steps),
        "",
        _row("outcome", "tier on record", "said", "then"),
        _row("---", "---", "---", "---"),
    ]
    for outcome in screen.outcomes.values():
        said = scripts("en").recorded[outcome.say].text if outcome.say else "–"
        lines.append(_row(outcome.name, outcome.tier, said, outcome.then))
    for limit, what, when in (
        (screen.fails_at, "failed answers", "whatever the last reply"),
        (screen.adds_up_to, "points", "whatever the last reply"),
        (screen.unread_at, "replies that are unsure or silent", "at once"),
    ):
        if limit is not None:
            lines += ["", f"{limit[0]} or more {what}: *{limit[1]}*, {when}."]
    return "\n".join(lines) + "\n"


def _step(step: Step) -> str:
    roads = "; ".join(f"{'other' if reply == '*' else reply} → {target}" for reply, target in step.on.items())
    raises = "; ".join(f"{reply}: `{flag}`" for reply, flag in step.raises.items()) or "–"
    english, spanish = scripts("en").text(step.say), scripts("es").text(step.say)
    return _row(step.id, english, spanish, roads, raises)


def line_table() -> str:
    """What Maya says or asks because of a finding, where no screen does."""
    spanish = scripts("es").rules
    by_line: dict[str, list[str]] = {}
    for rule, line in scripts("en").rules.items():
        by_line.setdefault(line, []).append(rule)
    lines = [_row("rules", "English", "Spanish"), _row("---", "---", "---")]
    lines += [_row(", ".join(rules), line, spanish[rules[0]]) for line, rules in by_line.items()]
    return "\n".join(lines) + "\n"


TABLES: Mapping[str, Callable[[], str]] = {
    "scripts": script_table,
    "screens": screen_tables,
    "lines": line_table,
}


def with_tables(page: str) -> str:
    """The page with the text between its markers replaced by the tables as they are now."""
    return MARKED.sub(
        lambda found: found[1] + TABLES[found[2]]() + found[3] if found[2] in TABLES else found[0], page
    )
