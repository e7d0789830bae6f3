"""An emergency in a call without an assistant: the approved script, its screen, a person, a line that is kept.

What the engine does in a live call (`calls.emergencies`), asked step by step in the telephone network's own voice,
with the same scanner, scripts, screens and rules. Each step is a webhook of its own and may reach another process:
what has been said, asked and replied is read from the rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone

from alerts.models import Alert, CallFlag
from alerts.phrases.model import ScanContext, ScanResult, Segment
from alerts.phrases.speakers import hands_over, is_relative
from alerts.rules.facts import Doubt
from alerts.selectors import rules_for, ruleset_in_force
from alerts.services import Heard, call_lost_submit, doubts_submit, flags_submit
from calls import detector
from calls.alarm import (
    DOUBT_OF_SUICIDE,
    FALL,
    OVERDOSE,
    SCRIPTS,
    SUICIDE,
    UNNAMED,
    critical_kinds,
    kind_of,
    kinds_found,
    kinds_raised,
    scripts_for,
)
from calls.events import EndReason
from calls.models import Call, ScreenResult, ToolCall
from calls.network import question_url, said, script, to_person
from calls.opting import heeded
from calls.plan import scan_facts
from calls.recordings import scripts
from calls.screens import (
    CRISIS,
    MODEL,
    NEXT_SCREEN,
    PERSON,
    Kind,
    Outcome,
    Reply,
    Run,
    Step,
    is_raised,
    screens,
)
from calls.screens.replies import WISH, reply_by_keys, reply_in_words, wants_again, yes_or_no
from calls.services import call_finish, calls_keep_alive, tool_call_record, turn_add
from calls.services.found import rules_found
from calls.services.identity import HAND_OVER, identity_reset
from calls.services.reopening import call_brought_back, is_in_crisis, known_kinds
from calls.services.screening import screen_save
from calls.services.wishes import call_opt_out
from calls.twilio import twiml

GoOn = Callable[[str], str]  # the check-in's next question after these words
WANTED, REPLIED, LINE = "engine.screenWanted", "engine.screenReply", "engine.ruleLine"
MAX_ASKS, MAX_REPEATS = 2, 4
# A script, its question and the pause after it: nothing is heard of the call meanwhile.
STEP = timedelta(seconds=45)
OFFER = "suicide_offer"  # "Would you like me to connect you with a person now?"


# --- words


@dataclass(frozen=True, slots=True)
class Meant:
    """What words mean, committed. `critical`: emergencies by the scanner or the rules, `new` those of them that this
    call had not had.
    """

    judged: ScanResult
    critical: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()

    @property
    def wants_person(self) -> bool:
        return WISH in self.judged.controls


def hear(call: Call, speech: str, *, question_id: str, item: str, asked: str, protocol_id: str = "") -> Meant:
    """Keep what was said, judge it, and raise what it means: committed when this returns.

    Raises DetectorFailed for words that could not be judged; they are kept for the review.
    """
    is_verified = call.identity_result == Call.Identity.VERIFIED
    context = ScanContext(
        last_question=asked or None,
        question_id=protocol_id or None,
        facts=scan_facts(call.patient, _local(call).date(), call=call),
        now=_local(call),
        raised=frozenset(CallFlag.objects.filter(call=call).values_list("flag", flat=True)),
        identity_verified=is_verified,
    )
    at_ms = since_answered_ms(call)
    turn = partial(
        turn_add,
        call_id=call.pk,
        speaker="patient",
        item=f"{item}:{at_ms}",
        text=speech,
        start_ms=at_ms,
        end_ms=at_ms,
        question_id=question_id,
    )
    try:
        result = detector.judged(Segment(speech, speaker="patient" if is_verified else "unknown"), context)
    except detector.DetectorFailed:
        turn()
        raise
    result = replace(result, controls=heeded(speech, result.controls))
    turn(flags=[hit.flag for hit in result.flags])
    known, critical = known_kinds(call), critical_kinds(result)
    if result.flags:
        alerts = flags_submit(patient=call.patient, call=call, hits=result.flags, heard=Heard(speech, at_ms))
        critical |= kinds_found(rules_found(alerts, call.pk)) - known
        follow(call, alerts)
    if OVERDOSE in critical and DOUBT_OF_SUICIDE in result.controls:
        want(call, "suicide")  # something has been done: all of it is asked
    asks_doubts = not is_in_crisis(
        call
    )  # in an emergency nothing else is asked; a doubt left open counts as a yes
    for screen in screens().values():
        by_doubt = screen.is_begun_by_controls(result.controls, is_alone=asks_doubts)
        if by_doubt or screen.is_begun_by(result.flags):
            want(call, screen.id)
    if "opt_out" in result.controls:
        call_opt_out(call_id=call.pk)
    return Meant(result, critical, critical - known)


def changes_hands(call: Call, speech: str) -> bool:
    """True when somebody else has the telephone now: identity has ended, and is asked for again.

    A relative who picks up says so before anybody is known: the date of birth that they give is not the patient.
    """
    was_known, is_other = call.identity_result == Call.Identity.VERIFIED, is_relative(speech)
    if not hands_over(speech) or not (was_known or is_other):
        return False
    _row(call, HAND_OVER, str(since_answered_ms(call)), {"speaker": "relative"} if is_other else {})
    if was_known:
        identity_reset(call_id=call.pk)
        call.refresh_from_db()
    return was_known


def since_answered_ms(call: Call) -> int:
    """Milliseconds since the call was answered."""
    return max(int((timezone.now() - (call.answered_at or call.planned_for)).total_seconds() * 1000), 0)


def _local(call: Call) -> datetime:
    return timezone.now().astimezone(ZoneInfo(call.patient.time_zone))


def _say(call: Call, *keys: str) -> str:
    """The wording of approved lines, noted as said."""
    at_ms = since_answered_ms(call)
    for number, key in enumerate(keys):
        turn_add(
            call_id=call.pk,
            speaker="system",
            item=f"script:{key}:{at_ms + number}",
            text=script(call.language, key),
            start_ms=at_ms + number,
            end_ms=at_ms + number,
        )
    return " ".join(script(call.language, key) for key in keys)


def _was_said(call: Call, key: str) -> bool:
    return call.turns.filter(speaker="system", item_id__startswith=f"script:{key}:").exists()


# --- the line is taken


def take_over(call: Call, new: Iterable[str], *, lead: str = "") -> str:
    """The approved script of these emergencies, that the care team knows (it does: the alert is committed), and what
    follows from it. An emergency that has been read out before has only the claim again.
    """
    words = " ".join(filter(None, (lead, _alarm(call, new))))
    return go_on(call, lambda _: keep(call, words), lead=words)


def _alarm(call: Call, new: Iterable[str]) -> str:
    """The wording of the scripts and the claim, noted as said; the screens that belong to them are wanted."""
    new = set(new)
    keys = scripts_for(new, has_fallen=FALL in known_kinds(call)) if new else ()
    words = _say(call, *keys, "alert_committed")
    for screen in screens().values():
        if set(keys) & set(screen.after):
            want(call, screen.id)
    return words


def unread(call: Call) -> str:
    """The script of an emergency that nobody has read out yet, with the claim; "" when one was heard."""
    if not is_in_crisis(call) or any(_was_said(call, key) for key in SCRIPTS):
        return ""
    return _alarm(call, known_kinds(call) or {UNNAMED})


def ring(call: Call, lead: str = "") -> str:
    """A person is rung; from here on nobody of ours carries the call."""
    call_finish(call_id=call.pk, reason=EndReason.HUMAN_REQUEST)
    return to_person(call.language, lead)


def nobody_came(call: Call) -> str:
    """Nobody took the line of an emergency: the patient stays with us, "" when that has been so too often."""
    if "questionnaire" not in call.providers or not call_brought_back(call_id=call.pk):
        return ""
    call.refresh_from_db()
    words = _say(call, "person_not_there")
    if SUICIDE in known_kinds(call):
        want(call, "suicide_alone")
    return go_on(call, lambda _: keep(call, words), lead=words)


def keep(call: Call, lead: str = "") -> str:
    """The line is kept: a person is offered, once; then we are there until the patient wants one, or hangs up."""
    return _wait(call, 0, 0, lead) if _was_said(call, OFFER) else _offer(call, lead)


def _offer(call: Call, lead: str) -> str:
    _keep_alive(call)
    return twiml.ask(
        text=_say(call, OFFER),
        hint=said(call.language, "yes_no_keys"),
        action=question_url(call.language, "offer"),
        language=call.language,
        repeat=lead,
    )


def _wait(call: Call, times: int, silent: int, lead: str = "") -> str:
    _keep_alive(call)
    return twiml.ask(
        text=said(call.language, "crisis_waiting"),
        hint="",
        action=question_url(call.language, "waiting", n=times, e=silent),
        language=call.language,
        repeat=lead,
    )


def _keep_alive(call: Call) -> None:
    calls_keep_alive(call_ids=[call.pk], now=timezone.now() + STEP)


def offered(call: Call, *, digits: str, speech: str) -> str:
    """Only a plain no leaves the patient without a person; whoever is silent gets one."""
    if speech and (taken := _words_beside(call, speech, "offer", script(call.language, OFFER))):
        return taken
    is_refused = digits == "2" or (not digits and yes_or_no(speech) is Reply.NO)
    return _wait(call, 0, 0) if is_refused else ring(call)


def waited(call: Call, times: int, silent: int, *, digits: str, speech: str) -> str:
    """The patient wants a person, says something else, or nothing: silence is an alarm of its own (rule E17)."""
    if speech and (taken := _words_beside(call, speech, "waiting", "")):
        return taken
    if digits or yes_or_no(speech) is Reply.YES or times + 1 >= ruleset_in_force()["crisis_prompts"]:
        return ring(call)
    silent = 0 if speech else silent + 1
    if silent >= _silent_prompts(call):
        _silent(call, silent)
        return ring(call)
    return _wait(call, times + 1, silent)


def _words_beside(call: Call, speech: str, question_id: str, asked: str) -> str:
    """What is said while a person is offered: another emergency, or the wish for a person. "" for anything else."""
    meant = hear(call, speech, question_id=question_id, item="questionnaire", asked=asked)
    if meant.new:
        return take_over(call, meant.new)
    return ring(call) if meant.wants_person else ""


def _silent_prompts(call: Call) -> int:
    """How many prompts without a word are the silence of rule E17."""
    rules, _ = rules_for(call.patient, now=timezone.now())
    return math.ceil(rules.rule("E17")["silence_s"] / twiml.GATHER_SECONDS)


def _silent(call: Call, prompts: int) -> None:
    call_lost_submit(patient=call.patient, call=call, silence_s=prompts * twiml.GATHER_SECONDS)


# --- screens


def want(call: Call, screen_id: str) -> None:
    """The screen is to be asked; each one once a call, and none beside one that asks the same and more."""
    wanted = ToolCall.objects.filter(call=call, name=WANTED).values_list("model_call_id", flat=True)
    if not {f"{WANTED}:{one}" for one in screens()[screen_id].unless} & set(wanted):
        _row(call, WANTED, screen_id, {"screen": screen_id})


def follow(call: Call, alerts: Iterable[Alert]) -> None:
    """What is done because of a finding of the rules: its screen, or its sentence where that asks nothing.

    In an emergency nothing else is asked.
    """
    if is_in_crisis(call):
        return
    found = rules_found(alerts, call.pk)
    for screen in screens().values():
        if screen.is_begun_by_rules(found):
            want(call, screen.id)
    lines = scripts(call.language).rules
    for rule in (one.partition(":")[0] for one in found):
        if "?" not in lines.get(rule, "?"):
            _row(call, LINE, rule, {"rule": rule})


def _lines(call: Call) -> str:
    """Sentences of the rules that have not been said yet, noted as said."""
    lines, words = scripts(call.language).rules, []
    for row in ToolCall.objects.filter(call=call, name=LINE).order_by("created_at"):
        rule = row.arguments["rule"]
        if not call.turns.filter(item_id=f"line:{rule}").exists():
            at_ms = since_answered_ms(call)
            turn_add(
                call_id=call.pk,
                speaker="system",
                item=f"line:{rule}",
                text=lines[rule],
                start_ms=at_ms,
                end_ms=at_ms,
            )
            words.append(lines[rule])
    return " ".join(words)


def _row(call: Call, name: str, key: str, arguments: dict[str, str]) -> None:
    tool_call_record(
        call_id=call.pk,
        model_call_id=f"{name}:{key}",
        name=name,
        arguments=arguments,
        result={"ok": True},
        at_ms=since_answered_ms(call),
    )


def _open(call: Call) -> Run | None:
    """The screen that is being asked, or is the next to be, as far as it has been replied to."""
    done = set(ScreenResult.objects.filter(call=call).values_list("screen", flat=True))
    runs: dict[str, Run] = {}
    for row in ToolCall.objects.filter(call=call, name__in=(WANTED, REPLIED)).order_by("created_at"):
        name = row.arguments["screen"]
        if name in done:
            continue
        run = runs.setdefault(name, Run(screens()[name]))
        if row.name == REPLIED and run.step is not None and run.step.id == row.arguments["step"]:
            run.reply(Reply(row.arguments["reply"]))
    return next((run for run in runs.values() if run.step is not None), None)


def go_on(call: Call, otherwise: GoOn, *, lead: str = "") -> str:
    """The open screen's question; without one the line is kept in an emergency, and `otherwise` in a check-in."""
    run = _open(call)
    lead = " ".join(filter(None, (lead, _lines(call))))
    if run is not None and run.step is not None:
        return _ask(call, run, run.step, 0, lead)
    return keep(call, lead) if is_in_crisis(call) else otherwise(lead)


