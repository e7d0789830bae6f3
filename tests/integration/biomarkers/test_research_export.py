"""The export holds features of consenting patients and nothing that says who or when they are."""

from __future__ import annotations

import csv
import stat
from io import StringIO
from pathlib import Path

import pytest
from arro3.io import read_parquet
from django.core.management import CommandError, call_command

from biomarkers.models import VoiceBiomarker
from biomarkers.research import CALL_COLUMNS, SEGMENT_COLUMNS
from biomarkers.services import call_voice_update, confounders_set
from patients.models import Consent, Patient, PhiAccess
from patients.services import consent_revoke
from tests.integration.biomarkers.voices import START, over, speak
from tests.support.factories import make_patient

pytestmark = pytest.mark.django_db
WORDS = "my daughter Ruth says I sound hoarse"


def with_calls(*scopes: str, calls: int = 2, **others: object) -> Patient:
    patient = make_patient(consents=("ai_voice_call", "voice_biomarker", *scopes), **others)
    for number in range(calls):
        call = over(patient, 3 * number)
        speak(call)
        VoiceBiomarker.objects.filter(call=call).update(item_id="item_abc123")
        row = VoiceBiomarker.objects.filter(call=call).first()
        assert row is not None
        row.speech_content = WORDS
        row.save()
        confounders_set(call_id=call.pk, confounders=["cold", "loud_room"])
        call_voice_update(call_id=call.pk)
    return patient


def export(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("export_research", "--out", str(folder), *options, stdout=out)
    return out.getvalue().strip()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def read_parquet_rows(path: Path) -> list[dict[str, object]]:
    table = read_parquet(path).read_all()
    names = table.schema.names
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(c.to_pylist() for c in table.columns), strict=True)
    ]


def test_only_patients_whose_research_consent_is_in_force_are_exported(tmp_path: Path) -> None:
    with_calls("research", sex="f", nyha_class=3)
    with_calls()
    revoked = with_calls("research")
    consent_revoke(patient=revoked, scope=Consent.Scope.RESEARCH, how="phone")
    assert export(tmp_path / "out") == "1 patient(s), 2 call(s), 4 segment(s)"
    segments, calls = read(tmp_path / "out" / "segments.csv"), read(tmp_path / "out" / "calls.csv")
    assert {(row["sex"], row["nyha_class"]) for row in segments + calls} == {("f", "3")}
    assert [(row["day"], row["call"], row["segment"]) for row in segments] == [
        ("0", "1", "1"), ("0", "1", "2"), ("3", "2", "1"), ("3", "2", "2")
    ]  # fmt: skip
    assert [(row["day"], row["call"], row["confounders"]) for row in calls] == [
        ("0", "1", "cold;loud_room"),
        ("3", "2", "cold;loud_room"),
    ]
    assert float(calls[0]["hnr"]) == pytest.approx(11, abs=2)
    assert segments[0]["voiced_s"] == "12.0"


def test_nothing_says_who_or_when(tmp_path: Path) -> None:
    patient = with_calls("research", first_name="Zebulon", last_name="Quimby")
    export(tmp_path / "out")
    files = sorted((tmp_path / "out").iterdir())
    text = "".join(
        path.read_text() if path.suffix == ".csv" else str(read_parquet_rows(path)) for path in files
    )
    rows = VoiceBiomarker.objects.all()
    secrets = [
        "Zebulon", "Quimby", "Ruth", "item_abc123", patient.phone, str(patient.pk), patient.pk.hex,
        str(START.year), *(str(row.pk) for row in rows), *(str(row.call_id) for row in rows),
    ]  # fmt: skip
    assert [secret for secret in secrets if secret in text] == []


def test_pseudonyms_are_steady_in_a_study_and_differ_between_studies(tmp_path: Path) -> None:
    with_calls("research")
    for name, study in (("a", "one"), ("b", "one"), ("c", "two")):
        export(tmp_path / name, "--study", study)
    a, b, c = (read(tmp_path / name / "calls.csv")[0]["patient"] for name in "abc")
    assert a == b != c
    assert len(a) == 16


def test_every_column_is_explained(tmp_path: Path) -> None:
    with_calls("research", calls=1)
    export(tmp_path / "out")
    told = read(tmp_path / "out" / "data_dictionary.csv")
    for file in ("segments.csv", "calls.csv"):
        columns = list(read(tmp_path / "out" / file)[0])
        assert [row["column"] for row in told if row["file"] == file] == columns
    assert all(row["unit"] and row["description"] for row in told)


def test_the_export_is_logged_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    with_calls("research", calls=1)
    export(tmp_path / "out")
    access = PhiAccess.objects.get(action="export")
    assert (access.purpose, access.patient_hash != "") == ("research", True)
    for path in (tmp_path / "out").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("file", "columns"), [("segments", SEGMENT_COLUMNS), ("calls", CALL_COLUMNS)])
def test_parquet_holds_the_same_as_the_csv(
    tmp_path: Path, file: str, columns: dict[str, tuple[str, str]]
) -> None:
    with_calls("research", sex="f", nyha_class=None)
    export(tmp_path / "out")
    told = read(tmp_path / "out" / f"{file}.csv")
    found = read_parquet_rows(tmp_path / "out" / f"{file}.parquet")
    assert len(found) == len(told) > 0
    for row, as_text in zip(found, told, strict=True):
        for name, value in row.items():
            if isinstance(value, str):
                assert value == as_text[name]
            else:
                assert value == (float(as_text[name]) if as_text[name] else None), name
    schema = read_parquet(tmp_path / "out" / f"{file}.parquet").schema
    metadata = {name: schema.field(name).metadata_str for name in schema.names}
    assert metadata == {name: {"unit": u, "description": d} for name, (u, d) in columns.items()}


def test_it_never_writes_over_anything(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(CommandError, match="empty folder"):
        export(tmp_path)
    assert (tmp_path / "note.txt").read_text() == "mine"


def test_without_consent_the_files_hold_their_headers_only(tmp_path: Path) -> None:
    with_calls(calls=1)
    assert export(tmp_path / "out") == "0 patient(s), 0 call(s), 0 segment(s)"
    assert read(tmp_path / "out" / "segments.csv") == []
    assert read_parquet_rows(tmp_path / "out" / "segments.parquet") == []
