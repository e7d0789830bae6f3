"""TwiML as data: the document of a webhook's answer, read into verbs.

Source: Twilio, TwiML for Programmable Voice. Verbs that the product has no use for become `Unsupported`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.etree import ElementTree


class TwimlError(ValueError):
    """The document cannot be executed; `code` is Twilio's error number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    voice: str = ""
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class Play:
    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    length_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Reject:
    reason: str = "rejected"


@dataclass(frozen=True, slots=True)
class Connect:
    """`<Connect><Stream>`: both ways; the next verb runs when the application closes the socket."""

    url: str
    name: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    status_url: str = ""
    status_method: str = "POST"
    action: str = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Gather:
    prompts: tuple["Say | Play | Pause", ...] = ()
    inputs: frozenset[str] = frozenset({"dtmf"})
    action: str = ""
    method: str = "POST"
    timeout_s: float = 5.0
    num_digits: int | None = None
    finish_on_key: str = "#"
    posts_empty: bool = False
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class Number:
    phone: str
    url: str = ""  # the whisper
    method: str = "POST"
    status_url: str = ""
    status_events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class Dial:
    numbers: tuple[Number, ...]
    action: str = ""
    method: str = "POST"
    timeout_s: float = 30.0
    caller_id: str = ""


@dataclass(frozen=True, slots=True)
class Enqueue:
    name: str
    action: str = ""
    method: str = "POST"
    wait_url: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    tag: str


Verb = Say | Play | Pause | Redirect | Hangup | Reject | Connect | Gather | Dial | Enqueue | Unsupported


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs of one answer and the URL it came from, against which its own URLs were resolved."""

    verbs: tuple[Verb, ...]
    url: str


def parse(text: str, url: str) -> Document:
    """Read a document. Raises TwimlError (12100: not XML or not a Response)."""
    try:
        root = ElementTree.fromstring(text.strip())  # noqa: S314  the product's own answer, on this machine
    except ElementTree.ParseError as error:
        raise TwimlError(12100, f"not XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(12100, "no <Response>")
    return Document(tuple(_verb(element, url) for element in root), url)


def _verb(element: ElementTree.Element, base: str) -> Verb:
    text = (element.text or "").strip()
    match element.tag:
        case "Say":
            return _say(element)
        case "Play":
            return Play(_url(base, text))
        case "Pause":
            return Pause(float(element.get("length", "1")))
        case "Redirect":
            return Redirect(_url(base, text) or base, element.get("method", "POST"))
        case "Hangup":
            return Hangup()
        case "Reject":
            return Reject(element.get("reason", "rejected"))
        case "Connect":
            return _connect(element, base)
        case "Gather":
            return _gather(element, base)
        case "Dial":
            return _dial(element, base, text)
        case "Enqueue":
            return Enqueue(
                text,
                _url(base, element.get("action")),
                element.get("method", "POST"),
                _url(base, element.get("waitUrl")),
            )
        case _:
            return Unsupported(element.tag)


def _say(element: ElementTree.Element) -> Say:
    text = " ".join("".join(element.itertext()).split())
    if len(text) > 4096:
        raise TwimlError(13520, "Say: text over 4096 characters")
    return Say(text, element.get("voice", ""), element.get("language", "en-US"))


def _connect(element: ElementTree.Element, base: str) -> Verb:
    stream = element.find("Stream")
    if stream is None:
        return Unsupported("Connect without Stream")
    parameters = {one.get("name", ""): one.get("value", "") for one in stream.findall("Parameter")}
    if sum(len(name) + len(value) for name, value in parameters.items()) >= 500:
        raise TwimlError(12200, "Stream: parameters reach 500 characters")
    return Connect(
        url=stream.get("url", ""),
        name=stream.get("name", ""),
        parameters=parameters,
        status_url=_url(base, stream.get("statusCallback")),
        status_method=stream.get("statusCallbackMethod", "POST"),
        action=_url(base, element.get("action")),
        method=element.get("method", "POST"),
    )


def _gather(element: ElementTree.Element, base: str) -> Gather:
    prompts = tuple(_verb(child, base) for child in element)
    digits = element.get("numDigits")
    return Gather(
        prompts=tuple(one for one in prompts if isinstance(one, Say | Play | Pause)),
        inputs=frozenset(element.get("input", "dtmf").split()),
        action=_url(base, element.get("action")) or base,
        method=element.get("method", "POST"),
        timeout_s=float(element.get("timeout", "5")),
        num_digits=int(digits) if digits else None,
        finish_on_key=element.get("finishOnKey", "#"),
        posts_empty=element.get("actionOnEmptyResult", "false").lower() == "true",
        language=element.get("language", "en-US"),
    )


def _dial(element: ElementTree.Element, base: str, text: str) -> Dial:
    numbers = tuple(
        Number(
            (one.text or "").strip(),
            _url(base, one.get("url")),
            one.get("method", "POST"),
            _url(base, one.get("statusCallback")),
            tuple(one.get("statusCallbackEvent", "completed").split()),
        )
        for one in element.findall("Number")
    )
    return Dial(
        numbers or ((Number(text),) if text else ()),
        _url(base, element.get("action")),
        element.get("method", "POST"),
        float(element.get("timeout", "30")),
        element.get("callerId", ""),
    )


def _url(base: str, given: str | None) -> str:
    return urljoin(base, given) if given else ""
