"""A first reading: what it asks of the database, and how the list and searches come from both ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, event

from connector.errors import AccessRefused
from connector.pull import SyncRequest, sync
from connector.pull_store import Progress
from tests.connector.conftest import create_mirror
from tests.connector.crm import NOW, Crm, make_portal, running_crm
from tests.connector.pulling import NEEDS, assert_mirror_equals, mirrored, pull
from tests.connector.test_pull_crash import PowerCut, cut_at_commit

MINUTE = timedelta(minutes=1)


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


@pytest.fixture
def large() -> Iterator[Crm]:
    with running_crm(lambda: make_portal(contacts=1500, deals=2500, companies=1200)) as crm:
        yield crm


def test_lists_and_searches_read_each_record_once(large: Crm, engine: Engine) -> None:
    report = pull(engine, large.gateway())
    assert_mirror_equals(large, engine)
    read = {kind: one.read for kind, one in report.objects.items()}
    assert read == {"companies": 1200, "contacts": 1500, "deals": 2500, "meetings": 5}
    # Per type one search counts; further ones bring what no list has to.
    assert report.crm_calls["search"] > 4
    least = 12 + 30 + 25 + 1
    assert report.crm_calls["list"] - 4 < least
    found = report.crm_calls["list"] - 4 + report.crm_calls["batch_read"] + 2 * (report.crm_calls["search"] - 4)
    # Where two ends meet, what was under way at both is read twice.
    assert found <= least + 3 * (3 + 6)


def test_what_a_search_showed_as_it_was_is_read_again_when_the_index_is_up_to_date(large: Crm, engine: Engine) -> None:
    large.control("index", lag_s=300)
    last = "103200"
    large.record("update", "deals", last, properties={"amount": "77"})
    made = large.record("create", "companies", "", properties={"name": "新しい会社"})
    gateway = large.gateway()
    pull(engine, gateway)
    assert mirrored(engine, "deals")[last]["properties"]["amount"] == "1000"
    large.control("clock", advance_s=301)
    pull(engine, gateway, 6 * MINUTE)
    assert made
    assert_mirror_equals(large, engine)


def test_what_is_read_in_full_again_is_never_taken_from_a_search(large: Crm, engine: Engine) -> None:
    gateway = large.gateway()
    pull(engine, gateway)
    large.control("index", lag_s=300)
    large.record("update", "deals", "103200", properties={"amount": "77"})
    assert pull(engine, gateway, MINUTE, full=True).crm_calls["search"] == 4
    assert mirrored(engine, "deals")["103200"]["properties"]["amount"] == "77"


@pytest.mark.parametrize(
    "commit", [pytest.param(n, marks=() if n % 3 == 0 else pytest.mark.soak) for n in range(2, 20)]
)
def test_cut_off_at_any_commit_both_ends_go_on(large: Crm, engine: Engine, commit: int) -> None:
    with cut_at_commit(engine, commit), pytest.raises(PowerCut):
        pull(engine, large.gateway())
    pull(engine, large.gateway(), MINUTE)
    assert_mirror_equals(large, engine)


@pytest.mark.parametrize(("method", "path"), [("GET", "deals"), ("POST", "deals/search"), ("GET", "contacts")])
def test_a_refusal_at_one_end_ends_all_and_is_told(large: Crm, engine: Engine, method: str, path: str) -> None:
    before = threading.active_count()
    large.fault(method, f"/crm/v3/objects/{path}", "403", every=3)
    with pytest.raises(AccessRefused):
        pull(engine, large.gateway())
    assert threading.active_count() == before
    large.control("reset")
    pull(engine, large.gateway(), MINUTE)
    assert_mirror_equals(large, engine)


def test_progress_counts_up_from_both_ends(large: Crm, engine: Engine) -> None:
    told: list[Progress] = []
    sync(engine, large.gateway(), SyncRequest(NEEDS), NOW, told.append)
    for kind, total in (("contacts", 1500), ("deals", 2500), ("companies", 1200)):
        numbers = [one.read for one in told if one.object_type == kind and one.total]
        assert numbers == sorted(numbers)
        assert numbers[-1] == total
