"""Renewing the access of an OAuth app, and the tokens that expire."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from connector.sandbox.call import Answer, Call, Route
from connector.sandbox.errors import ApiError, Json, envelope

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.account import Account


@dataclasses.dataclass(slots=True)
class App:
    """`rotates`: each renewal gives another refresh token, and the one before is worth nothing any more."""

    client_id: str
    client_secret: str
    refresh_token: str
    expires_in: int = 1800
    rotates: bool = False
    renewals: int = 0


def token(account: Account, call: Call) -> Answer:
    said = {name: values[-1] for name, values in parse_qs(call.body.decode()).items()}
    app = account.app
    if said.get("grant_type") != "refresh_token":
        raise _refused("BAD_GRANT_TYPE", "grant_type must be refresh_token")
    if app is None or said.get("client_id") != app.client_id:
        raise _refused("BAD_CLIENT_ID", "missing or unknown client id")
    if said.get("client_secret") != app.client_secret:
        raise _refused("BAD_CLIENT_SECRET", "missing or invalid client secret")
    if said.get("refresh_token") != app.refresh_token:
        raise _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
    app.renewals += 1
    made = f"oauth-{app.renewals}-{app.client_id}"
    account.tokens[made] = frozenset()
    account.expiries[made] = account.now() + timedelta(seconds=app.expires_in)
    if app.rotates:
        app.refresh_token = f"{app.refresh_token}+"
    answer: Json = {"token_type": "bearer", "access_token": made, "refresh_token": app.refresh_token}
    return Answer(200, {**answer, "expires_in": app.expires_in})


def expired(account: Account, given: str) -> ApiError | None:
    until: datetime | None = account.expiries.get(given)
    if until is None or account.now() < until:
        return None
    ago = int((account.now() - until).total_seconds())
    message = f"The OAuth token used to make this call expired {ago} second(s) ago."
    return ApiError(401, envelope(message, "EXPIRED_AUTHENTICATION"))


def _refused(status: str, message: str) -> ApiError:
    return ApiError(400, {"status": status, "message": message})


# The only call without a token.
TOKEN_PATH = "/oauth/v1/token"
ROUTES = (Route("POST", TOKEN_PATH, "oauth", token),)
