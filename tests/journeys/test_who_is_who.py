"""Who is who: people confirm it, admins mend it, groups give roles, and somebody stands in for whoever is away."""

from __future__ import annotations

from jobs.service import Service
from slack_app.backend import StatusChange
from tests.journeys.stage import FALLBACK_CHANNEL, Stage, people_of, slack_id, soon

# In the CRM with another address than in Slack.
ELSEWHERE = "41629703"
(OPS,), (MANAGER,) = people_of("Ops"), people_of("Manager")


def home_words(stage: Stage, owner: str) -> str:
    return "\n".join(str(block.get("text", {}).get("text", "")) for block in stage.home(owner))


def opens_home(stage: Stage, owner: str) -> str:
    stage.opens_home(owner)
    return home_words(stage, owner)


def waits_for(stage: Stage, *owners: str) -> str:
    return next(one["owner"] for one in stage.findings() if one["owner"] in owners)


def test_a_person_is_asked_once_who_it_is(open_stage: Stage) -> None:
    stage, owner = open_stage, waits_for(open_stage, *people_of("FS"))
    assert "お間違いないですか" in opens_home(stage, owner)
    stage.does(owner, "click", home=True, action_id="is_me", value="yes")
    soon(lambda: "登録しました" in home_words(stage, owner))
    assert "お間違いないですか" not in opens_home(stage, owner)


def test_whoever_is_somebody_else_hears_nothing_more_and_the_admin_sees_it(open_stage: Stage) -> None:
    stage, owner = open_stage, waits_for(open_stage, *people_of("FS"))
    opens_home(stage, owner)
    stage.does(owner, "click", home=True, action_id="is_not_me", value="no")
    soon(lambda: "別人" not in home_words(stage, owner) and "今後お送りしません" in home_words(stage, owner))
    before = len(stage.messages(owner)), len(stage.messages(FALLBACK_CHANNEL))
    stage.it_is("11-25 09:00")
    stage.make_round()
    assert len(stage.messages(owner)) == before[0]
    assert len(stage.messages(FALLBACK_CHANNEL)) > before[1]
    assert "「別人です」" in opens_home(stage, OPS)


def test_an_admin_links_somebody_whose_address_differs(open_stage: Stage) -> None:
    stage = open_stage
    assert "五十嵐 みのり" in opens_home(stage, OPS)
    choice = {"block_id": f"link:{ELSEWHERE}", "action_id": "link_user", "selected": slack_id(ELSEWHERE)}
    stage.does(OPS, "click", home=True, **choice)
    soon(lambda: "紐付けました" in home_words(stage, OPS))
    assert "対応待ち" in opens_home(stage, ELSEWHERE)
    stage.it_is("11-25 09:00")
    stage.make_round()
    assert stage.messages(ELSEWHERE)


def test_only_an_admin_may_link(open_stage: Stage) -> None:
    service, stage = Service(open_stage.program), open_stage
    manager = service.visitor(slack_id(MANAGER))
    answer = service.link_user(manager, ELSEWHERE, slack_id(ELSEWHERE), "click 1")
    assert (answer.ok, answer.text) == (False, "answer.admins_only")
    assert "五十嵐 みのり" in opens_home(stage, OPS)


def test_a_manager_gets_and_may_settle_what_is_for_somebody_on_holiday(open_stage: Stage) -> None:
    stage, owner = open_stage, waits_for(open_stage, *people_of("FS"))
    stage.in_slack("update_user", user=slack_id(owner), status_emoji=":palm_tree:")
    before = len(stage.messages(owner))
    stage.it_is("11-25 09:00")
    stage.make_round()
    assert len(stage.messages(owner)) == before
    assert "休暇" in opens_home(stage, OPS)
    (got,) = [one for one in stage.messages(MANAGER) if one.text.startswith("For ")]
    press = next(e for b in got.blocks for e in b.get("elements", ()) if e.get("action_id") == "acknowledge")
    stage.presses(MANAGER, got, "acknowledge", press["value"])
    soon(lambda: any("Acknowledged" in words for words in stage.told_privately(MANAGER)))


def test_whoever_left_the_group_since_may_do_nothing_more_with_its_role(stage: Stage) -> None:
    owner = people_of("FS")[0]
    stage.in_slack("user_group", handle="field-sales", members=[slack_id(one) for one in people_of("FS")])
    stage.is_told(roles={"IS": ("IS",), "FS": ("slack:@field-sales",), "Manager": ("Manager",), "Ops": ("Ops",)})
    stage.make_round()
    service = Service(stage.program)
    leak = next(one for one in stage.findings("L1") if one["owner"] == owner)
    visitor = service.visitor(slack_id(owner))
    assert [one.value for one in service.status_choices(visitor, leak["id"])].count("BAD_TIMING") == 1
    stage.in_slack("user_group", handle="field-sales", members=[slack_id(people_of("FS")[1])])
    stage.it_is("11-25 09:30")
    visitor = service.visitor(slack_id(owner))
    answer = service.change_status(visitor, leak["id"], StatusChange("BAD_TIMING", "OPEN_DEAL"), "click 2")
    assert (answer.ok, answer.text) == (False, "answer.role_refused_at_all")
    assert stage.contact(leak["id"])["hs_lead_status"] == "OPEN_DEAL"
