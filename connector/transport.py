"""How one call reaches HubSpot: the vendor's client with our pool, time-outs, limits and repeats.

The only file that imports the vendor's client and its HTTP library.
"""

from __future__ import annotations

import copy
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Self, cast

import orjson
import urllib3
from hubspot import HubSpot
from hubspot.crm.associations.v4.exceptions import OpenApiException as AssociationsError
from hubspot.crm.lists.exceptions import OpenApiException as ListsError
from hubspot.crm.objects.exceptions import OpenApiException as ObjectsError
from hubspot.crm.owners.exceptions import OpenApiException as OwnersError
from hubspot.crm.pipelines.exceptions import OpenApiException as PipelinesError
from hubspot.crm.properties.exceptions import OpenApiException as PropertiesError
from hubspot.discovery.discovery_base import DiscoveryBase
from hubspot.oauth.exceptions import OpenApiException as OAuthError
from tenacity import RetryCallState, Retrying
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

from connector.answers import field
from connector.config import CrmConfig
from connector.errors import AccessRefused, CrmRefused
from connector.failures import Failure, Trouble, as_error, read_failure
from connector.lanes import Bucket, Lane
from connector.limits import CallLimits
from connector.oauth import Grant, OAuthTokens
from connector.retry import wait_before_repeat
from connector.versions import ApiVersions, dated_path

# Each package of the vendor's client has exceptions of its own.
_VENDOR_ERRORS = (AssociationsError, ListsError, OAuthError, ObjectsError, OwnersError, PipelinesError, PropertiesError)

_POOL_SIZE = 16
_NOT_FOUND = 404
# Under which the renewal of an OAuth app's access is counted.
_GRANT = "oauth"
_TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105 - a path

# A tenth on top at random: several processes refused together must not come back together.
_JITTER = 0.1


class _CallFailedError(Exception):
    """One try failed; never leaves this file."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.trouble.value)
        self.failure = failure


class _Pool(urllib3.PoolManager):
    """Sends each call in the version and with the token that its thread has chosen: the client knows the old paths only, and
    one token for all threads.
    """

    def __init__(self, base_url: str) -> None:
        never = urllib3.Retry(total=0, redirect=0, respect_retry_after_header=False)
        super().__init__(maxsize=_POOL_SIZE, retries=never)
        self._base_url = base_url
        self.chosen = threading.local()

    def request(self, method: str, url: str, *arguments: Any, **more: Any) -> Any:
        version: str | None = getattr(self.chosen, "version", None)
        if version is not None:
            url = self._base_url + dated_path(url.removeprefix(self._base_url), version)
        token: str | None = getattr(self.chosen, "token", None)
        if token is not None and "Authorization" in more.get("headers", {}):
            more["headers"]["Authorization"] = f"Bearer {token}"
        return super().request(method, url, *arguments, **more)


class _ApiObjects:
    """Keeps each of the client's API objects and gives them one pool: fetched anew, each would open sockets anew."""

    def __init__(self, base_url: str) -> None:
        self.pool = _Pool(base_url)
        self._kept: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, package: Any, name: str, config: Mapping[str, Any]) -> Any:
        with self._lock:
            key = (package.__name__, name)
            if key not in self._kept:
                # The client offers this hook but no public name for what it replaces.
                make = cast("Any", DiscoveryBase)._default_api_factory  # noqa: SLF001
                made = make(package, name, config)
                made.api_client.rest_client.pool_manager = self.pool
                made.api_client.set_default_header("Accept-Encoding", "gzip")
                # What we hand over is plain data: looking for models in it takes longer than sending 1,000 ids.
                made.api_client.sanitize_for_serialization = _as_it_is
                self._kept[key] = made
            return self._kept[key]


def _as_it_is(plain: Any) -> Any:
    return plain


