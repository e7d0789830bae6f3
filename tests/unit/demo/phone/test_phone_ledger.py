from heartvoice.demo.phone.ledger import Ledger
from heartvoice.demo.phone.mind import Reply
from heartvoice.demo.phone.topics import recognise


def conversation(*turns):
    """(what Maya said, topic of the answer or None) in order."""
    ledger = Ledger()
    for number, (text, topic) in enumerate(turns, start=1):
        ledger.maya_speaks(number, number * 1000)
        ledger.understood(number, text, recognise(text))
        if topic:
            ledger.said(Reply(topic, "words"), number * 1000 + 500)
            ledger.finished(number * 1000 + 900)
    return ledger


def test_an_answer_is_acknowledged_by_the_next_question():
    ledger = conversation(("And swelling?", "swelling"), ("How tired have you been?", "fatigue"))
    assert [answer.state for answer in ledger.answers] == ["acknowledged", "open"]
    assert ledger.acknowledged() == ["swelling"]


def test_an_answer_that_is_asked_again_was_not_acknowledged():
    ledger = conversation(
        ("And swelling?", "swelling"),
        ("I did not catch that. Please say one number.", "swelling"),
        ("How tired have you been?", None),
    )
    assert [answer.state for answer in ledger.answers] == ["asked_again", "acknowledged"]


def test_a_statement_acknowledges_nothing():
    ledger = conversation(("And swelling?", "swelling"), ("One moment please.", None))
    assert ledger.answers[0].state == "open"


def test_an_interruption_is_no_answer():
    ledger = conversation(("How tired have you been?", "interrupt"), ("And swelling?", None))
    assert ledger.acknowledged() == []
