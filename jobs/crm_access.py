"""Which of the two ways into the CRM the environment names: a token that stays, or an OAuth app that gets its tokens."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr

from connector.config import CrmConfig
from connector.oauth import OAuthApp
from jobs.errors import SettingsWrong
from jobs.settings import Environment, Settings

_TOKEN = "HUBSPOT_ACCESS_TOKEN"  # noqa: S105 - a name
_OF_AN_APP = ("HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_REFRESH_TOKEN")


def crm_config(settings: Settings) -> CrmConfig:
    """SettingsWrong where the environment names no way in, or two."""
    environment, crm = settings.environment, settings.file.crm
    token, app = crm_access(environment)
    return CrmConfig(
        access_token=token,
        oauth=app,
        base_url=environment.hubspot_base_url.rstrip("/"),
        calls_per_10_s=crm.calls_per_10_seconds,
        searches_per_s=crm.searches_per_second,
        overlap=timedelta(minutes=crm.overlap_minutes),
        extra_properties=crm.properties,
    )


def crm_access(environment: Environment) -> tuple[SecretStr | None, OAuthApp | None]:
    """Exactly one of both. SettingsWrong names what is missing, or too much."""
    token, client_id = environment.hubspot_access_token, environment.hubspot_client_id
    client_secret, refresh_token = environment.hubspot_client_secret, environment.hubspot_refresh_token
    given = [name for name, value in zip(_OF_AN_APP, (client_id, client_secret, refresh_token), strict=True) if value]
    if token is not None and given:
        raise SettingsWrong(
            f"Both {_TOKEN} and {', '.join(given)} are set. Keep the token of a private app or service key, or the three "
            "of an OAuth app, and take the other away."
        )
    if token is not None:
        return token, None
    if not given:
        raise SettingsWrong(
            f"{_TOKEN} is not set. Put a token into the environment or .env (or, for an OAuth app, "
            f"{', '.join(_OF_AN_APP)}), or try `mimawari demo`."
        )
    if not (client_id and client_secret and refresh_token):
        missing = ", ".join(name for name in _OF_AN_APP if name not in given)
        raise SettingsWrong(f"{missing} is not set, but {', '.join(given)} is. An OAuth app needs all three.")
    return None, OAuthApp(client_id, client_secret, refresh_token)
