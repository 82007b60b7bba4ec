"""People who press buttons: a process of its own that sends signed requests at a steady pace and times each answer.

Reads one JSON document on standard input (`url`, `secret`, `per_second`, `bodies`), prints one on standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import httpx

from slack_app.sandbox.outgoing import FORM, signature

# Slack waits for three seconds; whatever takes longer is measured all the same.
_PATIENCE_S = 60


async def send_all(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Each body at its time, whether or not the ones before are answered."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S, limits=limits) as client:
        begun = time.perf_counter()
        tasks: list[asyncio.Task[dict[str, Any]]] = []
        for number, body in enumerate(order["bodies"]):
            wait = begun + number / order["per_second"] - time.perf_counter()
            await asyncio.sleep(max(0.0, wait))
            tasks.append(asyncio.create_task(_send(client, order, body.encode())))
        return await asyncio.gather(*tasks)


async def _send(client: httpx.AsyncClient, order: dict[str, Any], body: bytes) -> dict[str, Any]:
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(order["secret"], stamp, body),
    }
    begun = time.perf_counter()
    try:
        status = (await client.post(order["url"], content=body, headers=headers)).status_code
    except httpx.HTTPError as error:
        return {"status": type(error).__name__, "seconds": time.perf_counter() - begun}
    return {"status": status, "seconds": time.perf_counter() - begun}


if __name__ == "__main__":
    json.dump(asyncio.run(send_all(json.load(sys.stdin))), sys.stdout)
