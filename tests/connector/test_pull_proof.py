"""How the mirror proves that it equals the CRM, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, select, update

from connector.errors import AccessRefused
from connector.mirror.cursors import load_cursor
from connector.pull import SyncReport, SyncRequest, is_complete, sync
from connector.pull_store import Progress
from tests.connector.conftest import create_mirror
from tests.connector.crm import NOW, Crm, make_portal, running_crm
from tests.connector.pulling import NEEDS, assert_mirror_equals, mirrored, pull, schema_of
from tests.statements import share_statements

MINUTE = timedelta(minutes=1)


def pull_at_night(engine: Engine, crm: Crm, after: timedelta) -> SyncReport:
    request = SyncRequest(NEEDS, sweep_due=NOW + after)
    return sync(engine, crm.gateway(), request, NOW + after, lambda _progress: None)


def lose(engine: Engine, *ids: str) -> None:
    table = schema_of(engine).table("contacts")
    with engine.begin() as connection:
        connection.execute(delete(table).where(table.c.id.in_(ids)))


def corrupt(engine: Engine, *ids: str) -> None:
    table = schema_of(engine).table("contacts")
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.id.in_(ids)).values(properties={"lastname": "別人"}))


def total(report: SyncReport) -> int:
    return sum(report.crm_calls.values())


def test_lost_records_are_found_by_their_number_and_wrong_ones_at_night(sqlite_url: str) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    with running_crm(lambda: make_portal(contacts=2000)) as crm:
        quiet = [pull(engine, crm.gateway(), n * MINUTE) for n in range(2)][1]
        lose(engine, "511", "512", "513", "900", "1801", "1802", "2499")
        corrupt(engine, "600", "1200", "2000")
        found = pull(engine, crm.gateway(), 2 * MINUTE)
        # Those that were modified last are found without counting.
        assert (found.objects["contacts"].read, found.objects["contacts"].mended) == (7, 4)
        assert total(found) - total(quiet) <= 40
        night = pull_at_night(engine, crm, 3 * MINUTE)
        assert night.objects["contacts"].mended == 3
        # 20 pages of contacts, one of each other type; 3 contacts are read again.
        assert night.crm_calls["list"] <= 20 + 3 + 4
        assert_mirror_equals(crm, engine)
    engine.dispose()


def test_a_night_is_over_when_every_record_was_compared(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway())
    pull_at_night(engine, crm, MINUTE)
    request = SyncRequest(NEEDS, sweep_due=NOW + MINUTE)
    again = sync(engine, crm.gateway(), request, NOW + 2 * MINUTE, lambda _progress: None)
    assert "list" not in again.crm_calls


def test_a_value_that_changed_without_a_time_is_put_right_at_night(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway(), needs=_COUNTED)
    crm.record("associate", "contacts", "510", to_object="deals", to_id="100702", quiet=True)
    corrupt(engine, "510")
    request = SyncRequest(_COUNTED, sweep_due=NOW + MINUTE)
    sync(engine, crm.gateway(), request, NOW + MINUTE, lambda _progress: None)
    assert mirrored(engine, "contacts")["510"]["properties"]["num_associated_deals"] == "1"


_COUNTED: Any = {**NEEDS, "contacts": [*NEEDS["contacts"], "num_associated_deals"]}


def test_what_is_counted_from_links_comes_with_the_link(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway(), needs=_COUNTED)
    crm.record("associate", "contacts", "510", to_object="deals", to_id="100702", quiet=True)
    pull(engine, crm.gateway(), MINUTE, _COUNTED)
    assert mirrored(engine, "contacts")["510"]["properties"]["num_associated_deals"] == "1"


def test_the_archive_is_read_when_a_number_tells_of_it_and_once_an_hour(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("archive", "deals", "100701")
    assert pull(engine, gateway, MINUTE).crm_calls["list"] == 1
    assert "list" not in pull(engine, gateway, 2 * MINUTE).crm_calls
    assert pull(engine, gateway, 70 * MINUTE).crm_calls["list"] == 4


def test_an_archived_record_that_was_erased_is_missed_within_the_hour(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    crm.record("archive", "contacts", "503")
    pull(engine, gateway)
    crm.control("erase", id="503")
    report = pull(engine, gateway, 70 * MINUTE)
    assert report.objects["contacts"].erased == 1
    assert_mirror_equals(crm, engine)


def test_a_merge_whose_survivor_is_indexed_late_erases_nobody(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    # The loser leaves the index at once, the survivor shows its old time.
    crm.control("index", lag_s=3600, share=0)
    crm.record("merge", "contacts", "501", merge_id="502", new_id=True)
    report = pull(engine, gateway, MINUTE)
    assert report.objects["contacts"].erased == 0
    assert mirrored(engine, "contacts")["502"]["merged_into"] is not None


def test_a_difference_that_is_the_index_s_is_looked_into_once(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.control("index", lag_s=3600)
    crm.record("create", "contacts", "", properties={"email": "new@firm.example"})
    # Known through a full reading, and not in the index.
    pull(engine, gateway, MINUTE, full=True)
    assert pull(engine, gateway, 2 * MINUTE).objects["contacts"].mirror == 13
    later = pull(engine, gateway, 3 * MINUTE)
    assert (later.objects["contacts"].crm, later.crm_calls["search"]) == (12, 4)
    assert "list" not in later.crm_calls


def test_an_entry_later_than_the_overlap_is_found_within_the_hour(sqlite_url: str) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    with running_crm(lambda: make_portal(contacts=700)) as crm:
        gateway = crm.gateway()
        pull(engine, gateway)
        crm.control("index", lag_s=40 * 60, share=1)
        crm.record("update", "contacts", "503", properties={"lead_score": "99"})
        crm.control("index", lag_s=0)
        for minutes in (20, 61):
            crm.control("clock", now=(NOW + minutes * MINUTE).isoformat())
            # So many that the newest 200 tell of these only.
            crm.control("bulk", count=300, from_id=800, property="lead_score", value=str(minutes))
            pull(engine, gateway, minutes * MINUTE)
        assert_mirror_equals(crm, engine)
        with engine.connect() as connection:
            cursor = load_cursor(connection, "contacts")
        # Twice as late as that may the next one be.
        assert cursor.lag_ms is not None
        assert cursor.modified_until is not None
        assert 60 <= cursor.lag_ms / 60_000 < 62
        since = cursor.read_from(NOW + 62 * MINUTE, 15 * MINUTE)
        assert since == cursor.modified_until - timedelta(milliseconds=2 * cursor.lag_ms)
    engine.dispose()


def test_progress_tells_how_many_there_are_also_when_it_goes_on(crm: Crm, sqlite_url: str) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    told: list[Progress] = []
    crm.fault("GET", "/crm/v3/objects/deals", "403")
    with pytest.raises(AccessRefused):
        sync(engine, crm.gateway(), SyncRequest(NEEDS), NOW, told.append)
    sync(engine, crm.gateway(), SyncRequest(NEEDS), NOW, told.append)
    engine.dispose()
    # What had been read when it was cut off is not read again.
    assert [one for one in told if one.object_type == "contacts"] == [Progress("contacts", 12, 12)]
    assert Progress("deals", 5, 5) in told


def test_a_newly_needed_property_is_there_for_all_after_an_interruption(sqlite_url: str) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    more = SyncRequest({**NEEDS, "contacts": [*NEEDS["contacts"], "prefecture"]})
    with running_crm(lambda: make_portal(contacts=130)) as crm:
        pull(engine, crm.gateway())
        crm.control("bulk", count=130, property="prefecture", value="北海道")
        crm.fault("GET", "/crm/v3/objects/contacts", "403", every=2)
        with pytest.raises(AccessRefused):
            sync(engine, crm.gateway(), more, NOW + MINUTE, lambda _progress: None)
        with engine.connect() as connection:
            assert not is_complete(connection, more)
        sync(engine, crm.gateway(), more, NOW + 2 * MINUTE, lambda _progress: None)
        with engine.connect() as connection:
            assert is_complete(connection, more)
            column = schema_of(engine, more.properties).column("contacts", "prefecture")
            assert set(connection.execute(select(column)).scalars()) == {"北海道"}
    engine.dispose()
