"""A rule that is renamed keeps its findings, lines, places and matches."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, Table, select

from jobs.database import writing
from jobs.ledger import memberships, pending, plan_lines, renames
from jobs.ledger.findings import Change
from jobs.ledger.memberships import Place, Wanted
from jobs.ledger.plan_lines import PlanOpener
from jobs.ledger.tables import findings, pending_matches
from jobs.ledger.tables import memberships as places
from jobs.ledger.tables import plan_lines as lines
from tests.jobs.ledger_builders import at, make_line, see

NOW = at("11-24 09:30")


def rename(engine: Engine) -> None:
    with writing(engine) as connection:
        renames.follow(connection, {"old": "new"})


def rules_in(engine: Engine, table: Table) -> list[str]:
    with writing(engine) as connection:
        return list(connection.execute(select(table.c.rule)).scalars())


def test_an_open_finding_goes_on_under_the_new_id(engine: Engine) -> None:
    see(engine, {"501": "41"}, NOW, rule="old")
    rename(engine)
    assert see(engine, {"501": "41"}, at("11-24 09:35"), rule="new") == Change()
    assert rules_in(engine, findings) == ["new"]


def test_a_closed_finding_is_remembered_as_well(engine: Engine) -> None:
    see(engine, {"501": "41"}, NOW, rule="old")
    see(engine, {}, at("11-24 10:00"), rule="old")
    rename(engine)
    see(engine, {"501": "41"}, at("11-24 10:05"), rule="new")
    assert rules_in(engine, findings) == ["new"], "it is reopened, no second one is made"


def test_a_line_that_waits_is_not_proposed_again(engine: Engine) -> None:
    with writing(engine) as connection:
        plan_lines.add(connection, [make_line("501", rule="old")], plan=PlanOpener(1, "v1", NOW), now=NOW)
    rename(engine)
    with writing(engine) as connection:
        wanted = [make_line("501", rule="new")]
        plan_lines.reconcile(connection, "new", wanted, plan=PlanOpener(2, "v2", NOW), now=NOW, only=None)
    assert rules_in(engine, lines) == ["new"]


@pytest.mark.parametrize("held_by", [None, "old"])
def test_a_place_on_a_list_is_kept(engine: Engine, held_by: str | None) -> None:
    with writing(engine) as connection:
        place = Place("リサイクル: CRM", "501", "crm", held_by)
        memberships.reconcile(connection, Wanted("old", "recycle", [place]), NOW)
    rename(engine)
    with writing(engine) as connection:
        row = connection.execute(select(places)).one()
    assert (row.rule, row.held_by, row.entered_at) == ("new", "new" if held_by else None, NOW)


def test_a_match_that_waits_goes_on_waiting(engine: Engine) -> None:
    with writing(engine) as connection:
        pending.ripe(connection, "old", {"501"}, now=NOW, since=at("11-24 07:30"), only=None)
    rename(engine)
    assert rules_in(engine, pending_matches) == ["new"]


def test_what_the_new_id_has_already_stays(engine: Engine) -> None:
    for rule in ("old", "new"):
        see(engine, {"501": "41"}, NOW, rule=rule)
    rename(engine)
    rename(engine)
    assert sorted(rules_in(engine, findings)) == ["new", "old"]
