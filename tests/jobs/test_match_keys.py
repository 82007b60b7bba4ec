"""The keys of contacts follow their records, in short transactions and only where something differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, delete, insert, select, update

from connector.mirror.marks import Purpose, marked, unmark_all
from connector.mirror.tables import associations, match_keys
from connector.records import COMPANIES, CONTACTS
from jobs.match_keys import refresh_match_keys
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import RuleSet
from tests.rules.portal import LONG_AGO, Portal, make_catalogue, rule_text, rules_from, schema_for, shipped_rules


@pytest.fixture
def portal(database_url: str) -> Iterator[Portal]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield Portal.on(connection, shipped_rules())
    engine.dispose()


def refresh(portal: Portal, rule_set: RuleSet | None = None) -> int:
    """How many contacts' keys were made anew."""
    portal.connection.commit()
    return refresh_match_keys(portal.connection.engine, rule_set or portal.rule_set, portal.schema)


def change(portal: Portal, object_type: str, record_id: str, **properties: str) -> None:
    table = portal.schema.table(object_type)
    values = {"properties": properties, "updated_at": LONG_AGO + timedelta(days=1)}
    portal.connection.execute(update(table).where(table.c.id == record_id).values(**values))


def marks(portal: Portal) -> list[str]:
    found = marked(portal.connection, Purpose.EXAMINE, CONTACTS)
    unmark_all(portal.connection, Purpose.EXAMINE, CONTACTS)
    return found


def test_only_what_differs_is_made_anew(portal: Portal) -> None:
    one, _ = portal.contact("a", email="a@firm.example"), portal.contact("b", email="b@firm.example")
    assert (refresh(portal), refresh(portal)) == (2, 0)
    change(portal, CONTACTS, one, email="c@firm.example")
    assert (refresh(portal), refresh(portal)) == (1, 0)


def test_whom_a_contact_resembled_and_whom_it_resembles_now_are_looked_at_again(portal: Portal) -> None:
    first, second, moved = (portal.contact("x", email=f"{name}@firm.example") for name in ("a", "b", "a"))
    refresh(portal)
    marks(portal)
    change(portal, CONTACTS, moved, email="b@firm.example")
    refresh(portal)
    assert marks(portal) == [first, second]


def test_a_company_that_is_renamed_or_no_longer_linked_changes_its_contacts(portal: Portal) -> None:
    contact = portal.contact("a", lastname="山田", firstname="太郎", company="みどり")
    company = portal.company(contact, "あおば")
    refresh(portal)
    change(portal, COMPANIES, company, name="あかね")
    assert refresh(portal) == 1
    portal.connection.execute(delete(associations))
    assert (refresh(portal), refresh(portal)) == (1, 0)


def test_another_field_map_makes_all_keys_anew(portal: Portal) -> None:
    portal.contact("a", email="a@firm.example", jobtitle="b@firm.example")
    refresh(portal)
    loaded = load(LIBRARY, make_catalogue(), FieldMap.of({CONTACTS: {"email": "jobtitle"}}))
    assert loaded.rule_set is not None
    assert (refresh(portal, loaded.rule_set), refresh(portal, loaded.rule_set)) == (1, 0)


def test_no_keys_are_made_where_no_rule_asks_for_them(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> None:
    portal.contact("a", email="a@firm.example")
    without = rules_from(tmp_path_factory.mktemp("rules"), rule_text("any", "- lead_status: NEW"))
    assert refresh(portal, without) == 0


def test_a_large_portal_is_done_in_pieces(portal: Portal) -> None:
    contacts = schema_for(portal.rule_set).table(CONTACTS)
    row = {"properties": {"email": "a@firm.example"}, "created_at": LONG_AGO, "updated_at": LONG_AGO}
    portal.connection.execute(insert(contacts), [{"id": str(n), **row} for n in range(1, 2002)])
    assert refresh(portal) == 2001
    assert len(portal.connection.execute(select(match_keys.c.key)).all()) == 2001
