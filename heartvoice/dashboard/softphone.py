"""placeholder"""


async def softphone_app(scope, receive, send):
    await send({"type": "websocket.close", "code": 4403})
