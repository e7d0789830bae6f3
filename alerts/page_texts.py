"""The words of a page, in the language of the person who is paged. Pure, and without a word about the patient."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "es")
VOICES = {"en": "en-US", "es": "es-US"}
OF_THE_SYSTEM = frozenset({"test", "fault"})  # messages behind which no alert waits

_SEVERITIES: Mapping[str, Mapping[str, str]] = {
    "en": {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "": "new"},
    "es": {"critical": "crítica", "high": "alta", "medium": "media", "low": "baja", "": "nueva"},
}
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sms": "HeartVoice: {severity} alert waiting{again}. Open the worklist: {url}/",
        "again": " (escalated to you)",
        "sms_test": "HeartVoice: this is a test of your paging. Nothing to do.",
        "sms_fault": "HeartVoice: the voice assistant is failing. Calls go on with recorded questions, nothing is lost. "
        "Please tell whoever runs the system.",
        "missed": "Maya, the automated assistant of your care team, called and missed you. We will call again. "
        "In an emergency call 911. Reply STOP for no more texts.",
        "subject": "HeartVoice: an alert needs you",
        "subject_fault": "HeartVoice: the voice assistant is failing",
        "subject_test": "HeartVoice: a test of your paging",
        "voice": "This is HeartVoice Monitor. A {severity} alert is waiting for you. "
        "Press 1 to acknowledge and take it.",
        "voice_fault": "This is HeartVoice Monitor. The voice assistant is failing. Calls go on with recorded questions. "
        "Please tell whoever runs the system. Press 1 to confirm.",
        "voice_test": "This is HeartVoice Monitor with a test of your paging. Press 1 to confirm.",
        "no_key": "No key was pressed. The alert stays open and the next person will be called.",
        "other_key": "The alert stays open and the next person will be called.",
        "taken": "Thank you. The alert is yours. Please open the worklist.",
        "already_taken": "Thank you. Somebody already has this alert.",
        "tested": "Thank you. Your paging works.",
        "gone": "Thank you. This alert is closed.",
    },
    "es": {
        "sms": "HeartVoice: hay una alerta {severity} en espera{again}. Abra la lista: {url}/",
        "again": " (se le ha escalado a usted)",
        "sms_test": "HeartVoice: esta es una prueba de sus avisos. No tiene que hacer nada.",
        "sms_fault": "HeartVoice: el asistente de voz falla. Las llamadas siguen con preguntas grabadas y no se "
        "pierde nada. Avise a quien lleva el sistema.",
        "missed": "Maya, la asistente automática de su equipo de atención, le llamó y no le encontró. Le volveremos a "
        "llamar. En una emergencia llame al 911. Responda STOP para no recibir más mensajes.",
        "subject": "HeartVoice: una alerta le espera",
        "subject_fault": "HeartVoice: el asistente de voz falla",
        "subject_test": "HeartVoice: prueba de sus avisos",
        "voice": "Le llama HeartVoice Monitor. Le espera una alerta {severity}. "
        "Pulse 1 para confirmarla y hacerse cargo.",
        "voice_fault": "Le llama HeartVoice Monitor. El asistente de voz falla. Las llamadas siguen con preguntas "
        "grabadas. Avise a quien lleva el sistema. Pulse 1 para confirmar.",
        "voice_test": "Le llama HeartVoice Monitor para probar sus avisos. Pulse 1 para confirmar.",
        "no_key": "No se pulsó ninguna tecla. La alerta sigue abierta y se llamará a la siguiente persona.",
        "other_key": "La alerta sigue abierta y se llamará a la siguiente persona.",
        "taken": "Gracias. La alerta es suya. Abra la lista, por favor.",
        "already_taken": "Gracias. Otra persona ya tiene esta alerta.",
        "tested": "Gracias. Sus avisos funcionan.",
        "gone": "Gracias. Esta alerta está cerrada.",
    },
}


def language_of(wanted: str) -> str:
    """The language that is spoken to somebody who asked for this one: English where there is no other."""
    short = wanted.lower().partition("-")[0]
    return short if short in LANGUAGES else "en"


def sms_text(*, purpose: str, severity: str, url: str, language: str) -> str:
    """The text of a message: that something waits, how urgent it is, and where to look; or what is wrong with the system."""
    words = _TEXTS[language]
    if purpose in OF_THE_SYSTEM:
        return words[f"sms_{purpose}"]
    again = words["again"] if purpose == "escalation" else ""
    return words["sms"].format(severity=_SEVERITIES[language][severity], again=again, url=url)


def missed_text(language: str) -> str:
    """What a patient who was not reached is texted, with their consent: who called, and that we call again.

    It may lie open on a table: not even the clinic's name is in it.
    """
    return _TEXTS[language_of(language)]["missed"]


def subject_text(*, purpose: str, language: str) -> str:
    """The subject of a mail."""
    return _TEXTS[language][f"subject_{purpose}" if purpose in OF_THE_SYSTEM else "subject"]


def spoken_text(*, purpose: str, severity: str, language: str) -> str:
    """What a paging call says before it waits for a key."""
    words = _TEXTS[language]
    if purpose in OF_THE_SYSTEM:
        return words[f"voice_{purpose}"]
    return words["voice"].format(severity=_SEVERITIES[language][severity])


def reply_text(code: str, language: str) -> str:
    """What a paging call says after the key: `taken`, `already_taken`, `tested`, `gone`, `other_key`, `no_key`."""
    return _TEXTS[language][code]
