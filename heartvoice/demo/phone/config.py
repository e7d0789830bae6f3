"""What the telephone stand-in is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass


class ConfigError(ValueError):
    """A setting is missing; the text names it."""


@dataclass(frozen=True, slots=True)
class PhoneConfig:
    """Names as in the product's own environment; `pace` scales ringing and TwiML speech, never a stream."""

    account_sid: str
    auth_token: str
    public_url: str = "http://127.0.0.1:8000"
    from_number: str = "+12015550198"
    nurse_line_number: str = ""
    staff_numbers: frozenset[str] = frozenset()  # telephones of people on call: they take pages
    staff_delay_s: float = 4.0  # from the end of a page's words until the key is pressed
    pace: float = 1.0
    keeps_audio: bool = False  # what was heard, in memory, for /control/calls/SID/heard

    @property
    def voice_url(self) -> str:
        """Where the number's calls are answered."""
        return f"{self.public_url}/voice"

    @property
    def status_url(self) -> str:
        """Where the number reports an inbound call's end."""
        return f"{self.public_url}/voice/status"


def from_environment(environment: Mapping[str, str]) -> PhoneConfig:
    """Raises ConfigError."""
    missing = [name for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN") if not environment.get(name)]
    if missing:
        raise ConfigError(f"missing: {', '.join(missing)}")
    defaults = PhoneConfig("", "")
    return PhoneConfig(
        account_sid=environment["TWILIO_ACCOUNT_SID"],
        auth_token=environment["TWILIO_AUTH_TOKEN"],
        public_url=environment.get("PUBLIC_URL", defaults.public_url).rstrip("/"),
        from_number=environment.get("TWILIO_FROM_NUMBER") or defaults.from_number,
        nurse_line_number=environment.get("NURSE_LINE_NUMBER", ""),
        staff_numbers=frozenset(environment.get("PHONE_STAFF", "").split()),
        pace=float(environment.get("PHONE_PACE", "1")),
        keeps_audio=environment.get("PHONE_KEEPS_AUDIO", "") == "1",
    )
