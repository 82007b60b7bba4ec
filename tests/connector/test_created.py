"""What we have made ourselves is in the mirror at once, and no news to the next sync."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from connector.creation_json import FROM_CONTACT
from connector.mirror.written import store_created, store_removed
from connector.records import CONTACTS, TASKS, Creation, Link, Record
from tests.connector.crm import NOW, Crm, iso
from tests.connector.pulling import EVERYTHING, NEEDS, assert_mirror_equals, forget_changes, mirrored, pull, schema_of

VALUES = {
    "hs_task_subject": "電話",
    "hs_timestamp": iso(NOW),
    "hs_task_status": "NOT_STARTED",
    "hubspot_owner_id": "71",
}


def make(crm: Crm) -> Record:
    made = crm.gateway().create(TASKS, [Creation("1", TASKS, VALUES, ((CONTACTS, "501"),), "mark1")])
    return made.records["1"]


def keep(engine: Engine, made: Record, needs: object) -> None:
    link = Link(CONTACTS, "501", TASKS, made.id, FROM_CONTACT[TASKS])
    with engine.begin() as connection:
        store_created(connection, schema_of(engine, needs), TASKS, [made], [link, link])


def test_a_task_of_ours_is_mirrored_at_once_and_changes_nothing_when_it_is_read(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway(), needs=EVERYTHING)
    forget_changes(engine)
    made = make(crm)
    keep(engine, made, EVERYTHING)
    assert_mirror_equals(crm, engine, EVERYTHING)
    report = pull(engine, crm.gateway(), timedelta(minutes=5), EVERYTHING)
    assert report.objects[TASKS].changed == 0
    assert report.contacts_to_examine == frozenset()
    assert_mirror_equals(crm, engine, EVERYTHING)


def test_without_our_word_it_is_news(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway(), needs=EVERYTHING)
    forget_changes(engine)
    make(crm)
    assert pull(engine, crm.gateway(), timedelta(minutes=5), EVERYTHING).contacts_to_examine == {"501"}


def test_nothing_is_kept_of_a_type_that_is_not_read(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway(), needs=NEEDS)
    keep(engine, make(crm), NEEDS)
    assert_mirror_equals(crm, engine, NEEDS)


def test_what_is_removed_is_gone_from_the_mirror_at_once(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway(), needs=EVERYTHING)
    made = make(crm)
    keep(engine, made, EVERYTHING)
    with engine.begin() as connection:
        store_removed(connection, schema_of(engine, EVERYTHING), TASKS, [made.id], NOW)
    assert mirrored(engine, TASKS)[made.id]["archived"]
