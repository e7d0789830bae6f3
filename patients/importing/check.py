"""A patients' spreadsheet as patients to be, or every reason on every line why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from heartvoice.shared.keys import blind_index
from patients.importing.columns import BY_NAME, CONSENT_PREFIX, PHONES, REQUIRED, Bad
from patients.importing.table import Line, Problem, read_table
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One good line: the patient's own fields, consents by scope with their day, and the calling hours if given."""

    line: int
    fields: Mapping[str, Any]
    consents: Mapping[str, date]
    consent_wording: str
    consent_method: str
    schedule: Mapping[str, Any]


def check_patients(
    data: bytes, *, user: object, call_hours: tuple[time, time]
) -> tuple[list[Newcomer], list[Problem]]:
    """Every good line and every problem. Nothing may be taken over unless there is no problem at all.

    Known patients are looked for among those the user may see: the answer tells nothing of other teams. `call_hours`:
    local times outside which no patient may ask to be called.
    """
    lines, problems = read_table(data, known=BY_NAME.keys(), required=REQUIRED, may_start_with_plus=PHONES)
    bad_cells = {(problem.line, problem.column) for problem in problems}
    newcomers = []
    for line in lines:
        newcomer, found = _newcomer(line, bad_cells)
        found += _outside(newcomer, *call_hours)
        problems += found
        newcomers.append(newcomer)
    problems += _doubles(newcomers, "phone") + _doubles(newcomers, "record_number")
    problems += _known(newcomers, "phone", user) + _known(newcomers, "record_number", user)
    return newcomers, sorted(problems, key=lambda problem: (problem.line, problem.column))


def _newcomer(line: Line, bad_cells: set[tuple[int, str]]) -> tuple[Newcomer, list[Problem]]:
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    problems: list[Problem] = []
    for name, cell in line.cells.items():
        column = BY_NAME[name]
        if (line.number, name) in bad_cells:
            continue
        if not cell:
            if column.is_required:
                problems.append(Problem(line.number, "required", name))
            continue
        if len(cell) > column.max_length:
            problems.append(Problem(line.number, "too_long", name, {"limit": str(column.max_length)}))
            continue
        try:
            groups[column.group][name] = column.parse(cell)
        except Bad as bad:
            problems.append(Problem(line.number, bad.code, name))
    problems += _together(line.number, groups, {name for name, cell in line.cells.items() if cell})
    facts = groups["consent_fact"]
    newcomer = Newcomer(
        line=line.number,
        fields=groups["patient"],
        consents={name.removeprefix(CONSENT_PREFIX): on for name, on in groups["consent"].items()},
        consent_wording=facts.get("consent_wording", ""),
        consent_method=facts.get("consent_method", ""),
        schedule=groups["schedule"],
    )
    return newcomer, problems


def _outside(newcomer: Newcomer, earliest: time, latest: time) -> list[Problem]:
    """Calling hours in which nobody may be called."""
    allowed = {"from": f"{earliest:%H:%M}", "until": f"{latest:%H:%M}"}
    return [
        Problem(newcomer.line, "bad_call_time", name, allowed)
        for name in ("call_from", "call_until")
        if name in newcomer.schedule and not earliest <= newcomer.schedule[name] <= latest
    ]


def _together(line: int, groups: Mapping[str, Mapping[str, Any]], given: set[str]) -> list[Problem]:
    """What no cell can tell alone."""
    problems = []
    if groups["consent"]:
        problems += [
            Problem(line, "consent_fact", name)
            for name in ("consent_wording", "consent_method")
            if name not in given
        ]
    hours = groups["schedule"]
    if hours:
        problems += [
            Problem(line, "schedule_part", name)
            for name in ("call_days", "call_from", "call_until")
            if name not in given
        ]
        if "call_from" in hours and "call_until" in hours and hours["call_from"] >= hours["call_until"]:
            problems.append(Problem(line, "hours_reversed", "call_until"))
    born, left = groups["patient"].get("date_of_birth"), groups["patient"].get("discharged_on")
    if born and left and left < born:
        problems.append(Problem(line, "impossible_date", "discharged_on"))
    return problems


def _doubles(newcomers: Sequence[Newcomer], name: str) -> list[Problem]:
    """Lines of the file that name the same phone or record number as an earlier line."""
    first: dict[Any, int] = {}
    problems = []
    for newcomer in newcomers:
        value = newcomer.fields.get(name)
        if not value:
            continue
        if value in first:
            detail = {"line": str(first[value])}
            problems.append(Problem(newcomer.line, "repeated_in_file", name, detail))
        else:
            first[value] = newcomer.line
    return problems


def _known(newcomers: Sequence[Newcomer], name: str, user: object) -> list[Problem]:
    """Lines that name a phone or record number of a patient whom the user can see. By blind index, in one query."""
    index_of = {
        newcomer.line: blind_index(name, newcomer.fields[name])
        for newcomer in newcomers
        if newcomer.fields.get(name)
    }
    column = f"{name}_index"
    visible = Patient.objects.visible_to(user)
    found = set(
        visible.filter(**{f"{column}__in": list(set(index_of.values()))}).values_list(column, flat=True)
    )
    return [Problem(line, "already_known", name) for line, index in index_of.items() if index in found]
