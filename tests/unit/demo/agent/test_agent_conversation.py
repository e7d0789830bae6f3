"""Items in order, and what each response is billed."""

import pytest

from heartvoice.demo.agent.conversation import Conversation, Entry, Item, Meter
from heartvoice.demo.agent.wire.refused import Refused


def user(identity: str) -> Item:
    return {
        "id": identity,
        "type": "message",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": None}],
    }


def assistant(identity: str, text: str) -> Item:
    content = [{"type": "output_audio", "transcript": text}]
    return {"id": identity, "type": "message", "role": "assistant", "content": content}


def test_items_go_where_they_are_asked_to() -> None:
    talk = Conversation()
    assert talk.add(user("a")) is None
    assert talk.add(user("b")) == "a"
    assert talk.add(user("c"), after="a") == "a"
    assert talk.add(user("d"), after="root") is None
    assert talk.order == ["d", "a", "c", "b"]
    with pytest.raises(Refused):
        talk.add(user("e"), after="nowhere")


def test_truncating_forgets_the_words_and_never_lengthens() -> None:
    talk = Conversation()
    talk.add(assistant("a", "Good morning."), audio_ms=3700)
    with pytest.raises(Refused) as refused:
        talk.truncate("a", 3760)
    assert "already shorter" in refused.value.message
    talk.truncate("a", 1500)
    assert talk.get("a").audio_ms == 1500
    assert "transcript" not in talk.get("a").item["content"][0]


def test_only_assistant_audio_can_be_truncated() -> None:
    talk = Conversation()
    talk.add(user("a"), audio_ms=1000)
    with pytest.raises(Refused):
        talk.truncate("a", 500)


def test_audio_is_billed_by_who_spoke_and_for_how_long() -> None:
    assert Entry(user("a"), 2000).tokens().audio == 20
    assert Entry(assistant("b", ""), 2000).tokens().audio == 40


def test_each_response_is_billed_the_whole_history_with_the_old_part_cached() -> None:
    talk, meter = Conversation(), Meter()
    prompt = "x" * 4000
    talk.add(user("u1"), audio_ms=10_000)
    first = meter.usage(prompt, talk, [Entry(assistant("a1", "Hello."), 5000)])
    assert first["input_token_details"]["cached_tokens"] == 0
    assert first["input_token_details"]["audio_tokens"] == 100
    assert first["output_token_details"]["audio_tokens"] == 100
    talk.add(assistant("a1", "Hello."), audio_ms=5000)
    talk.add(user("u2"), audio_ms=3000)
    second = meter.usage(prompt, talk, [])
    details = second["input_token_details"]
    assert details["audio_tokens"] == 230
    assert details["cached_tokens_details"] == {"text_tokens": 960, "audio_tokens": 192, "image_tokens": 0}
    assert second["total_tokens"] == second["input_tokens"] + second["output_tokens"]


def test_a_truncated_item_breaks_the_cache_from_there_on() -> None:
    talk, meter = Conversation(), Meter()
    talk.add(assistant("a1", "Hello."), audio_ms=60_000)
    talk.add(user("u1"), audio_ms=60_000)
    meter.usage("x" * 400, talk, [])
    talk.truncate("a1", 30_000)
    usage = meter.usage("x" * 400, talk, [])
    assert usage["input_token_details"]["cached_tokens_details"]["audio_tokens"] == 0
