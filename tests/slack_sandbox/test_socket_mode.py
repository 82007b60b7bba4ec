"""Who may open a connection for Socket Mode, and what becomes of what is not answered."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

HANDSHAKE = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
# The example of RFC 6455, section 1.3.
KEY, ACCEPTED = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def open_link(workspace: Any) -> str:
    return workspace.client.apps_connections_open(app_token=workspace.ready["app_token"])["url"]


def connect(link: str) -> tuple[socket.socket, str]:
    """The connection, and the head of the answer to its handshake."""
    address = urlsplit(link)
    made = socket.create_connection((address.hostname, address.port), timeout=10)
    host = f"Host: {address.netloc}\r\n"
    made.sendall(f"GET {address.path}?{address.query} HTTP/1.1\r\n{host}{HANDSHAKE.format(key=KEY)}".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += made.recv(1)
    return made, head.decode()


def next_text(made: socket.socket) -> Any:
    opcode, length = made.recv(1)[0] & 0x0F, made.recv(1)[0]
    if length == 126:
        length = int.from_bytes(made.recv(2), "big")
    body = b""
    while len(body) < length:
        body += made.recv(length - len(body))
    assert opcode == 1
    return json.loads(body)


def test_an_address_admits_one_connection(workspace: Any) -> None:
    link = open_link(workspace)
    first, head = connect(link)
    assert "101 Switching Protocols" in head
    assert ACCEPTED in head
    assert next_text(first)["type"] == "hello"
    second, head = connect(link)
    assert " 404 " in head
    first.close()
    second.close()


def test_the_bots_token_opens_nothing(workspace: Any) -> None:
    assert workspace.call("apps.connections.open")["error"] == "invalid_auth"


def test_an_event_that_is_not_answered_comes_again_with_its_number(workspace: Any) -> None:
    made, _ = connect(open_link(workspace))
    assert next_text(made)["type"] == "hello"
    done = workspace.act("U0TSUMUGI01", "open_home")
    assert done["error"] == "operation_timeout"
    first, second = next_text(made), next_text(made)
    assert [first["retry_attempt"], second["retry_attempt"]] == [0, 1]
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["envelope_id"] != second["envelope_id"]
    made.close()
