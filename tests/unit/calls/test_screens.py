"""Screens: every road of the table, and the engine that asks them word for word."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest

from alerts.phrases import scan
from alerts.phrases.flags import KINDS
from alerts.phrases.model import ScanContext, ScanResult, Segment
from calls.events import (
    AddText,
    AlertCommitted,
    AskReply,
    EndCall,
    EndReason,
    KeyPressed,
    RaiseFlags,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    RunTool,
    SaveTurn,
    SpeechStarted,
    StreamStopped,
    ToolCall,
    ToolFinished,
)
from calls.instructions import load_prompts
from calls.recordings import scripts
from calls.screens import ANY, Kind, Reply, Run, Screen, Step, screens
from calls.screens.replies import refuses_person, reply_by_keys, reply_in_words, wants_again, yes_or_no
from tests.unit.calls.builders import Rig, flag, hears, of, result

MONDAY = datetime(2026, 11, 23, 10)
REPLIES = {
    Kind.YES_NO: (Reply.YES, Reply.NO, Reply.UNSURE, Reply.SILENT),
    Kind.ORIENTATION: (Reply.RIGHT, Reply.WRONG, Reply.UNSURE, Reply.SILENT),
    Kind.CHOICE: (Reply.CHOICE_0, Reply.CHOICE_1, Reply.CHOICE_2, Reply.CHOICE_3, Reply.UNSURE),
    Kind.OPEN: (Reply.TOLD, Reply.SILENT),
}


def played(screen_id: str, *replies: Reply) -> Run:
    run = Run(screens()[screen_id])
    for reply in replies:
        run.reply(reply)
    return run


# --- the table


@pytest.mark.parametrize("screen", screens().values(), ids=lambda screen: screen.id)
def test_every_wording_exists_in_both_languages(screen: Screen) -> None:
    for key in [*(step.say for step in screen.steps), *(o.say for o in screen.outcomes.values() if o.say)]:
        for language in ("en", "es"):
            assert scripts(language).text(key)


@pytest.mark.parametrize(
    "screen", [one for one in screens().values() if not one.is_asked_alone], ids=lambda screen: screen.id
)
def test_every_wording_has_been_rendered_in_english(screen: Screen) -> None:
    for key in [*(step.say for step in screen.steps), *(o.say for o in screen.outcomes.values() if o.say)]:
        assert scripts("en").recorded[key].pieces, key


@pytest.mark.parametrize("screen", screens().values(), ids=lambda screen: screen.id)
def test_every_combination_of_replies_comes_to_an_outcome(screen: Screen) -> None:
    for replies in itertools.product(*(REPLIES[step.kind] for step in screen.steps)):
        run = Run(screen)
        for reply in replies:
            if run.step is None:
                break
            run.reply(REPLIES[run.step.kind][0] if reply not in REPLIES[run.step.kind] else reply)
        assert run.step is None and run.outcome is not None


@pytest.mark.parametrize("screen", screens().values(), ids=lambda screen: screen.id)
def test_what_a_screen_raises_is_an_emergency_flag(screen: Screen) -> None:
    for step in screen.steps:
        assert ANY in step.on
        assert all(KINDS[name.partition(":")[0]].alert_type == "emergency" for name in step.raises.values())


@pytest.mark.parametrize(
    ("screen", "replies", "outcome"),
    [
        # suicide: only a plain no to thoughts now is not acute; behaviour is the highest tier
        ("suicide", (Reply.YES,), "acute"),
        ("suicide", (Reply.UNSURE,), "acute"),
        ("suicide", (Reply.SILENT,), "acute"),
        ("suicide", (Reply.NO, Reply.YES), "danger"),
        ("suicide", (Reply.NO, Reply.UNSURE), "danger"),
        ("suicide", (Reply.NO, Reply.NO, Reply.YES, Reply.YES), "wants_person"),
        ("suicide", (Reply.NO, Reply.NO, Reply.SILENT, Reply.SILENT), "wants_person"),
        ("suicide", (Reply.NO, Reply.NO, Reply.YES, Reply.NO), "non_acute"),
        ("suicide_alone", (Reply.YES, Reply.YES), "danger"),
        ("suicide_alone", (Reply.YES, Reply.NO, Reply.YES), "danger"),
        ("suicide_alone", (Reply.YES, Reply.NO, Reply.NO, Reply.UNSURE), "danger"),
        ("suicide_alone", (Reply.NO, Reply.NO, Reply.NO, Reply.NO), "acute"),
        ("present_thoughts", (Reply.NO,), "none"),
        ("present_thoughts", (Reply.SILENT,), "thoughts"),
        # fall: head, faint, cannot walk, thinner
        ("fall", (Reply.YES,), "danger"),
        ("fall", (Reply.UNSURE,), "danger"),
        ("fall", (Reply.NO, Reply.YES), "danger"),
        ("fall", (Reply.NO, Reply.NO, Reply.NO), "danger"),
        ("fall", (Reply.NO, Reply.NO, Reply.YES, Reply.YES), "danger"),
        ("fall", (Reply.NO, Reply.NO, Reply.YES, Reply.UNSURE), "no_danger"),
        ("fall", (Reply.NO, Reply.NO, Reply.YES, Reply.NO), "no_danger"),
        # BE-FAST: any yes
        ("stroke", (Reply.YES,), "signs"),
        ("stroke", (Reply.NO, Reply.NO, Reply.YES), "signs"),
        ("stroke", (Reply.NO,) * 4 + (Reply.YES,), "signs"),
        ("stroke", (Reply.NO,) * 5, "no_sign"),
        # who cannot answer has not denied it: twice, or when asked about speech
        ("stroke", (Reply.UNSURE, Reply.UNSURE), "signs"),
        ("stroke", (Reply.SILENT, Reply.NO, Reply.UNSURE), "signs"),
        ("stroke", (Reply.NO,) * 4 + (Reply.UNSURE,), "signs"),
        ("stroke", (Reply.NO,) * 4 + (Reply.SILENT,), "signs"),
        ("stroke", (Reply.UNSURE,) + (Reply.NO,) * 4, "no_sign"),
        # orientation: two failures of three
        ("orientation", (Reply.RIGHT, Reply.RIGHT, Reply.WRONG), "oriented"),
        ("orientation", (Reply.WRONG, Reply.RIGHT, Reply.WRONG), "failed"),
        ("orientation", (Reply.SILENT, Reply.UNSURE, Reply.RIGHT), "failed"),
        # PHQ-2: 3 of 6 is positive
        ("phq2", (Reply.CHOICE_1, Reply.CHOICE_1), "scored"),
        ("phq2", (Reply.CHOICE_1, Reply.CHOICE_2), "positive"),
        ("phq2", (Reply.CHOICE_3, Reply.CHOICE_0), "positive"),
        ("breath", (Reply.NO, Reply.NO), "none"),
        ("breath", (Reply.NO, Reply.UNSURE), "emergency"),
        ("breath", (Reply.YES,), "emergency"),
        # S11: what nobody denies counts; a fall has questions of its own
        ("warning", (Reply.NO, Reply.NO), "none"),
        ("warning", (Reply.YES,), "emergency"),
        ("warning", (Reply.SILENT,), "emergency"),
        ("warning", (Reply.NO, Reply.YES), "fell"),
        ("warning", (Reply.NO, Reply.UNSURE), "fell"),
        ("safety", (Reply.YES,), "safe"),
        ("safety", (Reply.UNSURE,), "unsafe"),
        ("last_well", (Reply.TOLD,), "told"),
        ("steadi", (Reply.NO, Reply.NO, Reply.NO), "answered"),
    ],
)
def test_each_road_leads_where_the_table_says(screen: str, replies: tuple[Reply, ...], outcome: str) -> None:
    run = played(screen, *replies)
    assert run.outcome is not None and run.outcome.name == outcome


@pytest.mark.parametrize(
    "replies", [(Reply.SILENT, Reply.SILENT), (Reply.NO, Reply.UNSURE, Reply.NO, Reply.SILENT)]
)
def test_who_cannot_answer_the_questions_about_a_stroke_raises_one(replies: tuple[Reply, ...]) -> None:
    run = Run(screens()["stroke"])
    assert [run.reply(reply) for reply in replies][-1] == "stroke_signs"
    assert run.hit("stroke_signs").severity == "critical"


@pytest.mark.parametrize(
    ("doubt", "screen"),
    [
        ("clarify:dyspnea", "breath"),
        ("clarify:chest_pain", "breath"),
        ("clarify:fall", "warning"),
        ("clarify:mood", "phq2"),
        ("clarify:medication", "medication"),
        ("clarify:weight", "weight"),
        ("clarify:stroke_signs", "stroke"),
        ("clarify:confusion", "orientation"),
        ("clarify:suicidal_ideation", "present_thoughts"),
    ],
)
def test_every_doubt_has_its_questions_where_no_model_asks(doubt: str, screen: str) -> None:
    assert doubt.removeprefix("clarify:") in load_prompts().clarify
    begun = [one.id for one in screens().values() if one.is_begun_by_controls((doubt,), is_alone=True)]
    assert begun == [screen]
    assert not any(one.is_begun_by_controls(("clarify:fall",), is_alone=False) for one in screens().values())


def test_the_screens_about_a_danger_are_known() -> None:
    assert {name for name, screen in screens().items() if not screen.is_about_danger} == {
        "phq2", "steadi", "medication", "weight"
    }  # fmt: skip


@pytest.mark.parametrize("topic", ["medication", "weight"])
def test_what_is_asked_without_a_model_is_what_the_model_is_told_to_ask(topic: str) -> None:
    assert scripts("en").said[f"clarify_{topic}"] == load_prompts().clarify[topic]


def test_a_score_counts_only_when_every_choice_was_made() -> None:
    assert played("phq2", Reply.CHOICE_2, Reply.CHOICE_1).is_scored
    assert not played("phq2", Reply.CHOICE_2, Reply.UNSURE).is_scored


# --- replies


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes.", Reply.YES),
        ("I do", Reply.YES),
        ("yes please", Reply.YES),
        ("Okay", Reply.YES),
        ("sometimes", Reply.YES),
        ("No", Reply.NO),
        ("no, not at all", Reply.NO),
        ("I don't know", Reply.UNSURE),
        ("maybe", Reply.UNSURE),
        ("not really", Reply.UNSURE),
        ("sí", Reply.YES),
        ("no, gracias", Reply.NO),
        ("no sé", Reply.UNSURE),
        ("tal vez", Reply.UNSURE),
        ("My daughter is on the porch", None),
    ],
)
def test_yes_and_no_are_read_in_both_languages(text: str, reply: Reply | None) -> None:
    assert yes_or_no(text) == reply


@pytest.mark.parametrize(
    ("step", "text", "reply"),
    [
        ("day", "It's Monday", Reply.RIGHT),
        ("day", "es lunes", Reply.RIGHT),
        ("day", "Friday, I think", Reply.WRONG),
        ("day", "I have no idea", Reply.WRONG),
        ("month", "November", Reply.RIGHT),
        ("month", "marzo", Reply.WRONG),
        ("year", "2026", Reply.RIGHT),
        ("year", "twenty twenty six", Reply.RIGHT),
        ("year", "dos mil veintiséis", Reply.RIGHT),
        ("year", "nineteen eighty four", Reply.WRONG),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_orientation_is_judged_by_the_patients_own_clock(
    language: str, step: str, text: str, reply: Reply
) -> None:
    asked = screens()["orientation"].step(step)
    wording = scripts(language).recorded[asked.say].text
    assert reply_in_words(asked, text, wording=wording, judged=ScanResult(), local_time=MONDAY) == reply


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Not at all.", Reply.CHOICE_0),
        ("No.", Reply.CHOICE_0),
        ("several days I guess", Reply.CHOICE_1),
        ("More than half the days", Reply.CHOICE_2),
        ("nearly every day", Reply.CHOICE_3),
        ("casi todos los días", Reply.CHOICE_3),
        ("ningún día", Reply.CHOICE_0),
        ("two", Reply.CHOICE_2),
        ("my knee hurts", None),
    ],
)
def test_choices_are_read(text: str, reply: Reply | None) -> None:
    step = screens()["phq2"].step("mood")
    assert reply_in_words(step, text, wording="", judged=ScanResult(), local_time=None) == reply


def test_a_flag_of_the_scanner_is_a_yes_to_its_own_question() -> None:
    step = screens()["suicide"].step("now")
    words = "I have the pills right here and I want to die"
    judged = scan(
        Segment(words), ScanContext(last_question="Are you having thoughts of killing yourself right now?")
    )
    assert reply_in_words(step, words, wording="", judged=judged, local_time=None) is Reply.YES


@pytest.mark.parametrize(
    "text", ["What?", "Can you repeat that?", "I can't hear you", "¿Mande?", "repita por favor"]
)
def test_a_question_may_be_heard_again(text: str) -> None:
    assert wants_again(text)


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("No, I don't want to talk to a person.", True),
        ("I do not need a nurse right now.", True),
        ("I don\u2019t want anybody.", True),
        ("No quiero hablar con una persona.", True),
        ("No necesito a nadie.", True),
        ("No, get me a human.", False),
        ("I don't want a robot, I want a person.", False),
        ("I want to talk to a person.", False),
        ("Quiero hablar con una persona, no con usted.", False),
    ],
)
def test_a_person_who_is_declined_is_told_from_one_who_is_wanted(text: str, refuses: bool) -> None:
    assert refuses_person(text) is refuses


def test_keys_answer_too() -> None:
    yes_no: Step = screens()["fall"].step("head")
    assert [reply_by_keys(yes_no, key) for key in ("1", "2", "3")] == [Reply.YES, Reply.NO, None]
    assert reply_by_keys(screens()["phq2"].step("mood"), "3") is Reply.CHOICE_3


# --- the engine

HEARS = hears(
    {
        "I fell": result(flag("fall", "high")),
        "want to die": result(flag("suicidal_ideation")),
        "stroke": result(flag("stroke_signs")),
        "my chest": result(flag("chest_pain")),
        "hurts me": result(flag("safeguarding", "high")),
        "mixed up": result(controls=("clarify:confusion",)),
        "hopeless": result(flag("low_mood", "medium", "symptom_worsening")),
        "a bit sad": result(flag("low_mood", "low", "symptom_worsening")),
        "tried once": result(flag("suicide_history", "medium", "symptom_worsening")),
        "a person": result(controls=("human_request",)),
    }
)
CLIP_MS = 2_400


def talking() -> Rig:
    rig = Rig(HEARS)
    rig.reply("Good morning to you.", 1_000)
    rig.wait(1_500)
    return rig


def heard(rig: Rig) -> list[str]:
    return [turn.item.split(":")[1] for turn in rig.all(SaveTurn) if turn.item.startswith("script:")]


def commit(rig: Rig) -> None:
    for action in rig.all(RaiseFlags):
        rig.work(AlertCommitted(action.ticket))


def results(rig: Rig) -> list[str]:
    return [act.call.arguments for act in rig.all(RunTool) if act.call.name == "engine.screenResult"]


def in_crisis() -> Rig:
    """The crisis script and the claim have been heard, the first question of the screen too."""
    rig = talking()
    rig.patient("I want to die")
    commit(rig)
    rig.wait(3 * CLIP_MS + 800)
    return rig


def test_after_the_crisis_script_the_engine_asks_and_the_model_is_silent() -> None:
    rig = in_crisis()
    assert heard(rig) == ["crisis_988", "alert_committed", "suicide_now"]
    rig.model(ReplyStarted("eager"))
    assert not rig.all(AskReply)[1:], "nothing was asked of the model after its greeting"


def test_thoughts_now_bring_a_person_and_the_line_is_not_hung_up() -> None:
    rig = in_crisis()
    rig.patient("Yes.")
    rig.wait(CLIP_MS + 4_000)
    assert heard(rig)[-1] == "nurse_transfer"
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)], "the telephone network rings a person"
    assert '"tier": "acute"' in results(rig)[0]


def test_a_no_goes_on_to_behaviour_company_and_the_offer() -> None:
    rig = in_crisis()
    for _ in range(2):
        rig.patient("No.")
        rig.wait(CLIP_MS + 800)
    rig.patient("Yes, my wife.")
    rig.wait(CLIP_MS + 800)
    rig.patient("No.")
    rig.wait(CLIP_MS + 2_500)
    assert heard(rig)[3:] == ["suicide_behavior", "suicide_company", "suicide_offer", "suicide_988"]
    assert not rig.all(EndCall)
    assert '"tier": "non-acute"' in results(rig)[0]
    assert any("fixed questions" in text.text for text in rig.all(AddText))
    assert len(rig.all(AskReply)) == 2, "the model has the line back"


def test_preparations_mean_911_and_a_person() -> None:
    rig = in_crisis()
    rig.patient("No.")
    rig.wait(CLIP_MS + 800)
    rig.patient("Yes.")
    rig.wait(2 * CLIP_MS + 5_000)
    assert heard(rig)[-2:] == ["suicide_911", "nurse_transfer"]
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_a_reply_that_cannot_be_read_is_asked_for_once_more_and_then_counts() -> None:
    rig = in_crisis()
    rig.patient("The garden is nice.")
    rig.wait(2 * CLIP_MS + 800)
    assert heard(rig)[-2:] == ["screen_again", "suicide_now"]
    rig.patient("The garden is nice.")
    rig.wait(CLIP_MS + 4_000)
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_what_was_not_heard_is_said_again_without_being_counted() -> None:
    rig = in_crisis()
    for _ in range(3):
        rig.patient("Can you repeat that?")
        rig.wait(CLIP_MS + 800)
    assert heard(rig)[3:] == ["suicide_now"] * 3 and not results(rig)


def test_silence_in_a_crisis_is_an_alarm_and_then_a_person() -> None:
    rig = in_crisis()
    rig.wait(16_000)
    assert [hit.flag for act in rig.all(RaiseFlags) for hit in act.result.flags][-1] == "call_lost_after_flag"
    assert heard(rig)[-1] == "suicide_now" and not rig.all(EndCall)
    rig.wait(25_000)
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_keys_answer_a_screen() -> None:
    rig = in_crisis()
    rig.phone_says(KeyPressed("1"))
    rig.wait(CLIP_MS + 5_000)
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_words_from_before_the_question_do_not_answer_it() -> None:
    rig = talking()
    rig.patient("I want to die")
    commit(rig)
    rig.wait(2 * CLIP_MS - 400)
    rig.model(SpeechStarted("early", 0))
    rig.wait(1_500)
    rig.patient("No.", item="late-words-of-it")
    assert not results(rig)


def test_another_emergency_goes_first_and_the_screen_goes_on_after_it() -> None:
    rig = in_crisis()
    rig.patient("oh, my chest")
    commit(rig)
    rig.wait(3 * CLIP_MS + 1_500)
    assert heard(rig)[3:] == ["call_911", "alert_committed", "suicide_now"]


def test_asking_for_a_person_in_a_screen_is_enough() -> None:
    rig = in_crisis()
    rig.patient("Give me a person")
    rig.wait(CLIP_MS + 4_000)
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_a_hang_up_in_a_screen_is_an_alarm() -> None:
    rig = in_crisis()
    did = rig.phone_says(StreamStopped())
    assert of(did, RaiseFlags)[0].item == "line_lost"


def fallen() -> Rig:
    rig = talking()
    rig.patient("I fell yesterday")
    commit(rig)
    rig.wait(CLIP_MS + 800)
    return rig


def test_a_fall_is_asked_about_once_its_alert_is_committed() -> None:
    rig = talking()
    rig.patient("I fell yesterday")
    assert heard(rig) == []
    commit(rig)
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["fall_head"]


def test_a_blow_to_the_head_is_raised_whatever_the_words_and_takes_the_line() -> None:
    rig = fallen()
    did = rig.patient("Yes.")
    (raised,) = of(did, RaiseFlags)
    (hit,) = raised.result.flags
    assert (hit.flag, hit.severity, hit.rule_id) == ("head_injury", "critical", "E06")
    rig.work(AlertCommitted(raised.ticket))
    rig.wait(2 * CLIP_MS + 1_500)
    assert heard(rig)[1:] == ["fall_911", "alert_committed"]


def test_a_harmless_fall_gives_the_line_back() -> None:
    rig = fallen()
    for answer in ("No.", "No.", "Yes.", "No."):
        rig.patient(answer)
        rig.wait(CLIP_MS + 800)
    rig.wait(1_500)
    assert heard(rig) == ["fall_head", "fall_faint", "fall_walk", "fall_thinner", "screen_thanks"]
    assert len(rig.all(RaiseFlags)) == 1 and len(rig.all(AskReply)) == 2
    assert rig.conversation.parts.speech.is_muted is False


def test_a_screen_is_asked_once_a_call() -> None:
    rig = fallen()
    for answer in ("No.", "No.", "Yes.", "No."):
        rig.patient(answer)
        rig.wait(CLIP_MS + 800)
    rig.wait(1_500)
    rig.patient("I fell, I tell you")
    commit(rig)
    rig.wait(CLIP_MS)
    assert heard(rig).count("fall_head") == 1


def test_after_the_stroke_script_the_time_last_well_is_asked_and_kept() -> None:
    rig = talking()
    rig.patient("I am having a stroke")
    commit(rig)
    rig.wait(3 * CLIP_MS + 800)
    assert heard(rig)[-1] == "stroke_time"
    rig.patient("About eight this morning.")
    assert rig.all(SaveTurn)[-1].question_id == "last_well.time"
    rig.wait(2_000)
    assert len(rig.all(AskReply)) == 2


def test_a_doubt_about_orientation_is_cleared_by_the_engine() -> None:
    rig = talking()
    rig.patient("I am all mixed up")
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["orientation_day"]


def test_a_disclosure_of_abuse_is_followed_by_one_question() -> None:
    rig = talking()
    rig.patient("he hurts me")
    commit(rig)
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["safe_now"]
    rig.patient("No.")
    rig.wait(CLIP_MS + 1_500)
    assert "call_911" in heard(rig)


@pytest.mark.parametrize(
    ("words", "asks"),
    [("I feel hopeless", True), ("I tried once, years ago", True), ("a bit sad today", False)],
)
def test_hopelessness_and_an_earlier_attempt_bring_the_direct_question(words: str, asks: bool) -> None:
    rig = talking()
    rig.patient(words)
    commit(rig)
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == (["suicide_now"] if asks else [])


def test_thoughts_that_come_out_so_are_a_crisis_like_any_other() -> None:
    rig = talking()
    rig.patient("I feel hopeless")
    commit(rig)
    rig.wait(CLIP_MS + 800)
    did = rig.patient("I don't know.")
    (raised,) = of(did, RaiseFlags)
    assert (raised.result.flags[0].flag, raised.result.severity) == ("suicidal_ideation", "critical")
    rig.work(AlertCommitted(raised.ticket))
    rig.wait(2 * CLIP_MS + 1_000)
    assert heard(rig)[1:3] == ["crisis_988", "alert_committed"]


def test_a_tool_that_asks_for_a_screen_starts_it_instead_of_a_reply() -> None:
    rig = talking()
    rig.end_reply(rig.begin_reply(), ToolCall("c1", "startScreen", "{}"))
    rig.work(ToolFinished("c1", "startScreen", "{}", True, screen="stroke"))
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["stroke_balance"] and len(rig.all(AskReply)) == 1


def test_the_model_cannot_name_the_engines_own_commands() -> None:
    rig = talking()
    did = rig.end_reply(rig.begin_reply(), ToolCall("c1", "engine.screenResult", "{}"))
    assert not of(did, RunTool)


# --- where no clip exists the model reads, and is checked


def without_clips() -> Rig:
    rig = Rig(HEARS, clips=False)
    rig.reply("Buenos días.", 1_000)
    rig.wait(1_500)
    return rig


def read_by_model(rig: Rig, text: str, *, reply: str, ms: int = 900) -> None:
    """The model reads a text out, or what it makes of it."""
    rig.model(ReplyStarted(reply))
    rig.says(reply, f"item-{reply}", text, ms)
    rig.model(ReplyEnded(reply, ReplyStatus.COMPLETED))


def test_the_model_is_made_to_read_the_script_where_no_clip_exists() -> None:
    rig = without_clips()
    rig.patient("my chest")
    wording = scripts("en").recorded["call_911"].text
    assert rig.all(AskReply)[-1].wording == wording
    read_by_model(rig, wording, reply="r1")
    commit(rig)
    assert rig.all(AskReply)[-1].wording == scripts("en").recorded["alert_committed"].text


def test_words_of_its_own_are_cut_and_the_script_is_asked_for_again() -> None:
    rig = without_clips()
    rig.patient("my chest")
    wording = scripts("en").recorded["call_911"].text
    rig.model(ReplyStarted("r1"))
    rig.says("r1", "i-r1", "Oh, that is probably nothing to worry about, let us go on with", 600, done=False)
    assert rig.conversation.parts.speech.is_dropped("r1")
    rig.model(ReplyEnded("r1", ReplyStatus.CANCELLED))
    assert rig.all(AskReply)[-1].wording == wording
    assert len([ask for ask in rig.all(AskReply) if ask.wording == wording]) == 2


def test_a_model_that_never_reads_it_is_replaced_by_a_person() -> None:
    rig = without_clips()
    rig.patient("my chest")
    for number in range(3):
        read_by_model(rig, "Let us talk about your garden now, shall we, my dear friend.", reply=f"r{number}")
    rig.wait(4_000)
    assert rig.all(EndCall) == [EndCall(EndReason.HUMAN_REQUEST)]


def test_who_is_rung_again_after_a_crisis_is_asked_once_identity_is_known() -> None:
    rig = Rig(HEARS, earlier_flags=("suicidal_ideation",))
    rig.reply("Hello, this is Maya.", 600)
    rig.wait(900)
    rig.patient("Yes, this is Joan")
    assert heard(rig) == []
    rig.end_reply(rig.begin_reply(), ToolCall("v1", "verifyIdentity", "{}"))
    rig.work(ToolFinished("v1", "verifyIdentity", "{}", True, is_verified=True, tries_left=2))
    rig.wait(CLIP_MS + 800)
    assert heard(rig) == ["suicide_now"]
    assert any("lost in an emergency (suicidal ideation)" in text.text for text in rig.all(AddText))
