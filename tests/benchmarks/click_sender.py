"""People who press buttons: a process of its own that sends signed requests at a steady pace and times each answer.

Reads one JSON document on standard input (`url`, `secret`, `per_second`, `bodies`), prints one on standard output.
It speaks HTTP by itself: a client library would take a third of a processor from the service that is measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import uvloop

from slack_app.sandbox.outgoing import FORM, signature

# Slack waits for three seconds; whatever takes longer is measured all the same.
_PATIENCE_S = 60
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)

# The service closes connections that were idle for five seconds.
_IDLE_S = 2.0

_Connection = tuple[float, asyncio.StreamReader, asyncio.StreamWriter]


class _Sender:
    """Connections are kept and used again; as many are open as answers are waited for."""

    def __init__(self, url: str, secret: str) -> None:
        self._to, self._secret = urlsplit(url), secret
        self._idle: list[_Connection] = []

    async def send(self, body: bytes) -> dict[str, Any]:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                status: int | str = await self._status(body)
        except (OSError, asyncio.IncompleteReadError) as error:
            status = type(error).__name__
        return {"status": status, "seconds": time.perf_counter() - begun}

    async def _status(self, body: bytes) -> int:
        reader, writer = await self._connection()
        writer.write(self._head(body) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        self._idle.append((time.perf_counter(), reader, writer))
        return int(head.split(None, 2)[1])

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The one that was used last, or a new one."""
        if self._idle and time.perf_counter() - self._idle[-1][0] < _IDLE_S:
            return self._idle.pop()[1:]
        for _, _, writer in self._idle:
            writer.close()
        self._idle.clear()
        return await asyncio.open_connection(self._to.hostname, self._to.port)

    def _head(self, body: bytes) -> bytes:
        stamp = str(int(time.time()))
        lines = (
            f"POST {self._to.path} HTTP/1.1",
            f"Host: {self._to.netloc}",
            f"Content-Type: {FORM}",
            f"Content-Length: {len(body)}",
            f"X-Slack-Request-Timestamp: {stamp}",
            f"X-Slack-Signature: {signature(self._secret, stamp, body)}",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def send_all(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Each body at its time, whether or not the ones before are answered."""
    sender, begun = _Sender(order["url"], order["secret"]), time.perf_counter()
    tasks: list[asyncio.Task[dict[str, Any]]] = []
    for number, body in enumerate(order["bodies"]):
        wait = begun + number / order["per_second"] - time.perf_counter()
        await asyncio.sleep(max(0.0, wait))
        tasks.append(asyncio.create_task(sender.send(body.encode())))
    return await asyncio.gather(*tasks)


if __name__ == "__main__":
    json.dump(uvloop.run(send_all(json.load(sys.stdin))), sys.stdout)
