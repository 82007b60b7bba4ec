"""When people are told: never outside working hours, once in the morning, and the good news once."""

from __future__ import annotations

from datetime import datetime

from tests.journeys.stage import LEAK_CHANNEL, Stage

LEAKS = ("L1", "L2", "L3", "L4", "L5", "L6", "L7")


def test_what_a_sunday_finds_is_said_once_on_the_next_working_day(stage: Stage) -> None:
    stage.it_is("11-22 12:00")
    report = stage.make_round()
    assert report["messages"]["held"] > 0
    assert set(report["held"].values()) == {"holiday"}
    stage.it_is("11-24 08:50")
    stage.make_round()
    assert stage.messages() == []
    stage.it_is("11-24 09:30")
    posted = stage.make_round()["messages"]["posted"]
    assert (
        posted
        == len(stage.messages())
        == len({one.to for one in stage.messages() if one.to != "sales-ops"}) + len(stage.messages("sales-ops"))
    )
    assert stage.make_round()["messages"]["posted"] == 0


def test_the_leak_check_comes_after_the_digests(stage: Stage) -> None:
    stage.it_is("11-24 09:00")
    stage.make_round()
    assert stage.messages()
    assert stage.messages(LEAK_CHANNEL) == []
    stage.it_is("11-24 09:30")
    stage.make_round()
    assert len(stage.messages(LEAK_CHANNEL)) == 1


def test_the_next_mornings_digest_takes_over_from_the_earlier_one(stage: Stage) -> None:
    stage.make_first_round()
    yesterdays = stage.messages()
    stage.it_is("11-25 09:30")
    stage.make_round()
    every = stage.messages()
    earlier = [one for one in every if (one.channel, one.ts) in {(y.channel, y.ts) for y in yesterdays}]
    todays = [one for one in every if one not in earlier]
    assert {one.to for one in todays} >= {one.to for one in yesterdays}
    assert all(one.edits == 1 and len(one.blocks) == 1 for one in earlier)
    assert stage.make_round()["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}


def every_leak_is_gone(stage: Stage, until: str) -> None:
    """Also those that would come up by `until` by the mere passing of days."""
    now = stage.truth()["now"]
    leaks = stage.true_findings(LEAKS)
    stage.it_is(until)
    leaks |= stage.true_findings(LEAKS)
    stage.it_is(datetime.fromisoformat(now))
    for contact_id in {one for _, one in leaks}:
        stage.crm.control("records", op="archive", object="contacts", id=contact_id)


def test_back_at_zero_leaks_is_said_once(stage: Stage) -> None:
    stage.make_first_round()
    every_leak_is_gone(stage, until="11-26 10:00")
    stage.make_round()
    assert stage.findings(*LEAKS) == []
    for morning in ("11-25 09:30", "11-25 10:00", "11-26 09:30"):
        stage.it_is(morning)
        stage.make_round()
    check, good_news = stage.messages(LEAK_CHANNEL)
    assert check.edits == 1
    assert ":tada:" in str(good_news.blocks)
    assert good_news.edits == 0
