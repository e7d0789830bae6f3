"""Puts one call together: its conversation, its providers by configuration, its store, its bridge."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings

from alerts.phrases import scan
from calls import leftovers, remembered
from calls.announce import Announcer
from calls.bridge import Bridge
from calls.checkin import CheckInProgress, Phase, load_protocol
from calls.conversation import Conversation
from calls.database import beside_database
from calls.parts import Setting
from calls.phone import PhoneLine
from calls.plan import CallPlan
from calls.providers.elevenlabs.client import Agent, open_elevenlabs
from calls.providers.link import Link, OnEvent, OnLost
from calls.providers.openai.client import Account, open_openai
from calls.providers.openai.session import HISTORY_TOKENS, Listening, SessionPlan, reasons
from calls.recordings import scripts
from calls.segments import Segment
from calls.services.voice import voice_segment_keep
from calls.store import CallStore
from calls.tools.schemas import TOOLS
from calls.uplink import Provider

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def conversation_of(plan: CallPlan) -> Conversation:
    """The conversation of a call, as far along as the plan says it is."""
    setting = Setting(
        scripts=scripts(plan.language),
        scan=scan,
        facts=plan.facts,
        local_time=plan.local_time,
        hard_of_hearing=plan.hard_of_hearing,
        history_tokens=HISTORY_TOKENS,
        is_outbound=plan.is_outbound,
        failed_checks=plan.failed_checks,
        screening_text=scripts(plan.language).said["screening"].format(clinic=plan.clinic),
        opening=plan.opening,
        opening_words=plan.opening_words,
        crisis_flags=plan.crisis_flags,
        crisis_known=plan.crisis_known,
        earlier_flags=plan.earlier_flags,
    )
    limits = replace(
        setting.limits, after_flag_ms=plan.after_flag_ms, screening_wait_ms=plan.screening_wait_ms
    )
    setting = replace(setting, limits=limits)
    protocol = load_protocol(plan.protocol_version)
    conversation = Conversation(
        setting, CheckInProgress(protocol, language=plan.language, answered=plan.answered)
    )
    conversation.parts.is_verified = plan.is_verified
    return conversation


def session_plan(plan: CallPlan) -> SessionPlan:
    """The voice session of a call. Instructions and tools are the same from its first to its last session."""
    listening = Listening(
        threshold=settings.VAD_THRESHOLD,
        silence_ms=plan.silence_ms,
        noise_reduction=settings.NOISE_REDUCTION,
        language=plan.language,
        keywords=plan.keywords,
    )
    return SessionPlan(
        instructions=plan.instructions,
        tools=TOOLS,
        voice=plan.voice,
        speed=plan.speed,
        listening=listening,
        is_reasoning_model=reasons(plan.model),
    )


def providers_of(plan: CallPlan) -> list[Provider]:
    """The voice providers of a call, in the order in which they are tried."""
    url = settings.OPENAI_REALTIME_URL
    is_local = (urlsplit(url).hostname or "") in LOOPBACK
    account = Account(
        url=url,
        key=settings.OPENAI_API_KEY,
        model=plan.model,
        safety_id=plan.safety_id,
        provider="local" if is_local else "openai",
    )
    wanted = session_plan(plan)

    async def open_realtime(on_event: OnEvent, on_lost: OnLost) -> Link:
        return await open_openai(account, wanted, on_event, on_lost)

    async def open_agents(on_event: OnEvent, on_lost: OnLost) -> Link:
        return await open_elevenlabs(_agent(plan), on_event, on_lost)

    realtime, agents = Provider(account.provider, open_realtime), Provider("elevenlabs", open_agents)
    has_agents = bool(settings.ELEVENLABS_API_KEY and settings.ELEVENLABS_AGENT_ID)
    match settings.VOICE_PROVIDER:
        case "elevenlabs":
            return [agents, realtime]
        case "auto" if has_agents:
            return [realtime, agents]
    return [realtime]


def _agent(plan: CallPlan) -> Agent:
    """The prepared agent on the second provider's side; it is told nothing private beforehand."""
    return Agent(
        base_url=settings.ELEVENLABS_BASE_URL,
        key=settings.ELEVENLABS_API_KEY,
        agent_id=settings.ELEVENLABS_AGENT_ID,
        call_ref=plan.call_id.hex,
        language=plan.language,
        variables={"clinic": settings.CLINIC_SPOKEN_NAME},
    )


def bridge_of(plan: CallPlan, phone: PhoneLine) -> Bridge:
    """Everything one call needs, built for it and gone with it."""
    announcer = Announcer(plan)
    store = CallStore(plan.call_id, on_written=lambda write: announcer.changed())

    async def analyse(segment: Segment, phase: Phase, question_id: str) -> None:
        await beside_database(
            voice_segment_keep, call_id=plan.call_id, segment=segment, phase=phase, question_id=question_id
        )

    bridge = Bridge(
        conversation=conversation_of(plan),
        phone=phone,
        providers=providers_of(plan),
        store=store,
        analyse=analyse if plan.may_measure_voice else None,
        announce=announcer.run,
        on_unfinished=leftovers.PROCESS.take,
        on_alert_failed=lambda: remembered.PROCESS.needs_person(plan.call_sid, plan.language),
    )
    bridge.figures.end_of_turn_ms = plan.silence_ms
    return bridge
