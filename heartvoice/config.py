"""Configuration from the environment, checked as a whole at start.

Pure: a mapping in, a frozen `Config` out, or one `ConfigError` that names everything missing or invalid.
Every name is documented in `.env.example`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from phonenumbers import NumberParseException, is_possible_number, parse

T = TypeVar("T")

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
REALTIME_VOICES = (
    "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
)  # fmt: skip
PROVIDERS = ("auto", "openai", "elevenlabs", "local")
OPENAI_URL = "wss://api.openai.com/v1/realtime"
TWILIO_URL = "https://api.twilio.com"
ELEVENLABS_URL = "https://api.elevenlabs.io"
TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}


class ConfigError(Exception):
    """The environment is incomplete or wrong. The text names the settings and quotes no value."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the process runs with. Secrets are kept as text; `heartvoice.shared.keys` turns them into keys."""

    secret_key: str
    field_encryption_key: str
    phi_keys: str
    phi_index_key: str
    database_url: str
    redis_url: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_auth_token_previous: str
    twilio_from_number: str
    twilio_messaging_service_sid: str
    twilio_api_base: str
    openai_api_key: str
    openai_realtime_url: str
    openai_realtime_model: str
    openai_realtime_mini_model: str
    openai_voice: str
    vad_threshold: float
    vad_silence_ms: int
    noise_reduction: str
    elevenlabs_api_key: str
    elevenlabs_agent_id: str
    elevenlabs_base_url: str
    voice_provider: str
    nurse_line_number: str
    clinic_spoken_name: str
    monthly_budget_usd: Decimal
    over_budget_calls: str
    retention_days: int
    drain_seconds: int
    max_live_calls: int
    metrics_token: str
    require_mfa: bool
    softphone_enabled: bool
    weather_url: str
    spool_dir: str
    email_url: str
    trusted_proxies: int
    log_level: str
    otel_exporter_otlp_endpoint: str

    @property
    def is_rehearsal(self) -> bool:
        """True when no real telephone can ring: the REST base is on this machine."""
        return is_loopback(self.twilio_api_base)


def is_loopback(url: str) -> bool:
    """True when the URL's host is this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


class _Reader:
    """Collects every problem before it complains."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None, *, least: int = 0) -> str:
        value = self.env.get(name, "").strip()
        if not value:
            if default is None:
                self.problems.append(f"{name} is missing")
                return ""
            return default
        if len(value) < least:
            self.problems.append(f"{name} is shorter than {least} characters")
        return value

    def parsed(self, name: str, default: T, read: Callable[[str], T], what: str) -> T:
        value = self.env.get(name, "").strip()
        if not value:
            return default
        try:
            return read(value)
        except (ValueError, InvalidOperation):
            self.problems.append(f"{name} is not {what}")
            return default

    def flag(self, name: str, default: bool) -> bool:
        value = self.env.get(name, "").strip().lower()
        if not value:
            return default
        if value not in TRUE | FALSE:
            self.problems.append(f"{name} is neither true nor false")
        return value in TRUE

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.env.get(name, "").strip() or default
        if value not in choices:
            self.problems.append(f"{name} must be one of: {', '.join(choices)}")
        return value

    def url(self, name: str, default: str | None, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default).rstrip("/")
        if value and (urlsplit(value).scheme not in schemes or not urlsplit(value).hostname):
            self.problems.append(
                f"{name} must be a URL that starts with {' or '.join(s + '://' for s in schemes)}"
            )
        return value

    def phone(self, name: str, default: str | None) -> str:
        value = self.text(name, default)
        try:
            if value and not is_possible_number(parse(value, None)):
                self.problems.append(f"{name} is not a phone number in the form +12015550100")
        except NumberParseException:
            self.problems.append(f"{name} is not a phone number in the form +12015550100")
        return value


