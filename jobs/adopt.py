"""A changed rule set is compared with the one before it, taken into use, and told to the admins; so is a broken one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from connector.mirror.cursors import load_cursor
from connector.mirror.schema import lacking, load_schema
from connector.mirror.tables import MirrorSchema
from connector.pull_records import everything_asked
from jobs.compare import Difference, Side, compare
from jobs.database import snapshot, writing
from jobs.errors import NothingMirrored, SettingsWrong
from jobs.ledger import audit, rule_sets
from jobs.match_keys import refresh_match_keys
from jobs.output import rule_error_json
from jobs.rule_news import Audience, send
from jobs.wiring import Parts, in_use, united
from rules.load import load_files
from rules.model import RuleError, RuleSet
from rules.world import World

log = structlog.get_logger()

_TOLD_MISTAKES = 20
_TOLD_DIFFERENCES = 40


def adopt(parts: Parts, now: datetime) -> Sequence[Difference]:
    """Remember the set in use if it is another one than before, and say what it changes. The first set is no news."""
    loaded = parts.loaded_rules()
    rule_set = in_use(loaded)
    with snapshot(parts.engine) as connection:
        before = rule_sets.last(connection)
        broken = rule_sets.unmended(connection, rule_sets.BROKEN)
    if broken:
        with writing(parts.engine) as connection:
            rule_sets.mend(connection, broken, now)
    if before is not None and before.version == rule_set.version:
        return ()
    differences: Sequence[Difference] | None = ()
    if before is not None:
        differences = _differences(parts, rule_sets.files_of(before), rule_set, now)
    with writing(parts.engine) as connection:
        rule_sets.adopt(connection, rule_set.version, loaded.files, now)
        if before is not None:
            _tell_changed(parts, connection, before.version, rule_set.version, differences, now)
    log.info("rule set adopted", version=rule_set.version)
    return differences or ()


def differences_to(parts: Parts, rule_set: RuleSet, now: datetime) -> Sequence[Difference]:
    """What this set would change beside the one in use. SettingsWrong where the mirror lacks what it reads."""
    with snapshot(parts.engine) as connection:
        before = rule_sets.last(connection)
    if before is None:
        raise NothingMirrored(str(NothingMirrored.__doc__))
    refuse_unread(parts, rule_set)
    found = _differences(parts, rule_sets.files_of(before), rule_set, now)
    if found is None:
        raise SettingsWrong(
            "The rules in use no longer fit the CRM's properties, so nothing can be compared with them."
        )
    return found


def refuse_unread(parts: Parts, rule_set: RuleSet) -> None:
    """SettingsWrong where a set reads properties that no sync has asked for yet; without them it would find nothing."""
    with snapshot(parts.engine) as connection:
        unread = {
            f"{kind}.{name}"
            for kind, names in rule_set.needs.items()
            for name in names.difference(load_cursor(connection, kind).requested)
        }
    if unread:
        raise SettingsWrong(
            f"These rules read what was never read from the CRM: {', '.join(sorted(unread))}. Name it in settings.toml "
            "under [crm.properties] and run `mimawari sync`; then they can be tried on it."
        )
    _refuse_unkept(parts, rule_set)


def _refuse_unkept(parts: Parts, rule_set: RuleSet) -> None:
    schema = schema_of(parts, rule_set)
    with snapshot(parts.engine) as connection:
        unkept = {f"{kind}.{name}" for kind, name in lacking(connection, schema)}
        unkept |= {
            f"{kind}.{name}"
            for kind, names in rule_set.histories.items()
            for name in names
            if not everything_asked((), (name,)) <= set(load_cursor(connection, kind).requested)
        }
    if unkept:
        raise SettingsWrong(
            f"These rules search texts or ask for former values that the copy of the CRM does not hold yet: "
            f"{', '.join(sorted(unkept))}. They cannot be tried before they are in use; the sync after that reads them."
        )


def _differences(parts: Parts, files: dict[str, bytes], rule_set: RuleSet, now: datetime) -> list[Difference] | None:
    """None where the earlier set can no longer be read: the portal or the field map changed under it."""
    old = load_files(files, parts.catalogue(), parts.fields).rule_set
    if old is None:
        return None
    schema = schema_of(parts, old, rule_set)
    # A set that is the first to ask for twins would else be told without them.
    refresh_match_keys(parts.engine, rule_set, schema, None)
    people, language = parts.people(), parts.settings.file.service.language
    return compare(
        parts.engine,
        Side(old, schema, World(now, people, old.calendar, language)),
        Side(rule_set, schema, World(now, people, rule_set.calendar, language)),
    )


def schema_of(parts: Parts, *rule_sets_: RuleSet) -> MirrorSchema:
    """The mirror with the columns that all these sets read."""
    needs, searched = united(*(one.needs for one in rule_sets_)), united(*(one.searched for one in rule_sets_))
    with snapshot(parts.engine) as connection:
        return load_schema(connection, needs, searched)


def tell_broken(parts: Parts, mistakes: Sequence[RuleError], now: datetime) -> None:
    """Tell the admins once for each state of brokenness; the message is edited when the files can be read again."""
    listed = [rule_error_json(mistake) for mistake in mistakes]
    detail = {"count": len(mistakes), "mistakes": listed[:_TOLD_MISTAKES]}
    subject = hashlib.sha256(repr(listed).encode()).hexdigest()[:16]
    with writing(parts.engine) as connection:
        _tell(parts, connection, rule_sets.BROKEN, subject, detail, now)


def _tell_changed(
    parts: Parts,
    connection: Connection,
    old: str,
    new: str,
    differences: Sequence[Difference] | None,
    now: datetime,
) -> None:
    told = sorted(differences or (), key=lambda one: -(len(one.appears) + len(one.disappears)))
    detail: dict[str, Any] = {
        "from": old,
        "to": new,
        "compared": differences is not None,
        "count": len(told),
        "differences": [one.as_json() for one in told[:_TOLD_DIFFERENCES]],
    }
    _tell(parts, connection, rule_sets.CHANGED, f"{old}>{new}", detail, now)
    entry = audit.Entry(at=now, actor="mimawari", channel="rules", action="rules.changed", before=old, after=new)
    audit.record(connection, [entry])


def _tell(parts: Parts, connection: Connection, kind: str, subject: str, detail: dict[str, Any], now: datetime) -> None:
    news_id = rule_sets.tell(connection, kind, subject, detail, now)
    if news_id is not None:
        send(parts, connection, Audience("rules"), kind, news_id, now)
