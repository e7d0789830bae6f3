"""Ids reach the broker in order, and a broker that hangs or fails holds up nobody."""

from __future__ import annotations

import threading

from heartvoice.shared.handover import LONGEST_QUEUE, Handover


def test_ids_are_sent_in_the_order_they_were_given() -> None:
    sent: list[str] = []
    handover = Handover(sent.append)
    handover.give(["a", "b"])
    handover.give(["c"])
    handover.drained()
    assert sent == ["a", "b", "c"]


def test_a_broker_that_hangs_does_not_hold_up_the_caller() -> None:
    released, sent = threading.Event(), []

    def hang(identity: str) -> None:
        released.wait(timeout=30)
        sent.append(identity)

    handover = Handover(hang)
    handover.give(["a"])
    handover.give(["b"])
    assert sent == []
    released.set()
    handover.drained()
    assert sent == ["a", "b"]


def test_a_broker_that_refuses_loses_only_what_it_refused() -> None:
    sent: list[str] = []

    def refuse_the_first(identity: str) -> None:
        if identity == "a":
            raise ConnectionError
        sent.append(identity)

    handover = Handover(refuse_the_first)
    handover.give(["a", "b"])
    handover.drained()
    assert sent == ["b"]


def test_a_queue_that_is_full_drops_and_does_not_block() -> None:
    released, sent = threading.Event(), []

    def hang(identity: str) -> None:
        released.wait(timeout=30)
        sent.append(identity)

    handover = Handover(hang)
    handover.give(str(n) for n in range(LONGEST_QUEUE + 50))
    released.set()
    handover.drained()
    assert LONGEST_QUEUE <= len(sent) <= LONGEST_QUEUE + 1
