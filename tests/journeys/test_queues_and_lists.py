"""Queues and lists as people see them while rounds are made: counts, who waits, who left and who came back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from jobs.commands import show, waiting
from jobs.database import writing
from jobs.errors import SettingsWrong
from jobs.ledger.tables import queue_counts
from tests.journeys.stage import MORNING, Stage, people_of

REPAIRS = frozenset({"H7", "H8", "H9", "H10", "H11", "H12"})


def queue(stage: Stage, name: str) -> dict[str, Any]:
    (found,) = waiting.queues(stage.program, name).document["queues"]
    return found


def listed(stage: Stage, contact_id: str, kind: str = "recycle") -> dict[str, Any]:
    found = waiting.lists(stage.program, None).document["lists"]
    name = next(one["name"] for one in found if one["kind"] == kind and contact_id in one["members"])
    return waiting.lists(stage.program, name).document["lists"][0]


def member(stage: Stage) -> str:
    """Somebody parked on a recycle list, and on no other."""
    found = waiting.lists(stage.program, None).document["lists"]
    elsewhere = {i for one in found if one["kind"] != "recycle" for i in one["members"]}
    return next(i for one in found if one["kind"] == "recycle" for i in one["members"] if i not in elsewhere)


def test_queues_hold_what_the_truth_counts_as_days_go_by(stage: Stage) -> None:
    stage.set(600, 1)
    stage.without_slack()
    for days in (0, 1, 30):
        stage.it_is(MORNING + timedelta(days=days))
        counts = {name.replace("-", "_"): number for name, number in stage.make_round()["queues"].items()}
        repairs = {i for code, i in stage.found() if code in REPAIRS}
        assert counts == stage.truth()["queues"] | {"data_repair": len(repairs)}, f"{days} days later"


def test_whoever_emptied_a_queue_is_thanked_once(stage: Stage) -> None:
    stage.set(12, 1)
    counts = stage.make_round()["queues"]
    empty = next(one for one in stage.program.rules().queues if counts[one.id] == 0 and one.responsible != "FS")
    with writing(stage.program.engine) as connection:
        before = MORNING - timedelta(days=5)
        connection.execute(insert(queue_counts).values(queue=empty.id, at=before, number=3))
    for days in (0, 1):
        stage.it_is(MORNING + timedelta(days=days, minutes=5))
        stage.make_round()
    told = [one for one in stage.messages() if empty.title.ja in one.text or empty.title.en in one.text]
    assert {one.to for one in told} == set(people_of(empty.responsible))
    assert len(told) == len(people_of(empty.responsible))
    assert all("5 日ぶり" in str(one.blocks) or "after 5 days" in str(one.blocks) for one in told)


def test_a_named_queue_shows_its_members_longest_first(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    for name in ("inquiry", "FS漏れ確認用", "follow-up-due"):
        found = queue(stage, name)
        since = [one["since"] for one in found["waiting"]]
        assert found["count"] == len(found["members"]) == len(set(found["members"])) > 0
        assert since == sorted(since)
        assert found["oldest_since"] == since[0]
        assert all(one["name"] for one in found["waiting"])


def test_an_unknown_queue_is_answered_with_the_nearest(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    with pytest.raises(SettingsWrong, match="Did you mean inquiry"):
        waiting.queues(stage.program, "inquiries")


def test_the_days_at_zero_are_counted_from_the_day_it_became_empty(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    assert queue(stage, "inquiry")["days_at_zero"] == 0
    for contact_id in queue(stage, "inquiry")["members"]:
        stage.person_sets(contact_id, hs_lead_status="UNQUALIFIED")
    for day in ("11-25 10:00", "11-27 10:00"):
        stage.it_is(day)
        stage.make_round()
    found = queue(stage, "inquiry")
    assert (found["count"], found["days_at_zero"], found["zero_since"][:10]) == (0, 2, "2026-11-25")


def test_why_somebody_waits_is_explained_by_the_queue(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    contact_id = queue(stage, "follow-up-due")["members"][0]
    (rule,) = show.explain(stage.program, "contacts", contact_id, "follow-up-due").document["rules"]
    assert (rule["rule"], rule["verdict"]) == ("follow-up-due", True)
    assert [one["held"] for one in rule["conditions"]] == [True, True, True]


def test_a_member_that_is_taken_up_again_is_counted_as_revived(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    contact_id = member(stage)
    name = listed(stage, contact_id)["name"]
    stage.it_is("11-25 10:00")
    stage.person_sets(contact_id, hs_lead_status="IN_PROGRESS")
    stage.make_round()
    found = waiting.lists(stage.program, name).document["lists"][0]
    assert contact_id not in found["members"]
    assert (found["revived"], found["ever"]) == (1, found["size"] + 1)


def test_a_list_tells_who_cannot_be_mailed_and_keeps_them(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    contact_id = member(stage)
    before = set(listed(stage, contact_id)["not_mailable"])
    stage.person_sets(contact_id, hs_email_optout="true")
    stage.it_is("11-24 10:00")
    stage.make_round()
    found = listed(stage, contact_id)
    assert set(found["not_mailable"]) == before | {contact_id}
    assert [one["mailable"] for one in found["people"] if one["id"] == contact_id] == [False]
    assert found["mailable_share"] == 1 - len(found["not_mailable"]) / found["size"]


def test_a_list_accounts_for_each_of_its_members(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    for one in waiting.lists(stage.program, None).document["lists"]:
        found = waiting.lists(stage.program, one["name"]).document["lists"][0]
        held = {person["id"] for person in found["people"] if person["held_by"]}
        assert sum(reason["count"] for reason in found["by_reason"]) == found["size"] == len(found["members"])
        assert held == set(found["held"])
        assert len(found["people"]) == found["size"] + len(held)
