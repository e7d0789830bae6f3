"""`python -m heartvoice.demo.phone`: run the telephone stand-in until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable

from heartvoice.demo.phone.config import ConfigError, from_environment
from heartvoice.demo.phone.ears import Ear, SpeechEar, TextEar
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.server import Server
from heartvoice.demo.phone.voices import missing, recorded, toned


def main() -> int:
    """Serve; prints `ready PORT` on one line when it can be called."""
    parser = argparse.ArgumentParser(prog="heartvoice.demo.phone", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--ear", choices=("speech", "text"), default="speech", help="how patients hear Maya")
    parser.add_argument("--voice", choices=("recorded", "tones"), default="recorded")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    try:
        config = from_environment(os.environ)
    except ConfigError as error:
        print(f"phone: {error}", file=sys.stderr)
        return 2
    if options.voice == "recorded" and (lacking := missing()):
        counts = ", ".join(f"{name} {count}" for name, count in lacking.items())
        print(f"phone: sentences without a clip: {counts}", file=sys.stderr)
    exchange = Exchange(
        config,
        voice_of=recorded if options.voice == "recorded" else toned,
        ear=_speech_ears() if options.ear == "speech" else TextEar,
    )
    asyncio.run(_serve(Server(exchange, port=options.port)))
    return 0


def _speech_ears() -> Callable[[], Ear]:
    """All patients share one recogniser and its thread."""
    from heartvoice.demo.agent.hearing.recognise import Recogniser  # loads 43 MB of weights: only when wanted
    from heartvoice.demo.voicepack.g711 import decode

    recogniser = Recogniser()
    ear = SpeechEar(lambda mulaw: recogniser.text(decode(mulaw)))
    return lambda: ear


async def _serve(server: Server) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with server:
        print(f"ready {server.port}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
