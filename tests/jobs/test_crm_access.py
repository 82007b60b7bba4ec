"""The two ways into the CRM, and what is said where the environment names none, both or half of one."""

from __future__ import annotations

import pytest

from jobs.crm_access import crm_access
from jobs.errors import SettingsWrong
from jobs.settings import Environment

APP = {"hubspot_client_id": "id", "hubspot_client_secret": "shh", "hubspot_refresh_token": "again"}


def environment(**told: str) -> Environment:
    return Environment.model_validate({"hubspot_access_token": None, **dict.fromkeys(APP), **told})


def test_a_token_or_an_app_gives_access() -> None:
    token, none = crm_access(environment(hubspot_access_token="pat"))
    assert token is not None
    assert (token.get_secret_value(), none) == ("pat", None)
    token, app = crm_access(environment(**APP))
    assert token is None
    assert app is not None
    assert (app.client_id, app.refresh_token.get_secret_value()) == ("id", "again")
    assert "shh" not in repr(app)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "HUBSPOT_ACCESS_TOKEN is not set.*HUBSPOT_REFRESH_TOKEN"),
        ({**APP, "hubspot_access_token": "pat"}, "Both HUBSPOT_ACCESS_TOKEN and HUBSPOT_CLIENT_ID"),
        (
            {"hubspot_access_token": "pat", "hubspot_client_id": "id"},
            "Both HUBSPOT_ACCESS_TOKEN and HUBSPOT_CLIENT_ID are",
        ),
        ({"hubspot_client_id": "id"}, "HUBSPOT_CLIENT_SECRET, HUBSPOT_REFRESH_TOKEN is not set"),
    ],
)
def test_anything_else_is_named(told: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsWrong, match=sentence) as caught:
        crm_access(environment(**told))
    assert not any(value in str(caught.value) for value in ("pat", "shh", "again"))
