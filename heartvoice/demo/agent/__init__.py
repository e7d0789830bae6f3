"""Offline demo voice, not for patients: a local server that speaks the OpenAI Realtime GA protocol.

It hears with packaged models (Silero VAD, Moonshine ASR), decides with rules and speaks ready-made clips,
so that the whole product runs without credentials. Run it with `python -m heartvoice.demo.agent --port N`.
"""

LABEL = "offline demo voice, not for patients"
