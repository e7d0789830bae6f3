"""Requests of the telephone company to the application: signed, retried, numbered.

Source: Twilio, Webhooks security (X-Twilio-Signature) and Webhooks connection overrides (URL fragment).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from twilio.request_validator import RequestValidator

ANSWER_WITHIN_S = 15.0  # hard limit for voice

Cause = Literal["ct", "rt", "4xx", "5xx"]


class WebhookFailed(Exception):
    """The application could not be asked; `code` is Twilio's error number, `cause` names the retry policy."""

    def __init__(self, code: int, message: str, cause: Cause) -> None:
        super().__init__(message)
        self.code = code
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answered, and the URL it was asked at (without fragment)."""

    status: int
    body: bytes
    content_type: str
    url: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Overrides:
    """Connection overrides of a URL's fragment, times in seconds."""

    connect_s: float = 5.0
    total_s: float = ANSWER_WITHIN_S
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})


def signature(auth_token: str, url: str, parameters: Mapping[str, str]) -> str:
    """X-Twilio-Signature over `url` exactly as given and the POST parameters (empty for GET and sockets)."""
    return str(RequestValidator(auth_token).compute_signature(url, dict(parameters)))


def overrides(url: str) -> Overrides:
    """What the fragment of `url` asks for."""
    given = {name: values[-1] for name, values in parse_qs(urlsplit(url).fragment).items()}
    standard = Overrides()
    return Overrides(
        connect_s=int(given["ct"]) / 1000 if "ct" in given else standard.connect_s,
        total_s=min(ANSWER_WITHIN_S, int(given["tt"]) / 1000) if "tt" in given else standard.total_s,
        retries=int(given.get("rc", standard.retries)),
        policy=frozenset(given["rp"].split(",")) if "rp" in given else standard.policy,
    )


class Webhooks:
    """Asks the application. One session for all calls; `close` when done."""

    def __init__(self, auth_token: str) -> None:
        self._token = auth_token
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self, url: str, parameters: Mapping[str, str], *, method: str = "POST", at: str = ""
    ) -> Answer:
        """The application's answer. Raises WebhookFailed after the retries that the URL allows.

        `at` is the address to connect to instead, where `url` is one that only a proxy would know.
        """
        wanted = overrides(url)
        target = url.partition("#")[0]
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }
        if method.upper() == "GET":
            target += ("&" if "?" in target else "?") + urlencode(parameters)
            headers["X-Twilio-Signature"] = signature(self._token, target, {})
        else:
            headers["X-Twilio-Signature"] = signature(self._token, target, parameters)
        form = parameters if method.upper() == "POST" else None
        for tries_left in range(wanted.retries, -1, -1):
            try:
                answer = await self._once(method.upper(), at or target, headers, form, wanted)
                return replace(answer, url=target)
            except WebhookFailed as failure:
                if not tries_left or not wanted.policy & {"all", failure.cause}:
                    raise
        raise AssertionError("unreachable")

    async def fetch(self, url: str) -> bytes:
        """The body of a `<Play>` URL. Raises WebhookFailed."""
        headers = {"User-Agent": "TwilioProxy/1.1", "X-Twilio-Signature": signature(self._token, url, {})}
        answer = await self._once("GET", url, headers, None, overrides(url))
        return answer.body

    async def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        wanted: Overrides,
    ) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        limits = aiohttp.ClientTimeout(total=wanted.total_s, sock_connect=wanted.connect_s)
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        try:
            async with self._session.request(
                method,
                url,
                data=None if form is None else urlencode(form),
                headers={**headers, **kind},
                timeout=limits,
            ) as reply:
                body = await reply.read()
                if reply.status >= 400:
                    cause: Cause = "5xx" if reply.status >= 500 else "4xx"
                    raise WebhookFailed(11200, f"HTTP {reply.status}", cause)
                return Answer(reply.status, body, reply.content_type, url)
        except aiohttp.InvalidURL as error:
            raise WebhookFailed(11210, "invalid URL", "4xx") from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise WebhookFailed(11205, f"no connection: {type(error).__name__}", "ct") from error
        except TimeoutError as error:
            raise WebhookFailed(11205, "no answer in time", "rt") from error
        except aiohttp.ClientError as error:
            raise WebhookFailed(11200, f"broken answer: {type(error).__name__}", "rt") from error
