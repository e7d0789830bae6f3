"""What a clinician set for one patient holds for what the patient says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alerts.phrases import scan
from alerts.phrases.model import ScanContext, Segment
from calls.plan import scan_facts
from patients.models import ThresholdOverride
from tests.integration.alerts.conftest import Ward

pytestmark = pytest.mark.django_db


def test_a_gain_that_is_said_is_judged_by_the_patients_own_threshold(ward: Ward) -> None:
    words = Segment("I'm up four pounds since yesterday.")
    before = scan(words, ScanContext(facts=scan_facts(ward.patient, timezone.now().date())))
    ThresholdOverride.objects.create(
        patient=ward.patient,
        rule_id="S01",
        parameter="gain_lb",
        value=Decimal("6"),
        reason="Eats salt fish on Fridays.",
        set_by=ward.nurse,
        valid_until=(timezone.now() + timedelta(days=30)).date(),
    )
    after = scan(words, ScanContext(facts=scan_facts(ward.patient, timezone.now().date())))
    assert [(hit.severity, hit.rule_id) for hit in before.flags] == [("high", "S01")]
    assert [(hit.severity, hit.rule_id) for hit in after.flags] == [("medium", "S03")]
