"""The items of one session's conversation, in order, and how many tokens they are. No sockets, no clock.

Tokens as billed: 1 per 100 ms of the caller's audio, 1 per 50 ms of the voice's audio, text about 1 per 4
characters. Source: OpenAI, "Managing costs" of the Realtime guide (2026-07).
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from heartvoice.demo.agent.wire.refused import Refused

Item = dict[str, Any]

USER_MS_PER_TOKEN = 100
ASSISTANT_MS_PER_TOKEN = 50
CHARACTERS_PER_TOKEN = 4
CACHE_BLOCK = 64  # cached prefixes are counted in whole blocks
_ITEM_OVERHEAD = 3  # role and separator tokens


def text_tokens(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens by kind."""

    text: int = 0
    audio: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.text + other.text, self.audio + other.audio)

    @property
    def total(self) -> int:
        return self.text + self.audio


@dataclass(slots=True)
class Entry:
    """One item with what is not on the wire: how long its audio is, and how often it was changed."""

    item: Item
    audio_ms: int = 0
    version: int = 0

    def tokens(self) -> Tokens:
        per_token = USER_MS_PER_TOKEN if self.item.get("role") == "user" else ASSISTANT_MS_PER_TOKEN
        said = sum(text_tokens(str(self.item.get(key) or "")) for key in ("name", "arguments", "output"))
        for part in self.item.get("content", ()):
            is_caller = (
                part["type"] == "input_audio"
            )  # its transcript is another model's and is not billed here
            said += 0 if is_caller else text_tokens(str(part.get("text") or part.get("transcript") or ""))
        return Tokens(said + _ITEM_OVERHEAD, -(-self.audio_ms // per_token))


@dataclass(slots=True)
class Conversation:
    """Items by id, and their order."""

    entries: dict[str, Entry] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    @property
    def last_id(self) -> str | None:
        return self.order[-1] if self.order else None

    def add(self, item: Item, *, audio_ms: int = 0, after: str | None = None) -> str | None:
        """Insert the item after `after` ("root" = first, None = last); the id of the one before it."""
        identity = item["id"]
        if identity in self.entries:
            raise Refused("item_already_exists", f"Item with id '{identity}' already exists.", "item.id")
        if after == "root":
            at = 0
        elif after is None:
            at = len(self.order)
        else:
            self.get(after, "previous_item_id")
            at = self.order.index(after) + 1
        self.entries[identity] = Entry(item, audio_ms)
        self.order.insert(at, identity)
        return self.order[at - 1] if at else None

    def get(self, identity: str, param: str = "item_id") -> Entry:
        """The entry. Raises Refused when there is none."""
        try:
            return self.entries[identity]
        except KeyError:
            message = f"Item with id '{identity[:64]}' does not exist."
            raise Refused("item_not_found", message, param) from None

    def grow(self, identity: str, audio_ms: int) -> None:
        """An assistant's item in progress has this much audio by now; one that was cut stays as it is."""
        entry = self.entries.get(identity)
        if entry and not entry.version:
            entry.audio_ms = audio_ms

    def settle(self, item: Item, audio_ms: int) -> None:
        """The item in progress is finished; one that was cut meanwhile keeps its cut."""
        entry = self.entries[item["id"]]
        entry.item = deepcopy(item)
        if entry.version:
            _forget_words(entry.item)
        else:
            entry.audio_ms = audio_ms

    def truncate(self, identity: str, audio_end_ms: int) -> None:
        """Cut an assistant's audio and forget its text: what was not heard was not said. Raises Refused."""
        entry = self.get(identity)
        if entry.item.get("role") != "assistant" or not entry.audio_ms:
            raise Refused("invalid_value", "Only assistant messages with audio can be truncated.", "item_id")
        if audio_end_ms > entry.audio_ms:
            message = f"Audio content of {entry.audio_ms}ms is already shorter than {audio_end_ms}ms"
            raise Refused("invalid_value", message, "audio_end_ms")
        entry.audio_ms = audio_end_ms
        entry.version += 1
        _forget_words(entry.item)

    def delete(self, identity: str) -> None:
        """Remove the item. Raises Refused."""
        self.get(identity)
        del self.entries[identity]
        self.order.remove(identity)


def _forget_words(item: Item) -> None:
    for part in item["content"]:
        part.pop("transcript", None)


@dataclass(slots=True)
class Meter:
    """What each response is billed: the whole conversation so far, the part that was billed before apart."""

    seen: list[tuple[str, int]] = field(default_factory=list)

    def usage(self, prompt: str, conversation: Conversation, reply: list[Entry]) -> dict[str, Any]:
        """The `usage` object of a response that said `reply`, which is not yet or no longer in the history."""
        spoken = {entry.item["id"] for entry in reply}
        history = [(key, conversation.entries[key]) for key in conversation.order if key not in spoken]
        parts = [(("prompt", hash(prompt)), Tokens(text_tokens(prompt)))]
        parts += [((key, entry.version), entry.tokens()) for key, entry in history]
        given = sum((tokens for _, tokens in parts), Tokens())
        cached = Tokens()
        for (key, tokens), before in zip(parts, self.seen, strict=False):
            if key != before:
                break
            cached += tokens
        text, audio = (count // CACHE_BLOCK * CACHE_BLOCK for count in (cached.text, cached.audio))
        self.seen = [key for key, _ in parts] + [(entry.item["id"], entry.version) for entry in reply]
        out = sum((entry.tokens() for entry in reply), Tokens())
        return {
            "total_tokens": given.total + out.total,
            "input_tokens": given.total,
            "output_tokens": out.total,
            "input_token_details": {
                "text_tokens": given.text,
                "audio_tokens": given.audio,
                "image_tokens": 0,
                "cached_tokens": text + audio,
                "cached_tokens_details": {"text_tokens": text, "audio_tokens": audio, "image_tokens": 0},
            },
            "output_token_details": {"text_tokens": out.text, "audio_tokens": out.audio},
        }
