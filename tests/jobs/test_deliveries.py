"""Delivery rows: what each conversation shows, what takes over from what, who may send it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from jobs.database import writing
from jobs.ledger import deliveries
from jobs.ledger.tables import deliveries as table
from tests.jobs.ledger_builders import at, decide_message, see

NOW = at("11-24 09:00")


def mark(engine: Engine, delivery_id: str, **values: Any) -> None:
    with writing(engine) as connection:
        deliveries.mark(connection, delivery_id, **values)


def row(engine: Engine, delivery_id: str) -> Any:
    with writing(engine) as connection:
        return connection.execute(select(table).where(table.c.id == delivery_id)).one()


def shown(engine: Engine, conversation: str = "owner:41") -> set[int]:
    with writing(engine) as connection:
        return deliveries.shown(connection, conversation)


def test_a_message_shows_its_findings_in_the_order_given(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "41", "503": "41"}, NOW)
    delivery_id = decide_message(engine, "owner:41", finding_ids=[3, 1, 2])
    with writing(engine) as connection:
        assert [finding.id for finding in deliveries.findings_of(connection, delivery_id)] == [3, 1, 2]


def test_a_later_message_takes_over_from_one_that_was_sent(engine: Engine) -> None:
    see(engine, {"501": "41"}, NOW)
    delivery_id = decide_message(engine, "owner:41", finding_ids=[1])
    mark(engine, delivery_id, state="sent")
    assert shown(engine) == {1}
    with writing(engine) as connection:
        deliveries.supersede(connection, "owner:41")
    assert (row(engine, delivery_id).superseded, shown(engine)) == (True, set())


def test_a_message_that_did_not_arrive_need_not_be_sent_when_another_takes_over(engine: Engine) -> None:
    fresh, tried = decide_message(engine, "owner:41"), decide_message(engine, "owner:41")
    mark(engine, tried, attempts=1)
    with writing(engine) as connection:
        deliveries.supersede(connection, "owner:41")
    assert (row(engine, fresh).state, row(engine, tried).state) == ("obsolete", "obsolete")


def test_other_conversations_are_not_taken_over(engine: Engine) -> None:
    delivery_id = decide_message(engine, "owner:42")
    with writing(engine) as connection:
        deliveries.supersede(connection, "owner:41")
    assert row(engine, delivery_id).state == "pending"


def test_a_message_is_claimed_once(engine: Engine) -> None:
    delivery_id = decide_message(engine, "owner:41")
    with writing(engine) as connection:
        assert deliveries.claim(connection, delivery_id, NOW)
        assert not deliveries.claim(connection, delivery_id, NOW)
    assert (row(engine, delivery_id).attempts, row(engine, delivery_id).attempt_at) == (1, NOW)


def test_what_is_in_doubt_is_still_to_be_sent(engine: Engine) -> None:
    states = ("pending", "sending", "unknown", "sent", "failed", "obsolete")
    known = {decide_message(engine, f"owner:{i}"): state for i, state in enumerate(states)}
    for delivery_id, state in known.items():
        mark(engine, delivery_id, state=state)
    with writing(engine) as connection:
        assert [known[one.id] for one in deliveries.to_send(connection)] == ["pending", "sending", "unknown"]


def test_what_was_given_up_was_not_decided_that_day(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    mark(engine, decide_message(engine, "owner:42"), state="failed")
    with writing(engine) as connection:
        assert deliveries.of_day(connection, "2026-11-24") == {("owner:41", "digest")}
        assert deliveries.of_day(connection, "2026-11-25") == set()


def test_the_kind_of_the_last_message_is_known(engine: Engine) -> None:
    decide_message(engine, "channel:leak", kind="leak_check", day="2026-11-24")
    decide_message(engine, "channel:leak", kind="leak_free", day="2026-11-25")
    with writing(engine) as connection:
        assert deliveries.last_kind(connection, "channel:leak") == "leak_free"
        assert deliveries.last_kind(connection, "owner:41") is None


def test_the_messages_that_show_a_finding_are_found_once_each(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "41"}, NOW)
    both = decide_message(engine, "owner:41", finding_ids=[1, 2])
    settled = decide_message(engine, "channel:leak", finding_ids=[1])
    mark(engine, both, state="sent")
    mark(engine, settled, state="sent", settled=True)
    with writing(engine) as connection:
        assert [one.id for one in deliveries.by_finding(connection, [1, 2])] == [both]