def _ask(call: Call, run: Run, step: Step, tries: int, lead: str = "") -> str:
    _keep_alive(call)
    is_closed = step.kind in (Kind.YES_NO, Kind.CHOICE)
    return twiml.ask(
        text=_say(call, step.say),
        hint=said(call.language, "yes_no_keys") if step.kind is Kind.YES_NO else "",
        action=question_url(call.language, f"screen.{run.screen.id}.{step.id}", n=tries),
        language=call.language,
        digits=1 if is_closed else None,
        repeat=lead,
    )


def screen_answered(call: Call, name: str, tries: int, otherwise: GoOn, *, digits: str, speech: str) -> str:
    """One reply, `name` is "screen.step". Raises KeyError for what is no screen."""
    screen_id, _, step_id = name.partition(".")
    screens()[screen_id].step(step_id)
    run = _open(call)
    if run is None or run.step is None or (run.screen.id, run.step.id) != (screen_id, step_id):
        return go_on(call, otherwise)  # told twice
    step, meant = run.step, Meant(ScanResult())
    if speech:
        asked = script("en", step.say)
        meant = hear(call, speech, question_id=name, item="screen", asked=asked)
        if not (meant.new or meant.wants_person) and wants_again(speech) and tries < MAX_REPEATS:
            return _ask(call, run, step, tries + 1)
    reply = _reply(call, step, meant.judged, digits=digits, speech=speech)
    if reply is None and meant.new:
        return take_over(call, meant.new)
    if reply is None and tries + 1 < MAX_ASKS:
        again = "screen_again" if step.kind is Kind.YES_NO else "screen_again_open"
        return _ask(call, run, step, tries + 1, _say(call, again) if digits or speech else "")
    if reply is None:
        reply = Reply.UNSURE if digits or speech else Reply.SILENT
        if reply is Reply.SILENT:
            _silent(call, MAX_ASKS)
    return _replied(call, run, reply, meant, otherwise)


