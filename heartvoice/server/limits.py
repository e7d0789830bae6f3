"""Bounds this server keeps by itself, whether or not a reverse proxy in front of it keeps them too.

uvicorn alone waits for ever for a slow header or body, and leaves a handshake with a header over 8 KiB
unanswered (measured with 0.54).
"""

from __future__ import annotations

MESSAGE_BYTES = 65_536
"""Largest WebSocket message accepted; a 20 ms media frame has about 400 bytes."""

HEADER_BYTES = 32 * 1024
HEADER_WITHIN_S = 10.0
BODY_BYTES = 1024 * 1024
BODY_WITHIN_S = 10.0
PING_EVERY_S = 20.0
PONG_WITHIN_S = 20.0
KEEP_ALIVE_S = 20

HANDOVER_WITHIN_S = 10.0
"""How long a call's own end (last answers saved, row closed) may take once its socket was closed."""

HANDOVER_ANSWERS_S = 2.0
"""How long this process still answers after the hand-over: the provider asks what to do with the caller."""

SOCKETS_PER_CALL = 2
"""Handshakes taken for each permitted call, so that those still unproven do not lock out the others."""

HANDSHAKE_LINE_BYTES = 8_000
HANDSHAKE_HEADERS = 120
"""A little less than the websockets library takes in a handshake (8,192 bytes a line, 128 headers)."""
