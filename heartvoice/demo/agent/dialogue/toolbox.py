"""The tools of the session: which there are, and arguments that fit their schemas."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One function call to be made."""

    name: str
    arguments: dict[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.arguments, ensure_ascii=False)


class Toolbox:
    """The tools that `session.update` offered."""

    def __init__(self, tools: Iterable[Json] = ()) -> None:
        self._schemas: dict[str, Json] = {tool["name"]: tool.get("parameters") or {} for tool in tools}

    def __contains__(self, name: str) -> bool:
        return name in self._schemas

    def call(self, name: str, **arguments: Any) -> Call | None:
        """The call with the arguments that the schema knows; None when there is no such tool or a required
        argument is missing."""
        schema = self._schemas.get(name)
        if schema is None:
            return None
        fitted = _fitted(schema, arguments)
        return Call(name, fitted) if set(schema.get("required", ())) <= set(fitted) else None


def _fitted(schema: Json, value: Json) -> dict[str, Any]:
    """The value without what the schema does not list, or lists with other values or bounds."""
    properties: Json = schema.get("properties") or {}
    out: dict[str, Any] = {}
    for name, given in value.items():
        rule = properties.get(name)
        if rule is None or given is None or not _allowed(rule, given):
            continue
        out[name] = _fitted(rule, given) if isinstance(given, Mapping) and "properties" in rule else given
    return out


def _allowed(rule: Json, value: object) -> bool:
    if "enum" in rule and value not in rule["enum"]:
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = rule.get("minimum", value), rule.get("maximum", value)
        return bool(low <= value <= high) and not (rule.get("type") == "integer" and value != int(value))
    return True
