"""The rule set as tables for docs/clinical/. Pure: a rule set in, Markdown out.

The pages are prose with generated blocks between `<!-- NAME -->` and `<!-- /NAME -->`; a test keeps them current.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from alerts.page_texts import LANGUAGES, missed_text, sms_text, spoken_text
from alerts.ruleset import LadderStep, Parameter, Response, Rule, RuleSet, RuleSetError, Span
from alerts.severity import Severity

CALLING = (
    "calls_earliest_h",
    "calls_latest_h",
    "calls_from_h",
    "calls_until_h",
    "roster_gate_min",
    "attempts",
    "attempt_gap_min",
    "attempts_a_day",
    "first_days",
    "redial_after_s",
    "redials",
    "not_placed_retry_min",
    "emergency_redials",
    "emergency_redial_within_min",
    "emergency_look_back_h",
    "emergency_retry_s",
    "emergency_not_placed",
    "review_look_back_h",
    "identity_tries",
    "number_doubted_after",
    "failed_checks",
    "screening_wait_s",
    "voicemail_gap_h",
    "follow_up_tries",
    "follow_up_gap_min",
)
PAGING = ("episode_h", "snooze_longest_h", "page_merge_s", "roster_gate_min")
_UNITS = {"min": "min", "s": "s", "h": "h", "staffed_h": "staffed hours", "working_d": "working days"}


def filled(page: str, rules: RuleSet) -> str:
    """The page with every generated block made anew. Raises RuleSetError for a block nobody makes."""
    blocks = blocks_of(rules)

    def block(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in blocks:
            raise RuleSetError(f"there is no table called {name}")
        return f"<!-- {name} -->\n{blocks[name]}\n<!-- /{name} -->"

    return re.sub(r"<!-- ([a-z-]+) -->\n.*?<!-- /\1 -->", block, page, flags=re.DOTALL)


def blocks_of(rules: RuleSet) -> dict[str, str]:
    """Every table by name."""
    groups = {
        "emergencies": "E",
        "symptoms": "S",
        "medication": "M",
        "voice": "V",
        "contact": "C",
        "data": "D",
    }
    tables = {name: rule_table(_group(rules, letter)) for name, letter in groups.items()}
    numbers = {f"{name}-numbers": number_table(_group(rules, letter)) for name, letter in groups.items()}
    return {
        **tables,
        **numbers,
        "shared-numbers": shared_table(rules),
        "calling-numbers": shared_table(rules, CALLING),
        "paging-numbers": shared_table(rules, PAGING),
        "task-times": times_table(rules.tasks),
        "follow-up-times": times_table(rules.follow_ups),
        "screen-times": times_table(rules.screens),
        "page-texts": page_table(),
        "patient-texts": patient_table(),
        "responses": response_table(rules),
        "sources": source_table(rules),
        "version": _version(rules),
    }


def _group(rules: RuleSet, letter: str) -> list[Rule]:
    return [rule for rule in rules.rules.values() if rule.group == letter]


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def rule_table(rules: Iterable[Rule]) -> str:
    """What fires when, and what then happens."""
    head = ["rule", "condition", "severity", "type", "what Maya does", "what the nurse does", "basis"]
    return _table(
        head,
        (
            [
                f"**{rule.id}** {rule.title}",
                rule.condition,
                ", ".join(rule.severities),
                rule.alert_type.value if rule.alert_type else "depends on what was found",
                rule.maya or "nothing",
                rule.nurse or "nothing",
                _basis(rule.mark, rule.sources),
            ]
            for rule in rules
        ),
    )


def number_table(rules: Iterable[Rule]) -> str:
    """Every number of these rules: what it is, where it comes from, and what a patient's own may be."""
    head = ["number", "value", "unit", "a patient's own may be", "basis"]
    rows = [
        [
            f"{rule.id}.{number.name}",
            f"{number.value:g}",
            number.unit,
            _range(rule, number),
            _basis_of(number),
        ]
        for rule in rules
        for number in rule.params.values()
    ]
    return _table(head, rows) if rows else "These rules hold no number."


