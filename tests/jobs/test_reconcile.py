"""The ledger is made equal to what the rules say in pieces, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from sqlalchemy import Connection, Engine, event, func, select

from jobs.database import snapshot
from jobs.examine import Examination, RuleExamined
from jobs.ledger.tables import findings
from jobs.reconcile import Reconciled, reconcile
from rules.model import RuleSet
from tests.jobs.ledger_builders import at
from tests.rules.portal import shipped_rules

_PIECES = 3
_MANY = [str(number) for number in range(1, 200 * _PIECES)]


class CutOff(Exception):
    """The process ends here."""


@pytest.fixture(scope="module")
def rule_set() -> RuleSet:
    return shipped_rules()


@pytest.fixture
def commits(engine: Engine) -> Iterator[list[int]]:
    """How many findings each transaction that changed any left behind."""
    seen: list[int] = []

    def committed(connection: Connection) -> None:
        number = connection.execute(select(func.count()).where(findings.c.open_key.is_not(None))).scalar_one()
        if number != (seen or [0])[-1]:
            seen.append(number)

    event.listen(engine, "commit", committed)
    yield seen
    event.remove(engine, "commit", committed)


def see(engine: Engine, rule_set: RuleSet, ids: Collection[str], only: Collection[str] | None = None) -> Reconciled:
    """What the first rule with a finding says of all contacts: it holds for these."""
    rule = next(rule for rule in rule_set.rules if rule.finding is not None and rule.wait is None and not rule.lists)
    examined = RuleExamined(rule, dict.fromkeys(ids, "7"), {}, {}, [], [], [])
    examination = Examination([examined], {}, only, len(ids))
    return reconcile(engine, rule_set, examination, now=at("11-24 09:30"), run_id=1)


def open_ids(engine: Engine) -> set[str]:
    with snapshot(engine) as connection:
        return set(connection.execute(select(findings.c.object_id).where(findings.c.open_key.is_not(None))).scalars())


def test_many_contacts_are_made_equal_some_hundred_at_a_time(
    engine: Engine, rule_set: RuleSet, commits: list[int]
) -> None:
    done = see(engine, rule_set, _MANY)
    assert commits == [200, 400, 599]
    assert (done.change.opened, open_ids(engine)) == (599, set(_MANY))
    (records,) = done.records.values()
    assert sorted(records, key=int) == _MANY


def test_what_the_rule_says_no_more_is_closed_in_pieces_too(
    engine: Engine, rule_set: RuleSet, commits: list[int]
) -> None:
    see(engine, rule_set, _MANY)
    done = see(engine, rule_set, ["7"])
    assert commits == [200, 400, 599, 400, 200, 1]
    assert (done.change.closed, open_ids(engine)) == (598, {"7"})


def test_contacts_that_were_not_asked_for_are_left_alone_in_every_piece(engine: Engine, rule_set: RuleSet) -> None:
    see(engine, rule_set, _MANY)
    assert see(engine, rule_set, [], only=_MANY[:450]).change.closed == 450
    assert open_ids(engine) == set(_MANY[450:])


def test_cut_off_between_two_pieces_the_next_round_makes_the_rest_equal(engine: Engine, rule_set: RuleSet) -> None:
    def cut_off(_connection: Connection) -> None:
        if len(open_ids(engine)) == 200:
            raise CutOff

    event.listen(engine, "commit", cut_off)
    with pytest.raises(CutOff):
        see(engine, rule_set, _MANY)
    event.remove(engine, "commit", cut_off)
    assert len(open_ids(engine)) == 200
    assert see(engine, rule_set, _MANY).change.opened == 399
    assert see(engine, rule_set, _MANY).change.opened == 0


def test_some_contacts_of_a_rule_are_found_without_passing_all_others(sqlite_engine: Engine) -> None:
    """Each of a large portal's many pieces asks for these: to read all that a rule ever said would be their square."""
    ids = ", ".join(map(str, range(200)))
    with sqlite_engine.connect() as connection:
        for table in ("findings", "memberships", "plan_lines"):
            asked = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE rule = 'a' AND object_id IN ({ids})"
            (step,) = (row[3] for row in connection.exec_driver_sql(asked))
            assert "(rule=? AND object_id=?)" in step
