"""Runs are written down, and a lease lets one process at a time work on a portal."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select

from jobs.clock import system_clock
from jobs.database import writing
from jobs.errors import Busy
from jobs.ledger import runs
from jobs.ledger.tables import leases
from jobs.ledger.tables import runs as table
from tests.jobs.ledger_builders import at

HERE = socket.gethostname()


def hold(engine: Engine, holder: str, seconds: int = 60) -> None:
    with writing(engine) as connection:
        until = system_clock() + timedelta(seconds=seconds)
        connection.execute(insert(leases).values(name="cycle", holder=holder, until=until))


def holders(engine: Engine) -> list[str]:
    with writing(engine) as connection:
        return list(connection.execute(select(leases.c.holder)).scalars())


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    return ended.pid


def test_busy_names_who_is_at_work(engine: Engine) -> None:
    hold(engine, f"{HERE}:{os.getpid()}:1")
    with pytest.raises(Busy, match=rf"{HERE}:{os.getpid()}:1 is at work on this portal.*Try again later"):
        runs.lease(engine, "cycle").__enter__()


def test_a_second_round_of_the_same_process_is_busy_too(engine: Engine) -> None:
    with runs.lease(engine, "cycle"), pytest.raises(Busy):
        runs.lease(engine, "cycle").__enter__()


def test_leases_of_other_names_do_not_matter(engine: Engine) -> None:
    with runs.lease(engine, "cycle"), runs.lease(engine, "export"):
        assert len(holders(engine)) == 2


def test_the_lease_of_a_process_that_died_is_taken_over_at_once(engine: Engine) -> None:
    hold(engine, f"{HERE}:{dead_process()}:1")
    with runs.lease(engine, "cycle"):
        assert [holder.split(":")[1] for holder in holders(engine)] == [str(os.getpid())]


def test_the_lease_of_another_machine_is_waited_for(engine: Engine) -> None:
    hold(engine, f"elsewhere:{dead_process()}:1")
    with pytest.raises(Busy, match="elsewhere"):
        runs.lease(engine, "cycle").__enter__()


def test_the_lease_of_another_machine_is_taken_over_when_it_ran_out(engine: Engine) -> None:
    hold(engine, "elsewhere:1:1", seconds=-1)
    with runs.lease(engine, "cycle"):
        assert "elsewhere:1:1" not in holders(engine)


def test_a_lease_is_given_back(engine: Engine) -> None:
    with runs.lease(engine, "cycle"):
        pass
    assert holders(engine) == []


def test_a_lease_is_given_back_after_an_error(engine: Engine) -> None:
    with pytest.raises(KeyError), runs.lease(engine, "cycle"):
        raise KeyError
    assert holders(engine) == []


def test_a_lease_that_another_has_taken_over_is_not_given_back(engine: Engine) -> None:
    with runs.lease(engine, "cycle"), writing(engine) as connection:
        connection.execute(leases.update().values(holder="elsewhere:1:1"))
    assert holders(engine) == ["elsewhere:1:1"]


def test_a_run_that_was_cut_off_is_marked_as_failed_by_the_next(engine: Engine) -> None:
    with writing(engine) as connection:
        runs.start(connection, "cycle", at("11-24 09:00"), "v1")
        runs.start(connection, "plan", at("11-24 09:01"), "v1")
        runs.start(connection, "cycle", at("11-24 09:05"), "v1")
        states = list(connection.execute(select(table.c.state).order_by(table.c.id)).scalars())
    assert states == ["failed", "running", "running"]


def test_the_last_finished_run_of_a_kind_is_known(engine: Engine) -> None:
    with writing(engine) as connection:
        first = runs.start(connection, "cycle", at("11-24 09:00"), "v1")
        runs.finish(connection, first, "partial", at("11-24 09:01"), {"problems": 1})
        runs.start(connection, "cycle", at("11-24 09:05"), "v1")
        last = runs.last(connection, "cycle")
        assert runs.last(connection, "plan") is None
    assert (last.id, last.state, last.finished_at, last.summary) == (
        first,
        "partial",
        at("11-24 09:01"),
        {"problems": 1},
    )


def test_a_round_that_did_not_reach_the_crm_read_nothing_into_the_mirror(engine: Engine) -> None:
    reached, missed = ({"sync": {"objects": {"contacts": {}}}}, {"sync": {"objects": {}}})
    for day, kind, summary in (("11-20", "cycle", reached), ("11-21", "cycle", missed), ("11-22", "plan", {})):
        with writing(engine) as connection:
            run_id = runs.start(connection, kind, at(f"{day} 09:00"), None)
            runs.finish(connection, run_id, "done", at(f"{day} 09:01"), summary)
            assert runs.mirror_read_at(connection) == at("11-20 09:00")


def test_a_sync_of_its_own_reads_the_crm_into_the_mirror(engine: Engine) -> None:
    with writing(engine) as connection:
        assert runs.mirror_read_at(connection) is None
        runs.finish(connection, runs.start(connection, "sync", at("11-20 09:00"), None), "done", at("11-20 09:01"), {})
        assert runs.mirror_read_at(connection) == at("11-20 09:00")
