"""Finding whom a change of many contacts concerns takes as long for each of them as for a few."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, insert

from connector.mirror.tables import associations, match_keys
from rules.linking import colleagues
from rules.twins import sharing

# SQLite's planner changes its mind between seven and eight thousand ids.
CONTACTS = [str(number) for number in range(10_000)]
STEPS_FOR_EACH = 200


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Each contact has two companies and two keys, which others have as well; the planner knows how many there are."""
    engine = create_engine("sqlite://")
    shared = [(number, int(number) // 2) for number in CONTACTS]
    shared += [(number, len(CONTACTS) + int(number) // 3) for number in CONTACTS]
    with engine.begin() as opened:
        associations.create(opened)
        match_keys.create(opened)
        link = {"from_type": "contacts", "to_type": "companies", "type_id": 1}
        opened.execute(insert(associations), [{**link, "from_id": i, "to_id": str(to)} for i, to in shared])
        opened.execute(insert(match_keys), [{"contact_id": i, "key": f"k{to}", "kind": "mail"} for i, to in shared])
        opened.exec_driver_sql("ANALYZE")
        yield opened
    engine.dispose()


@pytest.mark.parametrize("concerned", [colleagues, sharing])
def test_the_steps_grow_with_the_contacts(connection: Connection, concerned: Callable[[Collection[str]], Any]) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.set_progress_handler(lambda: 1, STEPS_FOR_EACH * len(CONTACTS))  # the query is broken off there
    assert set(connection.execute(concerned(CONTACTS)).scalars()) == set(CONTACTS)
