"""Numbers, wishes, dangers, names and dates in spoken words."""

import pytest

from heartvoice.demo.agent.dialogue import brief, lines
from heartvoice.demo.agent.dialogue.brief import Note, Order
from heartvoice.demo.agent.dialogue.identity import Identity, identity_in
from heartvoice.demo.agent.dialogue.intents import Intent, danger, wish
from heartvoice.demo.agent.dialogue.numbers import numbers
from heartvoice.demo.agent.dialogue.words import spelled_out


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("one hundred and eighty two", [182]),
        ("one eighty four", [184]),
        ("a hundred and five", [105]),
        ("two hundred", [200]),
        ("six and a half", [6.5]),
        ("182.5", [182.5]),
        ("4", [4]),
        ("thirteen or fourteen", [13, 14]),
        ("half a pound", [0.5]),
        ("twenty one pills and two pillows", [21, 2]),
        ("none at all", []),
    ],
)
def test_numbers_are_found_in_words_and_figures(said: str, meant: list[float]) -> None:
    assert numbers(spelled_out(said).split()) == meant


@pytest.mark.parametrize("value", [0, 7, 13, 20, 42, 99, 100, 182, 999])
def test_a_number_survives_being_spelled_out_and_read(value: int) -> None:
    assert numbers(lines.number_words(value).split()) == [value]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Excuse me, could you please say that again?", Intent.REPEAT),
        ("What was that, could you say it again?", Intent.REPEAT),
        ("I beg your pardon?", Intent.REPEAT),
        ("Slow down, please.", Intent.SLOWER),
        ("Please talk slower.", Intent.SLOWER),
        ("Are you a real person?", Intent.ROBOT),
        ("Am I talking to a machine?", Intent.ROBOT),
        ("I want to speak to a nurse.", Intent.HUMAN),
        ("You have the wrong number.", Intent.WRONG_PERSON),
        ("Please stop calling me.", Intent.OPT_OUT),
        ("Hold on.", Intent.WAIT),
        ("Should I take another water pill?", Intent.ADVICE),
        ("I have to go now, goodbye.", Intent.GOODBYE),
        ("I do most of the things I enjoy, I just take them a little slower than before.", None),
        ("I would say one.", None),
        ("My neighbour slowed down a lot.", None),
    ],
)
def test_wishes_are_heard_and_ordinary_answers_are_not_wishes(said: str, wanted: Intent | None) -> None:
    assert wish(said) == wanted


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Mom can't breathe, she is gasping for air.", Intent.BREATHING),
        ("I can't catch my breath.", Intent.BREATHING),
        ("I have a pressure in my chest.", Intent.CHEST_PAIN),
        ("My chest is tight.", Intent.CHEST_PAIN),
        ("I want to die.", Intent.CRISIS),
        ("I don't want to live like this", Intent.CRISIS),
        ("His face is drooping.", Intent.STROKE),
        ("No, I have not had any chest pain.", None),
        ("No, no pain in my chest.", None),
        ("I would never want to die.", None),
        ("I watched a movie about a heart attack.", None),
        ("I am fine, thank you.", None),
    ],
)
def test_dangers_are_found_unless_the_clause_denies_them(said: str, found: Intent | None) -> None:
    assert danger(said) == found


@pytest.mark.parametrize(
    ("said", "name", "birth"),
    [
        (
            "My name is Robert Harris, and I was born on March third, nineteen forty eight.",
            "Robert Harris",
            "March third nineteen forty eight",
        ),
        ("Robert Harris, March 3rd, 1948.", "Robert Harris", "March 3rd 1948"),
        ("I'm Dorothy Miller, my date of birth is 7/12/1944", "Dorothy Miller", "7/12/1944"),
        (
            "It's George Thompson. May ninth, nineteen fifty one.",
            "George Thompson",
            "May ninth nineteen fifty one",
        ),
        ("the 3rd of March 1948", "", "the 3rd of March 1948"),
        ("Yes, this is Susan Taylor.", "Susan Taylor", ""),
        ("I was born on July twelfth, nineteen forty four.", "", "July twelfth nineteen forty four"),
        ("I am her daughter, please help us.", "", ""),
        ("Why do you want to know that?", "", ""),
        ("I may come by later.", "", ""),
    ],
)
def test_name_and_date_of_birth_are_cut_out_as_said(said: str, name: str, birth: str) -> None:
    assert identity_in(said) == Identity(name, birth)


def test_a_later_answer_completes_and_corrects_an_earlier_one() -> None:
    assert Identity("Ann Lee", "").merged(Identity("", "May 1 1950")) == Identity("Ann Lee", "May 1 1950")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PATIENT CONTEXT:\n- Name: Margaret\n- Age: 78", "Margaret"),
        ("First name: «Dorothy»\nAge: 80", "Dorothy"),
        ("Patient's first name: George", "George"),
        ("You are Maya. Ask for their name: first and last.", ""),
    ],
)
def test_the_first_name_comes_from_the_patient_context(text: str, name: str) -> None:
    assert brief.first_name(text) == name


@pytest.mark.parametrize(
    ("text", "order"),
    [
        (
            "This is an emergency. The approved message has been read to the patient: «Call nine one one.»",
            Order.EMERGENCY,
        ),
        (
            "This is an emergency. The approved message has been read: «call or text nine eight eight»",
            Order.SELF_HARM,
        ),
        ("The patient's identity is confirmed. Build trust and comfort now.", Order.VERIFIED),
        ("Identity could not be confirmed. Say nothing private.", Order.IDENTITY_FAILED),
        ("What interrupted you was no word. Finish what you were saying: «to four?»", Order.NOISE),
        ("The patient does not want these calls. Confirm it in one sentence.", Order.OPT_OUT),
    ],
)
def test_notes_of_the_product_are_understood(text: str, order: Order) -> None:
    assert brief.read_note(text) == Note(order)


def test_standing_advice_about_emergencies_is_no_news_of_one() -> None:
    advice = "Watch closely for: hard breathing or chest pain; confusion; a fall. Ask directly."
    assert brief.read_note(advice) is None


def test_the_question_to_ask_is_taken_from_the_note() -> None:
    text = "Ask this directly before anything else, and record or report the answer: Did you fall?"
    assert brief.read_note(text) == Note(Order.CLARIFY, "Did you fall?")


def test_wording_to_be_read_out_is_taken_from_the_quotation_marks() -> None:
    text = 'Say exactly this to the patient, word for word, and nothing else: "Call 911 now."'
    assert brief.verbatim(text) == "Call 911 now."
    assert brief.verbatim("Be kind.") == ""
