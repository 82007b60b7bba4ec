"""Which properties HubSpot derives from others: computed here, written by `writes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.moments import iso, parse_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.sandbox.account import Account
    from connector.sandbox.state import StoredObject

# Object types whose records count as contact made, an email only when it was sent.
CONTACTING = ("calls", "emails", "meetings")


def of_own_values(
    account: Account,
    kind: str,
    before: Mapping[str, str],
    record: StoredObject,
    given: Mapping[str, str],
    *,
    now: datetime,
) -> dict[str, str]:
    """What follows, on the same record, from a write of `given` that has been stored already."""
    derived: dict[str, str] = {}
    if "hubspot_owner_id" in given and before.get("hubspot_owner_id") != record.properties.get("hubspot_owner_id"):
        derived["hubspot_owner_assigneddate"] = iso(now) if given["hubspot_owner_id"] else ""
    if kind == "deals":
        derived |= _deal(account, before, record, given, now)
    if kind == "meetings" and given.get("hs_meeting_start_time") and "hs_timestamp" not in given:
        derived["hs_timestamp"] = given["hs_meeting_start_time"]
    if kind == "tasks" and "hs_task_status" in given and given["hs_task_status"] != before.get("hs_task_status"):
        derived["hs_task_completion_date"] = iso(now) if given["hs_task_status"] == "COMPLETED" else ""
    return derived


def _deal(
    account: Account, before: Mapping[str, str], record: StoredObject, given: Mapping[str, str], now: datetime
) -> dict[str, str]:
    stage_id = record.properties.get("dealstage", "")
    stage = account.stage(stage_id) or {"isClosed": "false", "probability": ""}
    closed = stage["isClosed"] == "true"
    probability = stage["probability"]
    won = closed and probability == "1.0"
    derived = {
        "hs_is_closed": _flag(closed),
        "hs_is_closed_won": _flag(won),
        "hs_is_closed_lost": _flag(closed and not won),
        "hs_deal_stage_probability": probability,
    }
    if stage_id and stage_id != before.get("dealstage"):
        derived[f"hs_v2_date_entered_{stage_id}"] = iso(now)
    if closed and before.get("hs_is_closed") != "true" and not given.get("closedate"):
        derived["closedate"] = iso(now)
    return derived


def on_contact(account: Account, contact_id: str, kind: str, now: datetime) -> dict[str, str]:
    """What a contact derives from its linked records of `kind` and, for activities, of the related types."""
    if kind == "deals":
        linked = account.links.of(("contacts", contact_id), "deals")
        live = sum(1 for deal_id in linked if account.is_live("deals", deal_id))
        return {"num_associated_deals": str(live)}
    if kind in CONTACTING:
        derived = {"notes_last_contacted": _text(_last_contacted(account, contact_id, now))}
        if kind == "meetings":
            derived["hs_latest_meeting_activity"] = _text(max(_times(account, contact_id, "meetings"), default=None))
        return derived
    return {}


def _last_contacted(account: Account, contact_id: str, now: datetime) -> datetime | None:
    times = [moment for kind in CONTACTING for moment in _times(account, contact_id, kind)]
    return max((moment for moment in times if moment <= now), default=None)


def _times(account: Account, contact_id: str, kind: str) -> list[datetime]:
    found: list[datetime] = []
    for activity_id in account.links.of(("contacts", contact_id), kind):
        activity = account.live(kind, activity_id)
        if activity is None:
            continue
        if kind == "emails" and activity.properties.get("hs_email_direction") != "EMAIL":
            continue
        moment = parse_moment(activity.properties.get("hs_timestamp", ""))
        if moment is not None:
            found.append(moment)
    return found


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _text(moment: datetime | None) -> str:
    return "" if moment is None else iso(moment)
