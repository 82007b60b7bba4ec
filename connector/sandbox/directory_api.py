"""The calls on what surrounds the records: owners, pipelines and the account itself."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connector.sandbox.call import HIGHEST_ID, Answer, Call, Route, text
from connector.sandbox.errors import Json, invalid, not_found
from connector.sandbox.moments import iso
from connector.sandbox.object_names import object_type

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.state import StoredOwner

_MOST_OWNERS = 500
_SCOPES = (
    *(f"crm.objects.{kind}.{way}" for kind in ("contacts", "companies", "deals") for way in ("read", "write")),
    "crm.objects.owners.read",
    "crm.lists.read",
    "crm.lists.write",
)


def owners(account: Account, call: Call) -> Answer:
    archived, email = call.flag("archived"), call.text("email").lower()
    after = call.whole_number("after", 0, HIGHEST_ID)
    limit = call.whole_number("limit", 100, _MOST_OWNERS)
    found = sorted(
        (
            one
            for one in account.portal.owners.values()
            if one.archived == archived and int(one.id) >= after and (not email or one.email.lower() == email)
        ),
        key=lambda one: int(one.id),
    )
    payload: Json = {"results": [owner_json(one) for one in found[:limit]]}
    if len(found) > limit:
        following = found[limit].id
        payload["paging"] = {"next": {"after": following, "link": f"{call.origin}{call.path}?after={following}"}}
    return Answer(200, payload)


def owner(account: Account, call: Call) -> Answer:
    given, by_user = call.params["owner"], call.text("idProperty", "id").lower() == "userid"
    for one in account.portal.owners.values():
        if given == (str(one.user_id) if by_user else one.id) and one.archived == call.flag("archived"):
            return Answer(200, owner_json(one))
    raise not_found()


def owner_json(one: StoredOwner) -> Json:
    """A deactivated user is only visible as `userIdIncludingInactive`; the teams stay."""
    return {
        "id": one.id,
        "email": one.email,
        "type": "PERSON",
        "firstName": one.first_name,
        "lastName": one.last_name,
        "userId": None if one.archived else one.user_id,
        "userIdIncludingInactive": one.user_id,
        "createdAt": iso(one.created_at),
        "updatedAt": iso(one.created_at),
        "archived": one.archived,
        "teams": [{"id": team.id, "name": team.name, "primary": team.primary} for team in one.teams],
    }


def pipelines(account: Account, call: Call) -> Answer:
    return Answer(200, {"results": _pipelines(account, call)})


def pipeline(account: Account, call: Call) -> Answer:
    return Answer(200, _pipeline(account, call))


def stages(account: Account, call: Call) -> Answer:
    return Answer(200, {"results": _pipeline(account, call)["stages"]})


def details(account: Account, _: Call) -> Answer:
    zone = ZoneInfo(account.portal.time_zone)
    offset = account.now().astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return Answer(
        200,
        {
            "portalId": account.portal.portal_id,
            "accountType": "STANDARD",
            "timeZone": account.portal.time_zone,
            "companyCurrency": "JPY",
            "additionalCurrencies": [],
            "utcOffset": f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}",
            "utcOffsetMilliseconds": minutes * 60_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def usage(account: Account, _: Call) -> Answer:
    """Private apps' calls since the account's midnight."""
    zone = ZoneInfo(account.portal.time_zone)
    now = account.now()
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    resets_at = datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC)
    result = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": account.limits.daily,
        "currentUsage": account.limits.used_today,
        "collectedAt": iso(now),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(resets_at),
    }
    return Answer(200, {"results": [result]})


def token_info(account: Account, call: Call) -> Answer:
    """Of a private app's token: whom it belongs to, and what it may do."""
    token = text(call.object(), "tokenKey")
    if token not in account.tokens:
        raise not_found()
    scopes = [one for one in _SCOPES if one not in account.tokens[token]]
    return Answer(200, {"userId": 1, "hubId": account.portal.portal_id, "appId": 2, "scopes": scopes})


def _pipelines(account: Account, call: Call) -> list[Json]:
    kind = object_type(call.params["type"])
    if kind != "deals":
        raise invalid(f"Objects of type {kind} have no pipelines.")
    return account.portal.pipelines


def _pipeline(account: Account, call: Call) -> Json:
    for one in _pipelines(account, call):
        if one["id"] == call.params["pipeline"]:
            return one
    raise not_found()


_PIPELINES = "/crm/v3/pipelines/{type}"
ROUTES = (
    Route("GET", "/crm/v3/owners", "owners", owners),
    Route("GET", "/crm/v3/owners/{owner}", "owners", owner),
    Route("GET", _PIPELINES, "pipelines", pipelines),
    Route("GET", f"{_PIPELINES}/{{pipeline}}", "pipelines", pipeline),
    Route("GET", f"{_PIPELINES}/{{pipeline}}/stages", "pipelines", stages),
    Route("POST", "/oauth/v2/private-apps/get/access-token-info", "account", token_info),
    Route("GET", "/account-info/v3/details", "account", details),
    Route("GET", "/account-info/v3/api-usage/daily/private-apps", "account", usage),
)
