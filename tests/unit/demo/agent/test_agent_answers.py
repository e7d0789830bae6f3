"""What answers mean: figures where figures were said, and never a guess."""

import pytest

from heartvoice.demo.agent.dialogue import answers
from heartvoice.demo.agent.dialogue.answers import (
    Answer,
    Missed,
    MissedSome,
    No,
    NotMeasured,
    Score,
    SeveralScores,
    Stopped,
    Told,
    Unclear,
    Weight,
    WeightAmount,
    WeightChange,
    WeightDirection,
    Yes,
)

SCORES = [
    ("I would say one, I get a little winded on the stairs.", Score(1)),
    ("Zero, there is no swelling at all.", Score(0)),
    ("It is a four, I am short of breath just sitting here.", Score(4)),
    ("It is afore, I cannot lie down.", Score(4)),
    ("I would say, too, my ankles are swollen all day.", Score(2)),
    ("My answer is 3.", Score(3)),
    ("Two.", Score(2)),
    ("Do.", Score(2)),
    ("Hero.", Score(0)),
    ("A four", Score(4)),
    ("Three, I have to use two pillows.", Score(3)),
    ("maybe a two", Score(2)),
    ("Not at all.", Score(0)),
    ("No swelling.", Score(0)),
    ("None.", Score(0)),
    ("A little bit.", Score(1)),
    ("Somewhat.", Score(2)),
    ("Quite bad today.", Score(3)),
    ("Really bad.", Score(4)),
    ("Two or three.", SeveralScores()),
    ("Between one and two, it depends.", SeveralScores()),
    ("No one has asked me that before.", Unclear()),
    ("Seven.", Unclear()),
    ("Well, you know how it is.", Unclear()),
    ("No.", Unclear()),
    ("I would say to you that it is nothing much to talk about, dear.", Unclear()),
]
PAIN = [
    ("No, I have not had any chest pain or pressure at all.", No()),
    ("No, no pain at all.", No()),
    ("Never.", No()),
    ("Yes, I have had a tightness in my chest since this morning.", Yes()),
    ("There is a pressure, like something sitting on me.", Yes()),
    ("Yes.", Yes()),
    ("No, but there is a tightness when I walk.", Yes()),
    ("The weather was fine.", Unclear()),
]
FALLS = [
    ("No, I have not had any falls and I have not fainted.", No()),
    ("I slipped in the bathroom on Tuesday.", Yes()),
    ("Yes, I took a tumble.", Yes()),
    ("I nearly fell, but no.", No()),
]
WEIGHTS = [
    ("No, my weight has stayed exactly the same.", WeightChange(0.0)),
    ("Yes, I'm afraid it has gone up. I gained six pounds this week.", WeightChange(6)),
    ("I gained four pounds.", WeightChange(4)),
    ("I gained for pounds.", WeightChange(4)),
    ("It is up two and a half pounds", WeightChange(2.5)),
    ("I lost 3 pounds.", WeightChange(-3)),
    ("It went from 180 to 184.", WeightChange(4)),
    ("I'm up two kilos.", WeightChange(4.5)),
    ("One hundred eighty two pounds.", Weight(182)),
    ("I weigh one eighty four.", Weight(184)),
    ("Three pounds.", WeightAmount(3)),
    ("It went up.", WeightDirection(1)),
    ("It came down a bit.", WeightDirection(-1)),
    ("I did not weigh myself.", NotMeasured()),
    ("I don't own a scale", NotMeasured()),
    ("Yes.", Yes()),
    ("No.", No()),
    ("Hard to tell.", Unclear()),
]
MEDICINES = [
    ("Yes, I took all of my heart medicines and I did not miss any doses.", Missed(0)),
    ("I took all of them, I missed none.", Missed(0)),
    ("Yes, every day.", Missed(0)),
    ("Zero", Missed(0)),
    ("No, I missed three doses of my water pill this week.", Missed(3)),
    ("I forgot it twice.", Missed(2)),
    ("I missed one dose.", Missed(1)),
    ("I skipped a few.", MissedSome()),
    ("I ran out of the water pill.", Stopped()),
    ("I stopped taking it because of the cough.", Stopped()),
    ("No.", No()),
    ("Yes.", Yes()),
    ("The blue ones are pretty.", Unclear()),
]


@pytest.mark.parametrize(("said", "meant"), SCORES)
def test_a_scale_is_read_from_figures_and_plain_words(said: str, meant: Answer) -> None:
    assert answers.score(said) == meant


@pytest.mark.parametrize(("said", "meant"), PAIN)
def test_chest_pain_is_a_yes_when_a_symptom_is_named_without_a_no(said: str, meant: Answer) -> None:
    assert answers.chest_pain(said) == meant


@pytest.mark.parametrize(("said", "meant"), FALLS)
def test_a_fall_is_told_from_a_near_fall(said: str, meant: Answer) -> None:
    assert answers.fall(said) == meant


@pytest.mark.parametrize(("said", "meant"), WEIGHTS)
def test_weight_needs_direction_and_amount(said: str, meant: Answer) -> None:
    assert answers.weight_change(said) == meant


@pytest.mark.parametrize(("said", "meant"), MEDICINES)
def test_missed_doses_are_counted_only_when_said(said: str, meant: Answer) -> None:
    assert answers.missed_doses(said) == meant


@pytest.mark.parametrize(
    ("said", "mood", "is_worse"),
    [
        ("I have been feeling quite well, thank you.", 1, False),
        ("I am not doing well at all.", -1, False),
        ("It is much worse than last week.", -1, True),
        ("We watched the ships.", 0, False),
    ],
)
def test_an_open_answer_only_sets_the_tone(said: str, mood: int, is_worse: bool) -> None:
    assert answers.open_answer(said) == Told(mood, is_worse)
