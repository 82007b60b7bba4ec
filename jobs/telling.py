"""The other paths to a person: an address to ping, an address that takes words, and mail. None of them shows its address."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import requests

from jobs.clock import is_loopback

_TIMEOUT_S = 10


class NotTold(Exception):
    """Could not be told. The words name the kind of failure only: an address is as good as a password."""


class Teller(Protocol):
    @property
    def name(self) -> str: ...

    def tell(self, subject: str, text: str) -> None:
        """NotTold where it did not arrive."""
        ...


class Webhook:
    """Posts `{"text": …}`, as chat programs and alarm services take it."""

    name = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    def tell(self, subject: str, text: str) -> None:
        _send("POST", self._url, {"text": f"{subject}\n{text}"})


class Mail:
    """`server` is `smtp://user:password@host:587`, or `smtps://` where the connection is encrypted from the start."""

    name = "mail"

    def __init__(self, server: str, sender: str, receivers: Sequence[str]) -> None:
        self._server: SplitResult = urlsplit(server)
        self._sender, self._receivers = sender, receivers

    def tell(self, subject: str, text: str) -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self._sender, ", ".join(self._receivers)
        message.set_content(text)
        try:
            with self._connected() as server:
                if self._server.username:
                    server.login(unquote(self._server.username), unquote(self._server.password or ""))
                server.send_message(message)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotTold(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        host, port = self._server.hostname or "", self._server.port or 0
        context = ssl.create_default_context()
        if self._server.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=context)
        server = smtplib.SMTP(host, port or smtplib.SMTP_PORT, timeout=_TIMEOUT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._server.username and not is_loopback(self._server.geturl()):
            server.close()
            raise NotTold("the server offers no encryption, so the password is kept back")
        return server


def ping(url: str) -> None:
    """Say "still alive" to a service that raises the alarm when it hears nothing. NotTold where it did not arrive."""
    _send("GET", url, None)


def _send(method: str, url: str, body: dict[str, str] | None) -> None:
    try:
        answer = requests.request(method, url, json=body, timeout=_TIMEOUT_S)
    except (requests.RequestException, ValueError) as error:
        # Its words hold the address.
        raise NotTold(type(error).__name__) from None
    if not answer.ok:
        raise NotTold(f"HTTP {answer.status_code}")
