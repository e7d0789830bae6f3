"""What is deployed fits the code: every queue has a worker, nothing runs as root, no stop is shorter than the drain."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from heartvoice.celery import app as celery
from heartvoice.config import load
from heartvoice.demo.keys import nowhere
from heartvoice.server.limits import HANDOVER_ANSWERS_S, HANDOVER_WITHIN_S

KUBERNETES = sorted(Path("deploy/kubernetes").glob("*.yaml"))


def kubernetes_pods() -> dict[str, dict[str, Any]]:
    objects = [one for path in KUBERNETES for one in yaml.safe_load_all(path.read_text())]
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in objects
        if one["kind"] in {"Deployment", "Job"}
    }


def compose_services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(Path("compose.yaml").read_text())["services"]
    return services


def queues_in(commands: list[list[str]]) -> list[str]:
    return [
        queue
        for command in commands
        if "--queues" in command
        for queue in command[command.index("--queues") + 1].split(",")
    ]


def compose_commands() -> list[list[str]]:
    return [service["command"] for service in compose_services().values() if "command" in service]


def kubernetes_commands() -> list[list[str]]:
    return [container["command"] for pod in kubernetes_pods().values() for container in pod["containers"]]


@pytest.mark.parametrize("commands", [compose_commands, kubernetes_commands])
def test_every_queue_has_exactly_one_kind_of_worker(commands: Any) -> None:
    assert sorted(queues_in(commands())) == sorted(queue.name for queue in celery.conf.task_queues)


@pytest.mark.parametrize("commands", [compose_commands, kubernetes_commands])
def test_every_process_of_the_system_is_there(commands: Any) -> None:
    told = [" ".join(command) for command in commands()]
    for process in ("manage.py migrate", "manage.py serve", "heartvoice worker", "heartvoice beat"):
        assert any(process in one for one in told), process


def test_a_stop_leaves_time_to_drain_and_to_hand_over() -> None:
    needed = load(nowhere()).drain_seconds + HANDOVER_WITHIN_S + HANDOVER_ANSWERS_S
    assert int(compose_services()["web"]["stop_grace_period"].removesuffix("s")) > needed
    assert (
        kubernetes_pods()["web"]["terminationGracePeriodSeconds"] > needed + 5
    )  # the pause before the signal


def test_no_pod_runs_as_root_or_may_become_root() -> None:
    for name, pod in kubernetes_pods().items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        for container in pod["containers"]:
            locked = container["securityContext"]
            assert not locked["allowPrivilegeEscalation"], name
            assert locked["readOnlyRootFilesystem"], name
            assert locked["capabilities"] == {"drop": ["ALL"]}, name


def test_the_image_ends_as_an_ordinary_user() -> None:
    users = re.findall(r"^USER (\S+)", Path("Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}


def test_the_database_and_the_broker_are_not_published() -> None:
    assert {name for name, service in compose_services().items() if "ports" in service} == {"nginx"}