def load(env: Mapping[str, str]) -> Config:
    """The configuration in `env`. Raises ConfigError naming every missing or invalid setting."""
    read = _Reader(env)
    public_url = read.url("PUBLIC_URL", None, ("https", "http"))
    api_base = read.url("TWILIO_API_BASE", TWILIO_URL, ("https", "http"))
    rehearsal = is_loopback(api_base)
    realtime_url = read.url("OPENAI_REALTIME_URL", OPENAI_URL, ("wss", "ws", "https", "http"))
    hosts = read.text("ALLOWED_HOSTS", urlsplit(public_url).hostname or "localhost")
    config = Config(
        secret_key=read.text("SECRET_KEY", least=32),
        field_encryption_key=read.text("FIELD_ENCRYPTION_KEY"),
        phi_keys=read.text("PHI_KEYS"),
        phi_index_key=read.text("PHI_INDEX_KEY"),
        database_url=read.text("DATABASE_URL"),
        redis_url=read.url("REDIS_URL", None, ("redis", "rediss", "unix"))
        if env.get("REDIS_URL", "")[:5] != "unix:"
        else env["REDIS_URL"],
        public_url=public_url,
        allowed_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        twilio_account_sid=read.text("TWILIO_ACCOUNT_SID"),
        twilio_auth_token=read.text("TWILIO_AUTH_TOKEN"),
        twilio_auth_token_previous=read.text("TWILIO_AUTH_TOKEN_PREVIOUS", ""),
        twilio_from_number=read.phone("TWILIO_FROM_NUMBER", None),
        twilio_messaging_service_sid=read.text("TWILIO_MESSAGING_SERVICE_SID", ""),
        twilio_api_base=api_base,
        openai_api_key=read.text("OPENAI_API_KEY", ""),
        openai_realtime_url=realtime_url,
        openai_realtime_model=read.text("OPENAI_REALTIME_MODEL", "gpt-realtime-2.1"),
        openai_voice=read.choice("OPENAI_VOICE", "marin", REALTIME_VOICES),
        vad_threshold=read.parsed("VAD_THRESHOLD", 0.6, _share, "a number from 0 to 1"),
        vad_silence_ms=read.parsed("VAD_SILENCE_MS", 600, _pause, "from 200 to 3000 milliseconds"),
        noise_reduction=read.choice("NOISE_REDUCTION", "near_field", ("near_field", "far_field", "off")),
        elevenlabs_api_key=read.text("ELEVENLABS_API_KEY", ""),
        elevenlabs_agent_id=read.text("ELEVENLABS_AGENT_ID", ""),
        elevenlabs_base_url=read.url("ELEVENLABS_BASE_URL", ELEVENLABS_URL, ("https", "http", "wss", "ws")),
        voice_provider=read.choice("VOICE_PROVIDER", "auto", PROVIDERS),
        nurse_line_number=read.phone("NURSE_LINE_NUMBER", "+12015550199" if rehearsal else None),
        clinic_spoken_name=read.text("CLINIC_SPOKEN_NAME", "your care team"),
        monthly_budget_usd=read.parsed(
            "MONTHLY_BUDGET_USD", Decimal(2000), _money, "an amount in dollars above 0"
        ),
        over_budget_calls=read.choice("OVER_BUDGET_CALLS", "questionnaire", ("questionnaire", "mini")),
        openai_realtime_mini_model=read.text("OPENAI_REALTIME_MINI_MODEL", "gpt-realtime-2.1-mini"),
        retention_days=read.parsed("RETENTION_DAYS", 2555, _positive, "a number of days above 0"),
        drain_seconds=read.parsed("DRAIN_SECONDS", 120, _natural, "a number of seconds"),
        max_live_calls=read.parsed("MAX_LIVE_CALLS", 150, _positive, "a number above 0"),
        metrics_token=read.text("METRICS_TOKEN", ""),
        require_mfa=read.flag("REQUIRE_MFA", not rehearsal),
        softphone_enabled=read.flag("SOFTPHONE_ENABLED", rehearsal),
        weather_url=read.text("WEATHER_URL", ""),
        spool_dir=read.text("SPOOL_DIR", ""),
        email_url=read.text("EMAIL_URL", ""),
        trusted_proxies=read.parsed("TRUSTED_PROXIES", 0, _natural, "a number of proxies"),
        otel_exporter_otlp_endpoint=read.url("OTEL_EXPORTER_OTLP_ENDPOINT", "", ("https", "http")),
        log_level=read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    )
    _check_together(config, read.problems)
    if read.problems:
        raise ConfigError("; ".join(read.problems))
    return config


def _check_together(config: Config, problems: list[str]) -> None:
    """What only makes sense when several settings are looked at."""
    secrets = {
        "SECRET_KEY": config.secret_key,
        "FIELD_ENCRYPTION_KEY": config.field_encryption_key,
        "PHI_KEYS": config.phi_keys,
        "PHI_INDEX_KEY": config.phi_index_key,
    }
    present = [value for value in secrets.values() if value]
    if len(set(present)) != len(present):
        problems.append(f"{', '.join(secrets)} must all differ")
    if config.field_encryption_key:
        try:
            Fernet(config.field_encryption_key)
        except ValueError:
            problems.append("FIELD_ENCRYPTION_KEY must be 32 random bytes in url-safe base64")
    if "*" in config.allowed_hosts:
        problems.append("ALLOWED_HOSTS must name hosts, not *")
    if config.public_url.startswith("http://") and not is_loopback(config.public_url):
        problems.append("PUBLIC_URL must start with https:// unless it is on this machine")
    needs_openai = config.voice_provider in {"auto", "openai"} and not is_loopback(config.openai_realtime_url)
    if needs_openai and not config.openai_api_key:
        problems.append("OPENAI_API_KEY is missing")
    if config.voice_provider == "elevenlabs" and not (
        config.elevenlabs_api_key and config.elevenlabs_agent_id
    ):
        problems.append(
            "ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID are needed when VOICE_PROVIDER is elevenlabs"
        )


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


def _natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError
    return number


def _pause(text: str) -> int:
    number = int(text)
    if not 200 <= number <= 3000:
        raise ValueError
    return number


def _money(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or amount <= 0:
        raise ValueError
    return amount
