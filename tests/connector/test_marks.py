"""Which contacts are to be examined is remembered until somebody has examined them, whatever comes between."""

from __future__ import annotations

from sqlalchemy import Engine

from connector.mirror.marks import EVERYTHING, contacts_to_examine, examined, mark_to_examine, take_to_examine


def mark(engine: Engine, *ids: str) -> None:
    with engine.begin() as connection:
        mark_to_examine(connection, ids)


def take(engine: Engine) -> frozenset[str] | None:
    with engine.begin() as connection:
        return take_to_examine(connection)


def finish(engine: Engine) -> None:
    with engine.begin() as connection:
        examined(connection)


def waiting(engine: Engine) -> frozenset[str] | None:
    with engine.connect() as connection:
        return contacts_to_examine(connection)


def test_what_was_taken_and_examined_is_forgotten(engine: Engine) -> None:
    mark(engine, "501", "502")
    assert take(engine) == {"501", "502"}
    finish(engine)
    assert take(engine) == frozenset()


def test_what_was_taken_by_an_examination_that_was_cut_off_is_taken_again(engine: Engine) -> None:
    mark(engine, "501")
    take(engine)
    mark(engine, "502")
    assert waiting(engine) == {"501", "502"}
    assert take(engine) == {"501", "502"}


def test_what_changes_again_meanwhile_stays_for_the_next_examination(engine: Engine) -> None:
    mark(engine, "501")
    take(engine)
    mark(engine, "501")
    finish(engine)
    assert take(engine) == {"501"}


def test_everything_is_taken_as_a_whole(engine: Engine) -> None:
    mark(engine, "501", EVERYTHING)
    assert take(engine) is None
    mark(engine, "502")
    assert waiting(engine) is None
    finish(engine)
    assert take(engine) == {"502"}
