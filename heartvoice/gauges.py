"""Figures that are read from the rows at each scrape, the same in whatever process answers. Labels are codes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import Error
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts.selectors import channel_health
from calls.scheduling.audit import patients_without_next_call
from calls.scheduling.eligibility import WhyNone
from patients.models import CareTeam

UNEXPLAINED = "unexplained"


class FromRows(Collector):
    """Asked at each scrape. Without a database there are no figures, and the scrape still answers."""

    def describe(self) -> Iterable[Metric]:
        return []  # registering must not read the database

    def collect(self) -> Iterable[Metric]:
        try:
            yield from (_without_next_call(), _channels())
        except Error:
            return


def _without_next_call() -> Metric:
    found = patients_without_next_call()
    gauge = GaugeMetricFamily(
        "heartvoice_patients_without_next_call",
        "Active patients with no check-in planned, by reason; unexplained must be 0",
        labels=["reason"],
    )
    for reason in (*(why.name.lower() for why in WhyNone), UNEXPLAINED):
        gauge.add_metric([reason], found[reason])
    return gauge


def _channels() -> Metric:
    """1 where a channel gets through for every team, 0 where it does not for one."""
    well: dict[str, bool] = {}
    for team in CareTeam.objects.all():
        for health in channel_health(team):
            well[health.channel] = well.get(health.channel, True) and health.is_well
    gauge = GaugeMetricFamily(
        "heartvoice_paging_channel_well", "A paging channel gets through", labels=["channel"]
    )
    for channel, is_well in sorted(well.items()):
        gauge.add_metric([channel], float(is_well))
    return gauge


REGISTRY.register(FromRows())
