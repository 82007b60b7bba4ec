"""Clients of Slack's web interface: no repeats of their own, short patience, quiet, and never through a proxy to ourselves."""

from __future__ import annotations

import functools
import ipaddress
import logging
import os
import ssl
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from slack_app.config import SlackConfig

# Nobody waits longer for an answer to a click than Slack does.
RESPONSE_TIMEOUT_S = 3


def build_client(config: SlackConfig, timeout_s: float) -> WebClient:
    """The SDK's default repeats a call after a dropped connection, which posts a message twice: we hand in no repeats."""
    keep_loopback_off_proxies(config.base_url)
    return WebClient(
        token=config.bot_token,
        base_url=config.base_url,
        ssl=_certificates(),
        timeout=timeout_s,  # pyright: ignore[reportArgumentType] # urllib takes fractions, too
        retry_handlers=[],
        logger=quiet_logger("slack_app.web_client.sdk", logging.CRITICAL),
    )


def build_response_client(response_url: str) -> WebhookClient:
    """For answering one click or command through the address that came with it."""
    keep_loopback_off_proxies(response_url)
    return WebhookClient(
        response_url,
        ssl=_certificates(),
        timeout=RESPONSE_TIMEOUT_S,
        retry_handlers=[],
        logger=quiet_logger("slack_app.web_client.sdk", logging.CRITICAL),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: for each call anew, they take longer than the call."""
    return ssl.create_default_context()


def quiet_logger(name: str, level: int) -> logging.Logger:
    """The SDK logs request bodies, thus names and texts, at its lower levels, and a line per failed attempt at ERROR."""
    logger = logging.getLogger(name)
    logger.setLevel(level)
    return logger


def keep_loopback_off_proxies(url: str) -> None:
    """Name a loopback host in NO_PROXY.

    The SDK and urllib both take HTTP_PROXY for 127.0.0.1 as well, and this is the only switch that both obey.
    """
    host = urlsplit(url).hostname or ""
    if not _is_loopback(host):
        return
    for name in ("no_proxy", "NO_PROXY"):
        named = [each for each in os.environ.get(name, "").split(",") if each]
        if host not in named and "*" not in named:
            os.environ[name] = ",".join([*named, host])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
