"""People repair and break leads in the CRM: what the messages in Slack do then."""

from __future__ import annotations

from typing import Any

from connector.sandbox.people import demo_people
from tests.journeys.stage import LEAK_CHANNEL, Heard, Stage, people_of

OPS = people_of("Ops")[0]


def places(messages: list[Heard]) -> set[tuple[str, str]]:
    return {(one.channel, one.ts) for one in messages}


def an_l1(stage: Stage) -> dict[str, Any]:
    """An L1 whose owner has a Slack account, and nothing else open about the contact."""
    contacts = [one["id"] for one in stage.findings()]
    reachable = people_of("FS")
    return next(one for one in stage.findings("L1") if one["owner"] in reachable and contacts.count(one["id"]) == 1)


def a_quiet_lead(stage: Stage, owner: str) -> str:
    """A lead of this owner about which nothing is open: parked, so that nothing opens by itself either."""
    busy = {one["id"] for one in stage.findings()}
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"]
    listed = {i for name, ids in stage.members().items() if name.startswith("リサイクル") for i in ids}
    return next(i for i in sorted(listed - busy, key=int) if contacts[i]["properties"].get("hubspot_owner_id") == owner)


def test_a_repaired_lead_is_struck_out_in_place(stage: Stage) -> None:
    stage.make_first_round()
    said, leak = stage.messages(), an_l1(stage)
    showing = [one for one in said if one.shows(leak["id"])]
    assert showing
    stage.person_sets(leak["id"], hs_lead_status="BAD_TIMING", bad_timing_reason="budget")
    report = stage.make_round()
    assert ("L1", leak["id"]) not in stage.found()
    assert report["messages"]["posted"] == 0
    assert places(stage.messages()) == places(said)
    for before, after in zip(said, stage.messages(), strict=True):
        # The admin's says how many changes wait for approval: the contact goes on a list.
        assert after.edits == before.edits + (before in showing or before.to in {LEAK_CHANNEL, OPS})
        assert not after.asks_about(leak["id"])


def test_a_lead_that_breaks_later_is_told_once(stage: Stage) -> None:
    stage.make_first_round()
    owner = people_of("IS")[0]
    broken, said = a_quiet_lead(stage, owner), stage.messages()
    stage.person_sets(broken, inquiry_service="")
    report = stage.make_round()
    assert stage.findings("H9", state="reminded")
    assert report["messages"]["posted"] == 1
    (fresh,) = [one for one in stage.messages() if one.ts not in {before.ts for before in said}]
    assert fresh.to == owner
    assert fresh.asks_about(broken)
    assert stage.make_round()["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}


def test_a_lead_that_breaks_again_comes_back_in_its_message(stage: Stage) -> None:
    stage.make_first_round()
    broken = a_quiet_lead(stage, people_of("IS")[0])
    service = stage.contact(broken)["inquiry_service"]
    for words in ("", service, ""):
        stage.person_sets(broken, inquiry_service=words)
        stage.make_round()
    asking = [one for one in stage.messages() if one.asks_about(broken)]
    assert len(asking) == 1
    assert len([one for one in stage.messages() if one.shows(broken)]) == 1


def test_a_new_owner_is_told_and_the_former_one_no_longer_asked(stage: Stage) -> None:
    stage.make_first_round()
    leak = an_l1(stage)
    successor = next(i for i in people_of("FS") if i != leak["owner"])
    stage.person_sets(leak["id"], hubspot_owner_id=successor)
    stage.make_round()
    (moved,) = [one for one in stage.findings("L1") if one["id"] == leak["id"]]
    assert moved["owner"] == successor
    asking = [one for one in stage.messages() if one.asks_about(leak["id"])]
    assert [one.to for one in asking] == [successor]
    assert stage.make_round()["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}


def test_each_open_finding_is_asked_about_once_to_each_owner(stage: Stage) -> None:
    stage.make_first_round()
    reached = {p.owner_id for p in demo_people() if p.owner_id in {one.to for one in stage.messages()}}
    assert reached
    for owner in reached:
        contacts = {one["id"] for one in stage.findings() if one["owner"] == owner}
        (digest,) = stage.messages(owner)
        assert {i for i in contacts if digest.asks_about(i)} == contacts or len(contacts) > 10
