"""What rests for now although everything else goes on: rules that cannot judge, and writes that may not be made."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from connector import access
from connector.records import COMPANIES, DEALS, EMAILS
from connector.scopes import Work, resting, types_without
from jobs.ledger import known_properties
from jobs.ledger.plan_lines import LIST_PROPERTY, Line, is_value
from rules import asks
from rules.asks import Source
from rules.drift import Change, cause
from rules.model import RuleSet
from rules.text import Text

_TYPES: Mapping[str, Text] = {
    COMPANIES: Text("会社", "companies"),
    DEALS: Text("取引", "deals"),
    EMAILS: Text("メール", "e-mails"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Stops:
    """`properties` of contacts that nothing may be written to; `records` and `lists`: why none may be, None if they may."""

    properties: Mapping[str, Text]
    records: Text | None
    lists: Text | None

    def cause(self, line: Line | Row[Any]) -> Text | None:
        """Why this line must wait."""
        if line.property == LIST_PROPERTY:
            return self.lists
        return self.records or (self.properties.get(line.property) if is_value(line) else None)


def stops(connection: Connection, now: datetime) -> Stops:
    lacks = {one.work: one.scopes for one in resting(access.missing(connection, now))}
    return Stops(
        known_properties.stopped(connection), _unwritten(lacks.get(Work.WRITING)), _unwritten(lacks.get(Work.LISTS))
    )


def resting_rules(connection: Connection, rule_set: RuleSet, now: datetime) -> dict[str, Text]:
    """By id the rules that are not asked now, each with the reason: their findings neither open nor close."""
    return asks.resting(rule_set, unread(connection, now))


def unread(connection: Connection, now: datetime) -> dict[Source, Text]:
    """What the mirror does not show as the CRM has it."""
    found: dict[Source, Text] = {
        kind: Text(
            f"権限「{scope}」がないため、{_TYPES[kind].ja}を読み取れません。権限が付与されると自動で再開します。",
            f"{_TYPES[kind].en.capitalize()} cannot be read without the permission {scope}. It resumes by itself once "
            "that is granted.",
        )
        for kind, scope in types_without(access.missing(connection, now)).items()
    }
    for key, misfits in known_properties.misfitting(connection).items():
        if any(one.change is Change.VANISHED for one in misfits):
            found[key] = cause(key[1], misfits)
    return found


def _unwritten(scopes: tuple[str, ...] | None) -> Text | None:
    if scopes is None:
        return None
    names = ", ".join(scopes)
    return Text(
        f"HubSpotの権限「{names}」がないため、書き込めません。権限が付与されると自動で再開します。",
        f"Nothing can be written without the permission {names} in HubSpot. It resumes by itself once that is granted.",
    )
