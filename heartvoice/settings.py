"""Django settings: wiring only. What may differ between installations comes from `heartvoice.config`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import environ

from heartvoice import config as _config

BASE_DIR = Path(__file__).resolve().parent.parent

# Before numpy is first imported. Arrays are small here: a second thread for one product only waits, and in the process
# that carries calls it waits on a core that a call needs.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    CONFIG = _config.load(os.environ)
except _config.ConfigError as error:
    print(f"heartvoice cannot start: {error}. See .env.example.", file=sys.stderr)  # noqa: T201
    raise SystemExit(78) from None  # EX_CONFIG

# --- secrets and addresses ---------------------------------------------------------------------------------
SECRET_KEY = CONFIG.secret_key
FIELD_ENCRYPTION_KEY = CONFIG.field_encryption_key  # demanded by the fields package; reads nothing new

from heartvoice.shared.keys import BadKey, key_from_text, key_ring  # noqa: E402  (needs no settings to import)

try:
    PHI_KEYS = key_ring(CONFIG.phi_keys)
    PHI_INDEX_KEY = key_from_text(CONFIG.phi_index_key)
except (BadKey, ValueError) as error:
    print(f"heartvoice cannot start: PHI_KEYS or PHI_INDEX_KEY {error}. See .env.example.", file=sys.stderr)  # noqa: T201
    raise SystemExit(78) from None

PUBLIC_URL = CONFIG.public_url
ALLOWED_HOSTS = [*CONFIG.allowed_hosts, "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DEBUG = False
REHEARSAL = CONFIG.is_rehearsal
OVER_TLS = PUBLIC_URL.startswith("https://")

TWILIO_ACCOUNT_SID = CONFIG.twilio_account_sid
TWILIO_AUTH_TOKEN = CONFIG.twilio_auth_token
TWILIO_AUTH_TOKEN_PREVIOUS = CONFIG.twilio_auth_token_previous
TWILIO_FROM_NUMBER = CONFIG.twilio_from_number
TWILIO_MESSAGING_SERVICE_SID = CONFIG.twilio_messaging_service_sid
TWILIO_API_BASE = CONFIG.twilio_api_base
OPENAI_API_KEY = CONFIG.openai_api_key
OPENAI_REALTIME_URL = CONFIG.openai_realtime_url
OPENAI_REALTIME_MODEL = CONFIG.openai_realtime_model
OPENAI_VOICE = CONFIG.openai_voice
VAD_THRESHOLD = CONFIG.vad_threshold
VAD_SILENCE_MS = CONFIG.vad_silence_ms
NOISE_REDUCTION = "" if CONFIG.noise_reduction == "off" else CONFIG.noise_reduction
ELEVENLABS_API_KEY = CONFIG.elevenlabs_api_key
ELEVENLABS_AGENT_ID = CONFIG.elevenlabs_agent_id
ELEVENLABS_BASE_URL = CONFIG.elevenlabs_base_url
VOICE_PROVIDER = CONFIG.voice_provider
NURSE_LINE_NUMBER = CONFIG.nurse_line_number
CLINIC_SPOKEN_NAME = CONFIG.clinic_spoken_name
MONTHLY_BUDGET_USD = CONFIG.monthly_budget_usd
OTEL_EXPORTER_OTLP_ENDPOINT = CONFIG.otel_exporter_otlp_endpoint
OVER_BUDGET_CALLS = CONFIG.over_budget_calls
OPENAI_REALTIME_MINI_MODEL = CONFIG.openai_realtime_mini_model
RETENTION_DAYS = CONFIG.retention_days
DRAIN_SECONDS = CONFIG.drain_seconds
MAX_LIVE_CALLS = CONFIG.max_live_calls
METRICS_TOKEN = CONFIG.metrics_token
REQUIRE_MFA = CONFIG.require_mfa
SOFTPHONE_ENABLED = CONFIG.softphone_enabled
WEATHER_URL = CONFIG.weather_url
SPOOL_DIR = CONFIG.spool_dir
TRUSTED_PROXIES = CONFIG.trusted_proxies

# --- applications ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "heartvoice.clinic.apps.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "csp",
    "auditlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "patients",
    "alerts",
    "biomarkers",
    "calls",
    "heartvoice.apps.HeartvoiceConfig",
]
if len(sys.argv) > 1 and sys.argv[1] == "runserver":
    INSTALLED_APPS.insert(0, "daphne")  # imports Twisted, which no other process needs

MIDDLEWARE = [
    "heartvoice.web.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "heartvoice.web.language.UserLanguageMiddleware",
    "heartvoice.dashboard.middleware.PartialRedirectMiddleware",
    "heartvoice.web.sessions.IdleSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "heartvoice.web.second_factor.SecondFactorMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "csp.middleware.CSPMiddleware",
    "heartvoice.web.headers.HeadersMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "heartvoice.urls"
ASGI_APPLICATION = "heartvoice.asgi.application"
AUTH_USER_MODEL = "patients.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heartvoice.web.context.site",
            ],
        },
    },
]

# --- data --------------------------------------------------------------------------------------------------
DATABASES = {"default": environ.Env.db_url_config(CONFIG.database_url)}
_ON_POSTGRES = DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
if _ON_POSTGRES:
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["connect_timeout"] = 5
    _options["options"] = (
        "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000 "
        + _options.get("options", "")
    ).strip()
    _options.update(keepalives=1, keepalives_idle=10, keepalives_interval=5, keepalives_count=2)
    _options["tcp_user_timeout"] = 15_000  # keepalive is silent while a query waits for its acknowledgement
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = CONFIG.redis_url
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hv",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 1, "socket_timeout": 8}],
            "prefix": "hv-live",
            "symmetric_encryption_keys": [SECRET_KEY],
            "expiry": 30,
        },
    }
}

# --- people ------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["heartvoice.web.passwords.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 30 * 60  # seconds a link to set a password lives
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "heartvoice.web.forms.SignInForm"}
ACCOUNT_ADAPTER = "heartvoice.web.accounts.ClosedAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "50/h/ip,5/30m/key", "login": "120/h/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "HeartVoice Monitor"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 15 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OVER_TLS
SESSION_COOKIE_NAME = "__Host-session" if OVER_TLS else "hv_session"
CSRF_COOKIE_NAME = "__Host-csrf" if OVER_TLS else "hv_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True

# --- browser -----------------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = OVER_TLS
SECURE_SSL_REDIRECT = False  # the reverse proxy redirects; the health and telephony URLs must never be
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", PUBLIC_URL.replace("http", "ws", 1)],
        "media-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
STATIC_URL = "/static/"
_COLLECTED = BASE_DIR / "staticfiles"
STATIC_ROOT = _COLLECTED if _COLLECTED.is_dir() or "collectstatic" in sys.argv else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # nothing of a patient is ever a file
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if (_COLLECTED / "staticfiles.json").exists()
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # larger ones are refused

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "heartvoice" / "locale"]
FORMAT_MODULE_PATH = ["heartvoice.formats"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

# --- mail, API, audit --------------------------------------------------------------------------------------
if CONFIG.email_url:
    vars().update(environ.Env.email_url_config(CONFIG.email_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ADMINS: list[tuple[str, str]] = []  # error mails would carry health data

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "heartvoice.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "EXCEPTION_HANDLER": "heartvoice.api.errors.answer",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "120/min"},
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "HeartVoice Monitor",
    "DESCRIPTION": "Patients of the caller's care teams. Each answer is written into the access log.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CallState": "calls.models.Call.State",
        "AlertState": "alerts.models.Alert.State",
        "SegmentState": "biomarkers.models.VoiceBiomarker.State",
    },
}

AUDITLOG_INCLUDE_ALL_MODELS = False
AUDITLOG_DISABLE_REMOTE_ADDR = True  # it believes the leftmost X-Forwarded-For, which the client writes
AUDITLOG_LOGENTRY_MODEL = "auditlog.LogEntry"

from heartvoice.logs import LOGGING_FOR  # noqa: E402

LOGGING = LOGGING_FOR(CONFIG.log_level)
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # see SECURE_SSL_REDIRECT
