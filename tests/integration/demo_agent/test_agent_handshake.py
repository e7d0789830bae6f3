"""Who may connect, over a real socket."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

TOKEN = {"Authorization": "Bearer local"}


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/v1/realtime?model=local-maya", {}, 401, "invalid_api_key"),
        ("/v1/realtime?model=local-maya", {"Authorization": "Bearer "}, 401, "invalid_api_key"),
        ("/v1/realtime", TOKEN, 400, "missing_model"),
        ("/v1/other?model=local-maya", TOKEN, 404, "not_found"),
    ],
)
async def test_a_request_that_may_not_connect_is_told_why(
    agent_port: int, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{agent_port}{path}", additional_headers=headers)
    response = refused.value.response
    assert response.status_code == status
    assert json.loads(response.body or b"{}")["error"]["code"] == code
    assert response.headers["X-Heartvoice-Voice"] == "offline demo voice, not for patients"


async def test_the_beta_header_is_refused_as_the_api_refuses_it(agent_port: int) -> None:
    url = f"ws://127.0.0.1:{agent_port}/v1/realtime?model=local-maya"
    async with connect(url, additional_headers={**TOKEN, "OpenAI-Beta": "realtime=v1"}) as socket:
        assert json.loads(await socket.recv())["error"]["code"] == "beta_api_shape_disabled"
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4000


async def test_faults_are_asked_for_after_the_models_name(agent_port: int) -> None:
    url = f"ws://127.0.0.1:{agent_port}/v1/realtime?model=local-maya+refuse"
    async with connect(url, additional_headers=TOKEN) as socket:
        assert json.loads(await socket.recv())["session"]["model"] == "local-maya+refuse"
        await socket.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}))
        assert json.loads(await socket.recv())["error"]["code"] == "unknown_parameter"