def _range(rule: Rule, number: Parameter) -> str:
    if number.stricter == "fixed" or number.lowest is None or number.highest is None:
        return "the same for everybody"
    if rule.is_emergency:
        return f"the same for everybody; a new version only stricter, {number.lowest:g} to {number.highest:g}"
    return f"{number.lowest:g} to {number.highest:g}"


def shared_table(rules: RuleSet, names: Collection[str] = ()) -> str:
    """The values that several rules share, or only these."""
    chosen = {name: one for name, one in rules.general.items() if not names or name in names}
    rows = ([name, f"{one.value:g}", one.unit, _only(one), _basis_of(one)] for name, one in chosen.items())
    return _table(["number", "value", "unit", "a new version may make it", "basis"], rows)


def times_table(times: Mapping[str, Parameter]) -> str:
    """How long each kind of work may wait, or an answer holds."""
    rows = (
        [name.replace("_", " "), f"{one.value:g} {one.unit}", _basis_of(one)] for name, one in times.items()
    )
    return _table(["what", "time", "basis"], rows)


def _only(number: Parameter) -> str:
    """Which way a shared number that bears on emergencies may go."""
    return {"lower": "only lower", "higher": "only higher", "fixed": "either way"}[number.stricter]


def response_table(rules: RuleSet) -> str:
    """How fast a human must answer, per severity."""
    head = [
        "severity",
        "told within",
        "acknowledged within",
        "patient reached within",
        "first told",
        "if not acknowledged",
    ]
    order = sorted(Severity, key=lambda one: -one.rank)
    return _table(head, (_response(severity, rules.responses[severity]) for severity in order))


def _response(severity: Severity, response: Response) -> list[str]:
    acknowledge = _span(response.acknowledge)
    if response.acknowledge_off_hours is not None:
        acknowledge += f" staffed, {_span(response.acknowledge_off_hours)} otherwise"
    told = f"{', '.join(response.page_roles)} by {', '.join(response.page_channels)}"
    return [
        f"**{severity.value}**",
        _span(response.notify) if response.notify else "worklist only",
        acknowledge,
        _span(response.contact) if response.contact else "not promised",
        told if response.page_roles else "nobody is paged",
        _steps(response),
    ]


def _steps(response: Response) -> str:
    steps = [f"after {step.after_min:g} min {_told(step)}" for step in response.ladder]
    if response.repeat is not None:
        steps.append(f"then all again every {_span(response.repeat)}")
    if response.at_breach is not None:
        steps.append(f"at the deadline {_told(response.at_breach)}")
    return "; ".join(steps) or "weekly report"


def _told(step: LadderStep) -> str:
    return f"{step.role} by {', '.join(step.channels)}"


def _span(span: Span) -> str:
    return f"{span.value:g} {_UNITS[span.unit]}"


def source_table(rules: RuleSet) -> str:
    return _table(["tag", "source"], ([tag, text] for tag, text in rules.sources.items()))


def page_table() -> str:
    """What a page of a critical alert says, word for word, in each language."""
    severity, url = Severity.CRITICAL.value, "https://…"
    head = ["language", "text message", "escalated", "paging call", "test", "the voice assistant fails"]
    return _table(
        head,
        (
            [
                language,
                sms_text(purpose="page", severity=severity, url=url, language=language),
                sms_text(purpose="escalation", severity=severity, url=url, language=language),
                spoken_text(purpose="page", severity=severity, language=language),
                spoken_text(purpose="test", severity=severity, language=language),
                sms_text(purpose="fault", severity="", url=url, language=language),
            ]
            for language in LANGUAGES
        ),
    )


def patient_table() -> str:
    """The text to a patient who was not reached, in each language."""
    return _table(["language", "text"], ([language, missed_text(language)] for language in LANGUAGES))


def _version(rules: RuleSet) -> str:
    signed = f"signed off by {rules.signed_off_by}" if rules.signed_off_by else "**not signed off**"
    return f"Rule set `{rules.version}` of {rules.dated.isoformat()}, {signed}."


def _basis_of(number: Parameter) -> str:
    return _basis(number.mark, number.sources)


def _basis(mark: str, sources: Iterable[str]) -> str:
    return f"{mark} [{', '.join(sources)}]"
