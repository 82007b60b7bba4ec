"""Whether our own address answers as Slack needs it: asked from outside, signed as Slack signs."""

from __future__ import annotations

import dataclasses
import enum
import json
import secrets

import requests
from slack_sdk.signature import SignatureVerifier

from slack_app.manifest import PATH
from slack_app.web_client import keep_loopback_off_proxies

# Slack waits no longer either.
_TIMEOUT_S = 3


class Reached(enum.Enum):
    """OURS: our service took the request. REFUSED: it, or another like it, does not know our signature. ELSEWHERE: somebody
    else answered. NOBODY: no answer.
    """

    OURS = "ours"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    NOBODY = "nobody"


@dataclasses.dataclass(frozen=True, slots=True)
class Probed:
    """`detail` is the status of an answer or the kind of failure."""

    reached: Reached
    detail: str


def probe(address: str, signing_secret: str, timestamp: float) -> Probed:
    """With the question that Slack asks when the address is typed into its settings, which changes nothing."""
    url = address.rstrip("/").removesuffix(PATH) + PATH
    keep_loopback_off_proxies(url)
    challenge, sent_at = secrets.token_hex(8), str(int(timestamp))
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=sent_at, body=body) or ""
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": sent_at,
        "X-Slack-Signature": signature,
    }
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        return Probed(Reached.NOBODY, type(error).__name__)
    if answer.status_code == 200 and challenge in answer.text:
        return Probed(Reached.OURS, "200")
    return Probed(Reached.REFUSED if answer.status_code == 401 else Reached.ELSEWHERE, str(answer.status_code))
