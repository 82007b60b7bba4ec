"""How one WebSocket connection speaks: the handshake and the frames of RFC 6455, as far as Socket Mode needs them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import struct
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from slack_app.sandbox.site import Site

LINK_PATH = "/link/"
_ACCEPT_WITH = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Socket(asyncio.Protocol):
    """What the web server hands a connection to that asks to be upgraded. It begins with the request, word for word.

    Frames of the client are masked and whole: its messages are short.
    """

    def __init__(self, site: Site, *, server_state: Any, **_more: Any) -> None:
        self._site = site
        self._open_connections: set[Any] = server_state.connections
        self._received = b""
        self._linked = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Each event loop has a class of its own for it.
        self.transport = cast("asyncio.Transport", transport)
        self._open_connections.add(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._linked:
            self._shake_hands()
        while self._linked and (frame := self._next_frame()) is not None:
            self._take(*frame)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio says why, nobody asks
        self._open_connections.discard(self)
        self._site.socket_mode.lost(self)

    def shutdown(self) -> None:
        """The web server stops."""
        self.close(1001)

    def send_text(self, text: str) -> None:
        self._send(_TEXT, text.encode())

    def close(self, code: int = 1000) -> None:
        if self.transport is not None:
            self._send(_CLOSE, struct.pack("!H", code))
            self.transport.close()

    def abort(self) -> None:
        """As a network does that fails."""
        if self.transport is not None:
            self.transport.abort()

    def _shake_hands(self) -> None:
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found or self.transport is None:
            return
        request, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        target = urlsplit(request.split(" ")[1])
        (ticket,) = parse_qs(target.query).get("ticket", [""])
        if target.path != LINK_PATH or not self._site.socket_mode.admits(ticket):
            self.transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()
            return
        accept = base64.b64encode(hashlib.sha1(f"{headers['sec-websocket-key']}{_ACCEPT_WITH}".encode()).digest())  # noqa: S324 - the protocol says so
        answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.transport.write(f"{answer}Sec-WebSocket-Accept: {accept.decode()}\r\n\r\n".encode())
        self._linked, self._received = True, rest
        self._site.socket_mode.linked(self)

    def _next_frame(self) -> tuple[int, bytes] | None:
        """(opcode, what it carries), taken off what was received; None until a frame is complete."""
        data = self._received
        if len(data) < 2:
            return None
        length, at = data[1] & 0x7F, 2
        if length > 125:
            at = 4 if length == 126 else 10
            if len(data) < at:
                return None
            length = int.from_bytes(data[2:at], "big")
        end = at + 4 + length
        if len(data) < end:
            return None
        mask, carried = data[at : at + 4], data[at + 4 : end]
        self._received = data[end:]
        return data[0] & 0x0F, bytes(byte ^ key for byte, key in zip(carried, itertools.cycle(mask), strict=False))

    def _take(self, opcode: int, carried: bytes) -> None:
        if opcode == _TEXT:
            self._site.socket_mode.heard(carried.decode())
        elif opcode == _PING:
            self._send(_PONG, carried)
        elif opcode == _CLOSE and self.transport is not None:
            self.transport.close()

    def _send(self, opcode: int, carried: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        size = len(carried)
        if size <= 125:
            length = bytes([size])
        else:
            length = b"\x7e" + struct.pack("!H", size) if size < 1 << 16 else b"\x7f" + struct.pack("!Q", size)
        self.transport.write(bytes([0x80 | opcode]) + length + carried)
