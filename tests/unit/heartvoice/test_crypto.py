"""The cipher opens what it sealed, for its purpose, and nothing else."""

from __future__ import annotations

import base64

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from heartvoice.shared.crypto import decrypt, encrypt, key_id, open_bytes, seal_bytes
from heartvoice.shared.errors import PHIError
from heartvoice.shared.keys import BadKey, blind_index, derive, key_from_text, key_ring

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert decrypt(encrypt(text)) == text


@given(st.binary(max_size=4096))
def test_any_bytes_come_back(data: bytes) -> None:
    assert open_bytes(seal_bytes(data, b"segment|1"), b"segment|1") == data


@given(st.text(min_size=1, max_size=40), st.integers(min_value=0))
def test_any_flipped_bit_is_refused(text: str, where: int) -> None:
    version, kid, packed = encrypt(text).split(".")
    blob = bytearray(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    bit = where % (len(blob) * 8)
    blob[bit // 8] ^= 1 << (bit % 8)
    damaged = ".".join([version, kid, base64.urlsafe_b64encode(bytes(blob)).decode().rstrip("=")])
    with pytest.raises(PHIError):
        decrypt(damaged)


def test_two_seals_of_one_text_differ() -> None:
    assert len({encrypt("Ann") for _ in range(1000)}) == 1000


def test_a_value_does_not_open_for_another_purpose() -> None:
    sealed = encrypt("Ann", b"PHI|patient.first_name")
    with pytest.raises(PHIError):
        decrypt(sealed, b"PHI|patient.last_name")


@pytest.mark.parametrize(
    "value", ["", "Ann", "v1.k1", "v1.k1.%%%", "v2.k1.AAAA", "v1.nokey.AAAA", "gAAAAABf"]
)
def test_what_is_not_sealed_is_refused_and_not_quoted(value: str) -> None:
    with pytest.raises(PHIError) as error:
        decrypt(value)
    assert not value or value not in str(error.value)


def test_old_keys_open_and_the_first_key_seals() -> None:
    with override_settings(PHI_KEYS={"old": OLD}):
        sealed = encrypt("Ann")
    with override_settings(PHI_KEYS={"new": NEW, "old": OLD}):
        assert decrypt(sealed) == "Ann"
        assert key_id(encrypt("Ann")) == "new"
    with override_settings(PHI_KEYS={"new": NEW}), pytest.raises(PHIError):
        decrypt(sealed)


def test_purposes_have_different_keys() -> None:
    assert (
        len({derive(OLD, label) for label in ("field", "transit", "blind-index", "log-hash", "audit-chain")})
        == 5
    )
    with pytest.raises(KeyError):
        derive(OLD, "something else")


def test_the_blind_index_depends_on_key_purpose_and_value() -> None:
    first = blind_index("phone", "+12015550100")
    assert first == blind_index("phone", "+12015550100")
    assert first != blind_index("record_number", "+12015550100")
    assert first != blind_index("phone", "+12015550101")
    with override_settings(PHI_INDEX_KEY=NEW):
        assert first != blind_index("phone", "+12015550100")


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(OLD).decode(),
        base64.urlsafe_b64encode(OLD).decode(),
        base64.urlsafe_b64encode(OLD).decode().rstrip("="),
        OLD.hex(),
    ],
)
def test_a_key_may_be_written_in_base64_or_hex(text: str) -> None:
    assert key_from_text(text) == OLD


def test_a_key_ring_keeps_its_order_and_refuses_weak_or_double_keys() -> None:
    a, b = base64.b64encode(OLD).decode(), base64.b64encode(NEW).decode()
    assert list(key_ring(f"n:{b},o:{a}")) == ["n", "o"]
    assert key_ring(a) == {"k1": OLD}
    for bad in ("n:short", "", f"n:{a},n:{b}", f"with space:{a}"):
        with pytest.raises(BadKey):
            key_ring(bad)
