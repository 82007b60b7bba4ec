"""Places on lists follow the rules; what the CRM's list lacks is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, Row, select

from jobs.database import writing
from jobs.ledger import memberships
from jobs.ledger.memberships import Figures, Moved, Place, Step, Wanted
from jobs.ledger.tables import memberships as table
from tests.jobs.ledger_builders import at

NAME = "リサイクル: CRM"


def place(object_id: str, *, held_by: str | None = None, name: str = NAME) -> Place:
    return Place(name, object_id, "CRM", held_by)


def want(engine: Engine, *places: Place, rule: str = "recycle", only: Sequence[str] | None = None) -> int:
    with writing(engine) as connection:
        return memberships.reconcile(connection, Wanted(rule, "recycle", places, only), at("11-24 09:30")).changed


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


# What is kept of each place


def stay(object_id: str, since: str, *, status: str = "BAD_TIMING", **details: str) -> Place:
    return Place(NAME, object_id, "CRM", details.pop("held_by", None), at(since), status, **details)


def kept(engine: Engine, object_id: str) -> Row[Any]:
    with writing(engine) as connection:
        return connection.execute(select(table).where(table.c.object_id == object_id)).one()


def move(engine: Engine, *places: Place, now: str = "11-24 09:30") -> Moved:
    with writing(engine) as connection:
        return memberships.reconcile(connection, Wanted("recycle", "recycle", places), at(now))


def revive(engine: Engine, moved: Moved, *steps: tuple[str, str | None]) -> int:
    told = {"501": [Step(at(day), status) for day, status in steps]}
    with writing(engine) as connection:
        return memberships.note_revivals(connection, moved.ended, told, ("NEW", "OPEN_DEAL"))


def test_a_stay_begins_when_the_history_says_and_not_when_it_is_seen(engine: Engine) -> None:
    move(engine, stay("501", "10-01 09:00", reason="budget", owner_id="41"))
    row = kept(engine, "501")
    assert (row.entered_at, row.status, row.reason, row.owner_id) == (at("10-01 09:00"), "BAD_TIMING", "budget", "41")


def test_another_reason_is_noted_and_the_owner_of_the_first_day_is_kept(engine: Engine) -> None:
    move(engine, stay("501", "10-01 09:00", reason="budget", owner_id="41"))
    move(engine, stay("501", "10-01 09:00", reason="timing", owner_id="42"))
    row = kept(engine, "501")
    assert (row.reason, row.owner_id) == ("timing", "41")


def test_a_new_stay_has_its_own_beginning_and_owner(engine: Engine) -> None:
    move(engine, stay("501", "10-01 09:00", owner_id="41"))
    move(engine)
    move(engine, stay("501", "11-20 09:00", owner_id="42"))
    row = kept(engine, "501")
    assert (row.entered_at, row.owner_id, row.left_at) == (at("11-20 09:00"), "42", None)


def test_a_member_that_goes_back_to_work_is_revived_with_its_days_on_the_list(engine: Engine) -> None:
    move(engine, stay("501", "11-01 09:00"))
    assert revive(engine, move(engine), ("10-01 09:00", "NEW"), ("11-11 10:00", "OPEN_DEAL")) == 1
    row = kept(engine, "501")
    assert (row.revived_at, row.revived_to, row.revived_after_days) == (at("11-11 10:00"), "OPEN_DEAL", 10)


def test_a_member_that_leaves_otherwise_is_not_revived(engine: Engine) -> None:
    move(engine, stay("501", "11-01 09:00"))
    assert revive(engine, move(engine), ("10-01 09:00", "NEW"), ("11-11 10:00", "UNQUALIFIED")) == 0


def test_whoever_was_held_out_was_never_on_the_list_to_come_back_from(engine: Engine) -> None:
    move(engine, stay("501", "11-01 09:00", held_by="l5"))
    assert revive(engine, move(engine), ("11-11 10:00", "NEW")) == 0
    assert kept(engine, "501").joined_at is None


def test_a_revival_between_two_rounds_is_seen_although_the_member_is_back(engine: Engine) -> None:
    move(engine, stay("501", "11-01 09:00"))
    assert revive(engine, move(engine, stay("501", "11-20 09:00")), ("11-19 09:00", "NEW")) == 1
    assert kept(engine, "501").state == "member"


def test_the_figures_of_a_list_count_stays_and_revivals(engine: Engine) -> None:
    move(engine, *(stay(i, day) for i, day in (("501", "11-01 09:00"), ("502", "11-23 09:00"), ("503", "10-01 09:00"))))
    revive(
        engine,
        move(engine, stay("502", "11-23 09:00"), stay("504", "11-01 09:00", held_by="l5")),
        ("11-22 09:00", "NEW"),
    )
    with writing(engine) as connection:
        figures = memberships.figures(connection, at("11-23 00:00"))[NAME]
    assert figures == Figures(new=1, oldest=at("11-23 09:00"), ever=3, revived=1)


def test_members_are_counted_by_status_and_reason(engine: Engine) -> None:
    budget, timing = {"reason": "budget"}, {"reason": "timing"}
    reasons = {"501": budget, "502": timing, "503": timing}
    move(engine, *(stay(i, "11-01 09:00", **reason) for i, reason in reasons.items()))
    with writing(engine) as connection:
        assert memberships.by_reason(connection) == {NAME: [("BAD_TIMING", "timing", 2), ("BAD_TIMING", "budget", 1)]}


def test_a_renamed_option_moves_everybody_to_the_new_name_and_revives_nobody(engine: Engine) -> None:
    before = stay("501", "10-01 09:00")
    move(engine, before)
    assert revive(engine, move(engine, replace(before, list_name="リサイクル: CRM導入"))) == 0
    with writing(engine) as connection:
        (found,) = memberships.read(connection)
        (place_there,) = memberships.places(connection, "リサイクル: CRM導入")
    assert found["name"] == "リサイクル: CRM導入"
    assert place_there.entered_at == at("10-01 09:00")
