"""Places on lists follow the rules; what the CRM's list lacks is known."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from jobs.database import writing
from jobs.ledger import memberships
from jobs.ledger.memberships import Place, Wanted
from tests.jobs.ledger_builders import at

NAME = "リサイクル: CRM"


def place(object_id: str, *, held_by: str | None = None, name: str = NAME) -> Place:
    return Place(name, object_id, "CRM", held_by)


def want(engine: Engine, *places: Place, rule: str = "recycle", only: Sequence[str] | None = None) -> int:
    with writing(engine) as connection:
        return memberships.reconcile(connection, Wanted(rule, "recycle", places, only), at("11-24 09:30"))


def waiting(engine: Engine, only: Sequence[str] | None = None) -> list[tuple[str, str]]:
    with writing(engine) as connection:
        return [(row.object_id, row.state) for row in memberships.differences(connection, "recycle", only)]


def mark(engine: Engine, *ids: str, present: bool = True) -> None:
    with writing(engine) as connection:
        memberships.mark_in_crm(connection, NAME, ids, present)


def test_a_list_shows_its_members_and_who_is_held_out_by_number(engine: Engine) -> None:
    want(engine, place("1000"), place("501"), place("502", held_by="no-recent-deal"))
    with writing(engine) as connection:
        (found,) = memberships.read(connection)
    assert found == {
        "name": NAME,
        "kind": "recycle",
        "service": "CRM",
        "members": ["501", "1000"],
        "held": ["502"],
    }


def test_wanting_the_same_twice_changes_nothing(engine: Engine) -> None:
    assert want(engine, place("501"), place("502", held_by="x")) == 2
    assert want(engine, place("501"), place("502", held_by="x")) == 0


def test_whoever_is_no_longer_wanted_leaves(engine: Engine) -> None:
    want(engine, place("501"), place("502"))
    mark(engine, "501", "502")
    assert want(engine, place("502")) == 1
    assert waiting(engine) == [("501", "left")]


def test_whoever_comes_back_is_a_member_again(engine: Engine) -> None:
    want(engine, place("501"))
    want(engine)
    want(engine, place("501"))
    with writing(engine) as connection:
        assert memberships.read(connection, NAME)[0]["members"] == ["501"]


def test_a_member_that_is_held_out_leaves_the_crms_list(engine: Engine) -> None:
    want(engine, place("501"))
    mark(engine, "501")
    assert want(engine, place("501", held_by="no-recent-deal")) == 1
    assert waiting(engine) == [("501", "held")]


def test_only_what_the_crm_does_not_show_yet_waits(engine: Engine) -> None:
    want(engine, place("501"), place("502"), place("503", held_by="x"))
    mark(engine, "501")
    assert waiting(engine) == [("502", "member")]
    assert waiting(engine, only=["501"]) == []


def test_looking_at_some_contacts_leaves_the_others_alone(engine: Engine) -> None:
    want(engine, place("501"), place("502"))
    assert want(engine, only=["501"]) == 1
    with writing(engine) as connection:
        assert memberships.read(connection)[0]["members"] == ["502"]


def test_one_contact_may_stand_on_several_lists(engine: Engine) -> None:
    want(engine, place("501"), place("501", name="リサイクル: 展示会"))
    with writing(engine) as connection:
        assert [found["members"] for found in memberships.read(connection)] == [["501"], ["501"]]


def test_the_lists_of_a_rule_that_is_gone_are_emptied(engine: Engine) -> None:
    want(engine, place("501"), rule="old")
    want(engine, place("502", name="失注フォロー: CRM"), rule="lost")
    with writing(engine) as connection:
        memberships.leave_removed(connection, ["lost"], at("11-24 10:00"))
        assert [found["name"] for found in memberships.read(connection)] == ["失注フォロー: CRM"]


def test_a_list_without_anybody_is_not_shown(engine: Engine) -> None:
    want(engine, place("501"))
    want(engine)
    with writing(engine) as connection:
        assert memberships.read(connection, NAME) == []