class Transport:
    """Sends calls; obeys the limits before each try and repeats where that is safe. Safe to use from several threads."""

    def __init__(
        self,
        config: CrmConfig,
        limits: CallLimits,
        versions: ApiVersions,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        tokens: OAuthTokens | None = None,
    ) -> None:
        self._config = config
        self._limits = limits
        self._versions = versions
        self._lane = Lane.PERSON
        self._sleep = sleep
        self._chance = chance
        self._tokens = tokens
        base_url = config.base_url.rstrip("/")
        self._objects = _ApiObjects(base_url)
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        # Typed calls go to `host`, untyped ones to `base_url`, which is the real HubSpot unless set.
        client: Any = HubSpot(
            # With OAuth the pool puts the token of the moment in its place.
            access_token=config.access_token.get_secret_value() if config.access_token else "-",
            host=base_url,
            base_url=base_url,
            api_factory=self._objects,
        )
        self.crm: Any = client.crm
        self._grants: Any = client.oauth.tokens_api

    def in_lane(self, lane: Lane) -> Self:
        """The same connection, for calls of another urgency."""
        made = copy.copy(self)
        made._lane = lane  # noqa: SLF001 - of the same class
        return made

    def may_call(self) -> bool:
        return self._limits.allows(self._lane)

    def call(
        self, kind: str, operation: str, method: Any, *arguments: Any, repeatable: bool = True, **more: Any
    ) -> Any:
        """The answer as plain data. `kind` is the name under which the call is counted.

        `repeatable` says that doing it twice equals doing it once. Raises only errors of `connector.errors`.
        """
        more |= {
            "_preload_content": False,
            "_request_timeout": (self._config.connect_timeout_s, self._config.read_timeout_s),
        }
        tries = 0
        renewed: list[str] = []

        def wait(state: RetryCallState) -> float:
            seconds = wait_before_repeat(_failure_of(state), state.attempt_number, repeatable=repeatable)
            return (seconds or 0.0) * (1 + _JITTER * self._chance())

        def again(state: RetryCallState) -> bool:
            if state.outcome is None or not state.outcome.failed:
                return False
            if not isinstance(state.outcome.exception(), _CallFailedError):
                return False
            return wait_before_repeat(_failure_of(state), state.attempt_number, repeatable=repeatable) is not None

        def enough(state: RetryCallState) -> bool:
            waited = max(state.idle_for, state.seconds_since_start or 0.0)
            return state.attempt_number >= self._config.max_tries or (
                waited + state.upcoming_sleep > self._config.max_wait_s
            )

        def once() -> Any:
            nonlocal tries
            tries += 1
            return self._with_token(renewed, kind, method, arguments, more)

        try:
            return Retrying(retry=again, wait=wait, stop=enough, sleep=self._sleep, reraise=True)(once)
        except _CallFailedError as error:
            # An answer quotes the values that it refuses, and a printed cause would show them.
            cause = error.__cause__ if isinstance(error.__cause__, HTTPError) else None
            raise as_error(error.failure, operation, tries) from cause

    def get(self, kind: str, operation: str, path: str) -> Any:
        """A call that the vendor's client has no method for, through the same pool and with the same time-outs."""
        generic = self.crm.objects.basic_api.api_client.call_api
        headers = {"Accept": "application/json"}
        return self.call(kind, operation, generic, path, "GET", header_params=headers, auth_settings=["oauth2"])

    def token_info(self) -> Any:
        """What HubSpot knows of a private app's token; None of an OAuth app's. Needs no permission."""
        if self._config.access_token is None:
            return None
        generic = self.crm.objects.basic_api.api_client.call_api
        body = {"tokenKey": self._config.access_token.get_secret_value()}
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        more: dict[str, Any] = {"header_params": headers, "body": body, "auth_settings": ["oauth2"]}
        return self.call("account", "asking what the token may do", generic, _TOKEN_INFO, "POST", **more)

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    def close(self) -> None:
        """Give back the sockets and places. The transport can be used again afterwards."""
        self._objects.pool.clear()
        self._limits.give_back()

    def _with_token(
        self, renewed: list[str], kind: str, method: Any, arguments: tuple[Any, ...], more: Mapping[str, Any]
    ) -> Any:
        """With the token of the moment; one that is refused is renewed once in a call, and the call repeated."""
        if self._tokens is None or kind == _GRANT:
            return self._in_some_version(kind, method, arguments, more)
        token = renewed[-1] if renewed else self._tokens.current(self._exchange)
        self._objects.pool.chosen.token = token
        try:
            return self._in_some_version(kind, method, arguments, more)
        except _CallFailedError as error:
            if error.failure.trouble is not Trouble.TOKEN or renewed:
                raise
        renewed.append(self._tokens.after_refusal(token, self._exchange))
        self._objects.pool.chosen.token = renewed[-1]
        return self._in_some_version(kind, method, arguments, more)

    def _exchange(self, refresh_token: str) -> Grant:
        """AccessRefused where HubSpot does not renew: only a person's new consent helps."""
        assert self._tokens is not None
        app = self._tokens.app
        said: dict[str, Any] = {
            "grant_type": "refresh_token",
            "client_id": app.client_id,
            "client_secret": app.client_secret.get_secret_value(),
            "refresh_token": refresh_token,
        }
        try:
            answer = self.call(_GRANT, "renewing the access token", self._grants.create, **said)
        except (CrmRefused, AccessRefused) as error:
            raise AccessRefused(
                f"{str(error).partition(':')[0]}: HubSpot does not renew the app's access. Check HUBSPOT_CLIENT_ID and "
                "HUBSPOT_CLIENT_SECRET; if they are right, the app was uninstalled or its consent taken back: install it in "
                "HubSpot again and put the new HUBSPOT_REFRESH_TOKEN into the environment."
            ) from None
        good_until = self._tokens.good_until(float(field(answer, "expires_in")))
        return Grant(str(field(answer, "access_token")), str(answer.get("refresh_token") or refresh_token), good_until)

    def _in_some_version(self, kind: str, method: Any, arguments: tuple[Any, ...], more: Mapping[str, Any]) -> Any:
        """In the dated version, or in the old one where only that has the endpoint."""
        endpoint = f"{method.__qualname__} {arguments[0]}" if kind == "account" else method.__qualname__
        version = self._versions.dated(endpoint)
        try:
            answer = self._send(kind, version, method, arguments, more)
        except _CallFailedError as error:
            if version is None or error.failure.status != _NOT_FOUND or self._versions.is_proved(endpoint):
                raise
        else:
            self._versions.prove(endpoint)
            return answer
        answer = self._send(kind, None, method, arguments, more)
        self._versions.fall_back(endpoint)
        return answer

    def _send(
        self, kind: str, version: str | None, method: Any, arguments: tuple[Any, ...], more: Mapping[str, Any]
    ) -> Any:
        bucket = Bucket.SEARCHES if kind == "search" else Bucket.CALLS
        self._limits.wait(bucket, self._lane)
        with self._lock:
            self._counts[kind] += 1
        self._objects.pool.chosen.version = version
        try:
            answer = method(*arguments, **more)
            body: bytes = answer.data
        except _VENDOR_ERRORS as error:
            failure = self._vendor_failure(error)
            self._limits.refused(bucket, failure)
            raise _CallFailedError(failure) from error
        except UnicodeDecodeError as error:
            # The client decodes the body of every refusal, whatever it is.
            raise _CallFailedError(Failure(Trouble.DOWN)) from error
        except HTTPError as error:
            raise _CallFailedError(Failure(_lost(error))) from error
        self._limits.observe(answer.headers)
        if not body:
            return None
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise _CallFailedError(Failure(Trouble.UNREADABLE, answer.status)) from error

    def _vendor_failure(self, error: Any) -> Failure:
        """Only answers of the server have a status; anything else the client raises is a mistake of ours."""
        if getattr(error, "status", None) is None:
            raise error
        headers: Mapping[str, str] = error.headers or {}
        self._limits.observe(headers)
        return read_failure(int(error.status), headers, error.body or "")


def _failure_of(state: RetryCallState) -> Failure:
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, _CallFailedError)
    return error.failure


def _lost(error: HTTPError) -> Trouble:
    """Whether the request can have reached the CRM before the connection was lost."""
    reason = error.reason if isinstance(error, MaxRetryError) else error
    return Trouble.NOT_SENT if isinstance(reason, NewConnectionError | ConnectTimeoutError) else Trouble.DROPPED
