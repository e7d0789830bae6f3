"""The reverse proxy's own configuration, run for real in front of the project's server (security S-45, F-12)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from heartvoice.demo.servers.postgres import free_port
from tests.support.serving import served

CONFIG = Path("deploy/nginx.conf")
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="the system package nginx is missing"),
    pytest.mark.timeout(60),
]


@dataclass
class Proxy:
    tls: int
    plain: int

    @property
    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    async def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        def ask() -> tuple[int, bytes]:
            request = urllib.request.Request(f"https://127.0.0.1:{self.tls}{path}", body, headers or {})
            try:
                with urllib.request.urlopen(request, timeout=10, context=self.trust) as answer:  # noqa: S310
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, b""

        return await asyncio.to_thread(ask)


def make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-subj", "/CN=localhost", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


def write_config(folder: Path, proxy: Proxy, upstream: str) -> None:
    """The repository's configuration; only addresses, paths and the 10 s deadlines are replaced."""
    text = CONFIG.read_text()
    for old, new in {
        "server web:8000": f"server {upstream}",
        "listen 8443": f"listen 127.0.0.1:{proxy.tls}",
        "listen 8080": f"listen 127.0.0.1:{proxy.plain}",
        "/etc/nginx/certificates": str(folder),
        "pid /tmp/": f"pid {folder}/",
        "include mime.types;": "",
        "client_header_timeout 10s": "client_header_timeout 1s",
        "client_body_timeout 10s": "client_body_timeout 1s",
        "/dev/stdout": str(folder / "access.log"),
        "/dev/stderr": str(folder / "error.log"),
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)


@contextlib.asynccontextmanager
async def proxied(folder: Path) -> AsyncIterator[Proxy]:
    proxy = Proxy(tls=free_port(), plain=free_port())
    make_certificate(folder)
    async with served(30) as server:
        write_config(folder, proxy, server.address)
        process = await asyncio.create_subprocess_exec(
            str(NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf"),
            "-g", "daemon off;",
        )  # fmt: skip
        try:
            async with asyncio.timeout(10):
                while True:
                    with contextlib.suppress(OSError):
                        _, writer = await asyncio.open_connection("127.0.0.1", proxy.tls)
                        writer.close()
                        break
            yield proxy
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def dropped(proxy: Proxy, beginning: bytes) -> bytes:
    """What came back before the connection was closed on us."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.tls, ssl=proxy.trust)
    writer.write(beginning)
    try:
        with contextlib.suppress(ConnectionResetError):
            return await asyncio.wait_for(reader.read(), 8)
        return b""
    finally:
        writer.close()


async def test_a_call_goes_through_with_its_headers(tmp_path: Path) -> None:
    async with (
        proxied(tmp_path) as proxy,
        connect(f"wss://127.0.0.1:{proxy.tls}/media", ssl=proxy.trust, compression=None) as call,
    ):
        await call.send("frame")
        assert await call.recv() == "frame"


async def test_forwarded_headers_of_the_client_are_overwritten(tmp_path: Path) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=6.6.6.6",
        "X-Real-IP": "6.6.6.6",
    }
    async with proxied(tmp_path) as proxy:
        status, body = await proxy.post("/headers", b"", forged)
        assert status == 200
        seen = json.loads(body)
        assert seen["x-forwarded-for"] == "127.0.0.1"
        assert seen["x-forwarded-proto"] == "https"
        assert not {"x-forwarded-host", "forwarded", "x-real-ip"} & seen.keys()


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024, 200), (1024 * 1024 + 1, 413)])
async def test_a_body_of_more_than_1_mib_is_refused(tmp_path: Path, size: int, status: int) -> None:
    async with proxied(tmp_path) as proxy:
        assert (await proxy.post("/voice", b"x" * size))[0] == status


async def test_headers_of_more_than_32_kib_are_refused(tmp_path: Path) -> None:
    async with proxied(tmp_path) as proxy:
        headers = {f"X-{number}": "x" * 7000 for number in range(5)}
        assert (await proxy.post("/voice", b"", headers))[0] in {400, 431}


async def test_a_slow_header_and_a_slow_body_are_cut_and_others_get_through(tmp_path: Path) -> None:
    async with proxied(tmp_path) as proxy:
        slow_header = asyncio.create_task(dropped(proxy, b"POST /voice HTTP/1.1\r\nHost: x\r\n"))
        slow_body = asyncio.create_task(
            dropped(proxy, b"POST /voice HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        )
        assert (await proxy.post("/voice", b"good"))[0] == 200
        assert b"200 OK" not in await slow_header
        assert b"200 OK" not in await slow_body


async def test_internal_pages_are_closed_to_the_outside(tmp_path: Path) -> None:
    async with proxied(tmp_path) as proxy:
        for path in ("/metrics", "/health/ready"):
            assert (await proxy.post(path, b""))[0] == 404


async def test_query_strings_do_not_reach_the_log(tmp_path: Path) -> None:
    async with proxied(tmp_path) as proxy:
        await proxy.post("/voice?name=Canaryson", b"")
    log = (tmp_path / "access.log").read_text()
    assert "POST /voice" in log
    assert "Canaryson" not in log
