from __future__ import annotations

from tests.connector_sandbox.running import Crm

_PAGE = "/crm/v3/objects/contacts?limit=1"


def test_the_call_beyond_the_ten_second_limit_is_429_with_its_policy(crm: Crm) -> None:
    crm.control("limits", limits="real", ten_secondly=3)
    seen = [crm.http.get(_PAGE) for _ in range(4)]
    assert [one.status_code for one in seen] == [200, 200, 200, 429]
    assert [one.headers["x-hubspot-ratelimit-remaining"] for one in seen] == ["2", "1", "0", "0"]
    refused = seen[-1].json()
    assert (refused["policyName"], refused["errorType"]) == ("TEN_SECONDLY_ROLLING", "RATE_LIMIT")
    assert "retry-after" not in seen[-1].headers


def test_search_has_its_own_limit_and_no_limit_headers(crm: Crm) -> None:
    crm.control("limits", limits="real", ten_secondly=1)
    seen = [crm.http.post("/crm/v3/objects/contacts/search", json={}) for _ in range(6)]
    assert [one.status_code for one in seen] == [200] * 5 + [429]
    assert not [name for one in seen for name in one.headers if "ratelimit" in name]
    assert seen[-1].json()["message"] == "You have reached your secondly limit."
    assert crm.http.get(_PAGE).status_code == 200


def test_the_daily_limit_ends_at_the_accounts_midnight(crm: Crm) -> None:
    crm.control("limits", limits="real", daily=1)
    assert [crm.http.get(_PAGE).status_code for _ in range(2)] == [200, 429]
    crm.control("clock", now="2026-11-22T14:59:00Z")
    assert crm.http.get(_PAGE).json()["policyName"] == "DAILY"
    crm.control("clock", now="2026-11-22T15:00:00Z")
    assert crm.http.get(_PAGE).status_code == 200


def test_each_token_has_its_own_ten_seconds(crm: Crm) -> None:
    crm.control("limits", limits="real", ten_secondly=1)
    crm.control("tokens", token="second")
    own = [crm.http.get(_PAGE).status_code for _ in range(2)]
    other = crm.http.get(_PAGE, headers={"Authorization": "Bearer second"}).status_code
    assert (own, other) == ([200, 429], 200)


def test_the_real_limits_are_those_of_the_professional_plan(crm: Crm) -> None:
    crm.control("limits", limits="real")
    headers = crm.http.get(_PAGE).headers
    assert headers["x-hubspot-ratelimit-max"] == "190"
    assert headers["x-hubspot-ratelimit-daily"] == "650000"
    assert headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"
    assert headers["x-hubspot-correlation-id"]
