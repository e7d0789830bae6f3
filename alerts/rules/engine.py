"""Run every rule over one check-in. All rules run; the worst severity wins; nothing is cancelled by another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from alerts.rules import context, emergency, heart_rhythm, medication, symptoms, weight_rules
from alerts.rules.facts import CheckInFacts, FlagFact
from alerts.rules.outcomes import Clear, Finding, NotEnoughData, Outcome
from alerts.rules.registry import Case, Row
from alerts.ruleset import RuleSet, RuleSetError
from alerts.ruleset_toml import Needs, parse
from alerts.severity import AlertType, Severity, at_least, leading_type, worst

# Order matters in three places only: E06 before E07, S01-S03 before S04, S and M before V03.
ROWS: tuple[Row, ...] = (
    *sorted((*emergency.ROWS, *heart_rhythm.ROWS), key=lambda row: row.id),
    *weight_rules.ROWS,
    *symptoms.ROWS,
    *medication.ROWS,
    *context.VOICE,
    *context.CONTACT,
    *context.DATA,
)
EXPECTED: Mapping[str, Needs] = {row.id: row.needs for row in ROWS}
DEFAULT_VERSION = "rules-1"
# E16 is of oxygen, and of pulse and pressure, which are no emergency of oxygen.
_TOPIC_OF_KIND = {("E16", AlertType.SYMPTOM_WORSENING): "circulation"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all rules said about one check-in, in table order."""

    version: str
    outcomes: tuple[Outcome, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.outcomes if isinstance(one, Finding))

    @property
    def unknown(self) -> tuple[NotEnoughData, ...]:
        return tuple(one for one in self.outcomes if isinstance(one, NotEnoughData))

    @property
    def severity(self) -> Severity | None:
        """The worst severity found, None if no rule fired."""
        return worst(finding.severity for finding in self.findings)

    @property
    def alert_type(self) -> AlertType | None:
        return leading_type((finding.severity, finding.alert_type) for finding in self.findings)

    def of(self, rule_id: str) -> Outcome:
        return next(one for one in self.outcomes if one.rule_id == rule_id)


def parse_ruleset(text: str) -> RuleSet:
    """A rule set checked against this engine: every rule there, every number with a source."""
    return parse(text, expected=EXPECTED)


def packaged_text(version: str = DEFAULT_VERSION) -> str:
    """The text of a rule set that ships with the code. Raises RuleSetError if there is none of that name."""
    if not version.replace("-", "").isalnum():
        raise RuleSetError(f"{version!r} is no rule-set name")
    file = resources.files("alerts") / "rulesets" / f"{version}.toml"
    if not file.is_file():
        raise RuleSetError(f"there is no rule set {version}")
    return file.read_text(encoding="utf-8")


@cache
def load_ruleset(version: str = DEFAULT_VERSION) -> RuleSet:
    """A rule set that ships with the code."""
    rules = parse_ruleset(packaged_text(version))
    if rules.version != version:
        raise RuleSetError(f"{version}.toml calls itself {rules.version}")
    return rules


def judge(facts: CheckInFacts, rules: RuleSet) -> Judgement:
    """Every rule's answer. Deterministic: equal facts and rules give equal answers."""
    done: dict[str, Outcome] = {}
    for row in ROWS:
        rule = rules.rule(row.id)
        if not rule.enabled and not rule.is_emergency:
            continue
        done[row.id] = row.judge(Case(facts, rules, rule, done))
        for flag in facts.flags:
            if flag.rule_id == row.id and flag.severity is not None:
                done[row.id] = _not_below(flag, flag.severity, done[row.id], Case(facts, rules, rule, done))
    return Judgement(rules.version, tuple(done[row.id] for row in ROWS if row.id in done))


def _not_below(flag: FlagFact, said: Severity, outcome: Outcome, case: Case) -> Finding:
    """The outcome, at least as severe as the phrase scanner judged these words, and with them as evidence."""
    evidence = () if flag.evidence is None else (flag.evidence,)
    match outcome:
        case Finding():
            more = tuple(piece for piece in evidence if piece not in outcome.evidence)
            return replace(
                outcome,
                severity=at_least(outcome.severity, said),
                evidence=(*outcome.evidence, *more),
            )
        case Clear() | NotEnoughData():
            text = f"{case.rule.title} (in the patient's own words)"
            kind = flag.alert_type or case.rule.alert_type or AlertType.SYMPTOM_WORSENING
            topic = _TOPIC_OF_KIND.get((case.rule.id, kind), "")
            return case.finding(said, text, {"flags": [flag.name]}, evidence, alert_type=kind, topic=topic)
