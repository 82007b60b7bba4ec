"""What a first reading asks of the database."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, event

from tests.connector.conftest import create_mirror
from tests.connector.crm import Crm, make_portal, running_crm
from tests.connector.pulling import assert_mirror_equals, pull


def note_statements(engine: Engine) -> list[str]:
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    return made


def statements_of_first_reading(url: str, contacts: int) -> int:
    engine = create_engine(url)
    create_mirror(engine)
    made = note_statements(engine)
    with running_crm(lambda: make_portal(contacts=contacts)) as crm:
        pull(engine, crm.gateway())
    engine.dispose()
    return len(made)


def test_three_pages_of_contacts_take_few_statements(sqlite_url: str) -> None:
    """Looked up and stored, their words, their versions looked up and stored, what is to be examined, and how far."""
    few, many = (statements_of_first_reading(f"{sqlite_url}{number}", number) for number in (300, 600))
    assert (many - few) / 2 <= 9  # 300 more are twice three pages; now and then places for calls are taken, too


def test_pages_are_compared_with_what_is_stored_only_where_something_is(crm: Crm, engine: Engine) -> None:
    made = note_statements(engine)

    def compared() -> bool:
        return any(one.startswith("SELECT contacts.id") and "> " in one and "LIMIT" not in one for one in made)

    pull(engine, crm.gateway())
    assert not compared()
    pull(engine, crm.gateway(), full=True)
    assert compared()
    assert_mirror_equals(crm, engine)
