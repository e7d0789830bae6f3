"""The telephone stand-in in this process, quick: no ringing, tones for voices, ears that are told the words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from heartvoice.demo.phone.config import PhoneConfig
from heartvoice.demo.phone.ears import TextEar
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.server import Server
from heartvoice.demo.phone.voices import toned

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "f" * 32
FROM_NUMBER = "+12015550198"
NURSE_NUMBER = "+12015550199"


@asynccontextmanager
async def telephone(
    public_url: str,
    *,
    account_sid: str = ACCOUNT_SID,
    auth_token: str = AUTH_TOKEN,
    pace: float = 0.0,
) -> AsyncIterator[Server]:
    """A running stand-in whose clinic number belongs to the application at `public_url`."""
    config = PhoneConfig(
        account_sid=account_sid,
        auth_token=auth_token,
        public_url=public_url,
        from_number=FROM_NUMBER,
        nurse_line_number=NURSE_NUMBER,
        pace=pace,
        keeps_audio=True,
    )
    async with Server(Exchange(config, voice_of=toned, ear=TextEar)) as server:
        yield server