def _reply(call: Call, step: Step, judged: ScanResult, *, digits: str, speech: str) -> Reply | None:
    if digits:
        return reply_by_keys(step, digits)
    wording = script(call.language, step.say)
    return reply_in_words(step, speech, wording=wording, judged=judged, local_time=_local(call))


def _replied(call: Call, run: Run, reply: Reply, meant: Meant, otherwise: GoOn) -> str:
    """The reply is on record, with what it raises, and leads on."""
    step_id = run.step.id if run.step else ""
    flag, known = run.reply(reply), known_kinds(call)
    key = f"{run.screen.id}.{step_id}"
    _row(call, REPLIED, key, {"screen": run.screen.id, "step": step_id, "reply": reply.value})
    if flag and not is_raised(flag, meant.judged.flags):
        hit = run.hit(flag)
        flags_submit(
            patient=call.patient, call=call, hits=[hit], heard=Heard(hit.evidence, since_answered_ms(call))
        )
    if run.screen.is_asked_alone and not meant.judged.flags:  # told in words that only a person can read
        doubts_submit(patient=call.patient, call=call, doubts=[Doubt(run.screen.id, "unanswered")])
    if run.outcome is not None:
        about = {kind_of(name.partition(":")[0]) for name in (flag, *run.screen.on_flag) if name}
        worse = meant.new | (kinds_raised(flag) - known)
        return _decided(call, run, run.outcome, about, worse, meant.wants_person, otherwise)
    if meant.wants_person:
        return ring(call, _alarm(call, meant.new) if meant.new else "")
    return take_over(call, meant.new) if meant.new else go_on(call, otherwise)


def _decided(
    call: Call,
    run: Run,
    outcome: Outcome,
    about: set[str],
    worse: frozenset[str],
    wants_person: bool,
    otherwise: GoOn,
) -> str:
    """The screen's outcome and what it leads to; `about` are its own emergencies, `worse` new ones said with the reply,
    which are read out first. A person who was asked for is rung after that.
    """
    screen_save(
        call_id=call.pk,
        screen=run.screen.id,
        replies={step: reply.value for step, reply in run.replies.items()},
        outcome=outcome.name,
        tier=outcome.tier,
    )
    is_script = outcome.then not in (CRISIS, MODEL, PERSON) and not outcome.then.startswith(NEXT_SCREEN)
    closing = _say(call, outcome.say) if outcome.say else ""
    if is_script and not wants_person:
        return take_over(call, worse | about, lead=closing)
    worse = worse | about if is_script else worse
    lead = " ".join(filter(None, (_alarm(call, worse) if worse else "", closing)))
    if outcome.then == PERSON or wants_person:
        return ring(call, lead)
    if outcome.then.startswith(NEXT_SCREEN):
        want(call, outcome.then.removeprefix(NEXT_SCREEN))
    return go_on(call, otherwise, lead=lead)
