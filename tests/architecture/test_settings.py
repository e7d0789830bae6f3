"""Every setting is read in one place, documented, and demanded at the start."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from heartvoice.config import ConfigError, load
from heartvoice.demo.keys import nowhere

CONFIG = Path("heartvoice/config.py")
MAY_READ_THE_ENVIRONMENT = {
    "heartvoice/settings.py",
    "heartvoice/asgi.py",
    "heartvoice/celery.py",
    "heartvoice/management/handover.py",  # passes it on unread
}
ASSIGNMENT = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def names_read() -> set[str]:
    """The first argument of every call on the reader in heartvoice/config.py."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(CONFIG.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "read"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def documented() -> dict[str, tuple[bool, str]]:
    """Name to (is optional, value shown)."""
    text = Path(".env.example").read_text()
    return {name: (bool(mark), value) for mark, name, value in ASSIGNMENT.findall(text)}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(documented()) == names_read()


def test_no_secret_has_a_value_in_the_example() -> None:
    secret = re.compile(r"(KEYS?|TOKEN|SECRET|PREVIOUS)$")
    shown = {name for name, (_, value) in documented().items() if secret.search(name) and value}
    assert shown == set()


@pytest.mark.parametrize("name", sorted(name for name, (optional, _) in documented().items() if not optional))
def test_a_missing_setting_stops_the_start_and_is_named(name: str) -> None:
    production = nowhere() | {
        "PUBLIC_URL": "https://monitor.example.org",
        "TWILIO_API_BASE": "https://api.twilio.com",
        "OPENAI_REALTIME_URL": "wss://api.openai.com/v1/realtime",
    }
    load(production)
    with pytest.raises(ConfigError, match=rf"^{name} is missing$"):
        load({key: value for key, value in production.items() if key != name})


def test_optional_settings_show_the_default_that_the_code_has() -> None:
    shown = {name: value for name, (optional, value) in documented().items() if optional and value}
    config = load(
        nowhere() | {"TWILIO_API_BASE": "https://api.twilio.com", "PUBLIC_URL": "https://monitor.example.org"}
    )
    differing = {}
    for name, value in shown.items():
        default = getattr(config, name.lower())
        told = {True: "true", False: "false"}.get(default, default) if isinstance(default, bool) else default
        told = ",".join(told) if isinstance(told, tuple) else str(told)
        # Peers of the test environment are overridden on purpose.
        if told != value and name not in {"OPENAI_REALTIME_URL", "ELEVENLABS_BASE_URL"}:
            differing[name] = (value, told)
    assert differing == {}


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        str(path)
        for app in ("heartvoice", "patients", "alerts", "biomarkers", "calls")
        for path in Path(app).rglob("*.py")
        if "demo" not in path.parts and re.search(r"os\.(environ|getenv)", path.read_text())
    }
    assert readers <= MAY_READ_THE_ENVIRONMENT
