import pytest
from twilio.request_validator import RequestValidator

from heartvoice.demo.phone.webhooks import overrides, signature

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "parameters"),
    [
        ("https://app.example.org/voice", {"CallSid": "CA1", "From": "+12015550100"}),
        ("http://127.0.0.1:8000/voice?x=1&y=a%20b", {"Ünïcode": "é", "Empty": ""}),
        ("wss://app.example.org/media", {}),
        ("ws://127.0.0.1:8000/media/", {}),
    ],
)
def test_signatures_are_valid_for_the_official_validator_and_only_for_that_url(url, parameters):
    validator = RequestValidator(TOKEN)
    signed = signature(TOKEN, url, parameters)
    assert validator.validate(url, parameters, signed)
    assert not validator.validate(url + "x", parameters, signed)
    assert not validator.validate(url, {**parameters, "More": "1"}, signed)
    assert not RequestValidator(TOKEN + "0").validate(url, parameters, signed)


def test_connection_overrides_are_read_from_the_fragment():
    found = overrides("https://a/b#ct=2000&tt=9000&rc=3&rp=5xx,rt")
    assert (found.connect_s, found.total_s, found.retries) == (2.0, 9.0, 3)
    assert found.policy == {"5xx", "rt"}
    assert overrides("https://a/b").retries == 1
    assert overrides("https://a/b").policy == {"ct"}
