"""Bad timing decided for a whole company: for whom it is offered, who stays, who may, and taking it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.service import Service
from slack_app.backend import Answer
from tests.journeys.conftest import answering
from tests.journeys.stage import Stage, people_of, slack_id, soon
from tests.journeys.test_changing_a_status import told
from tests.journeys.test_deciding_about_changes import ticked
from tests.journeys.test_people_act_in_slack import WHY, name_of

FS, IS = people_of("FS")[0], people_of("IS")[0]
WORK = ("NEW", "IN_PROGRESS", "OPEN_DEAL", "CONNECTED")
ASKED = "crm_setup"


@dataclasses.dataclass(frozen=True)
class Account:
    """A company after a meeting: the contact that was met, and the others by what is said of them."""

    stage: Stage
    first: str
    others: dict[str, str]

    def status(self, name: str) -> str:
        return self.stage.contact(self.others[name])["hs_lead_status"]

    def of_work(self) -> set[str]:
        return {self.others[name] for name in WORK}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is asked of the database is tested on both with the rules."""
    return sqlite_url


@pytest.fixture
def account(stage: Stage) -> Iterator[Account]:
    first, others = stage.scene("two companies", lambda: two_companies(stage))
    with answering(stage):
        yield Account(stage, first, others)


def two_companies(stage: Stage) -> tuple[str, dict[str, str]]:
    """The contact that was met, and the others."""
    stage.make_first_round()
    ours, theirs = company(stage, "株式会社みずうみ"), company(stage, "株式会社やまなみ")
    first = contact(stage, "会った人", "OPEN_DEAL", ours, owner=FS)
    others = {status: contact(stage, status, status, ours) for status in (*WORK, "ATTEMPTED_TO_CONTACT")}
    others["other service"] = contact(stage, "別のサービス", "NEW", ours, services="exhibition")
    others["other company"] = contact(stage, "別の会社", "NEW", theirs)
    stage.it_is("11-24 09:40")
    stage.make_round()
    return first, others


def company(stage: Stage, name: str) -> str:
    return stage.crm.control("records", op="create", object="companies", properties={"name": name})["id"]


def contact(stage: Stage, name: str, status: str, of: str, services: str = ASKED, owner: str = IS) -> str:
    values = {"lastname": name, "hs_lead_status": status, "inquiry_service": services, "hubspot_owner_id": owner}
    linked = [{"to_object": "companies", "to_id": of}]
    made = stage.crm.control("records", op="create", object="contacts", properties=values, associations=linked)
    return made["id"]


def decides(account: Account, who: str = FS) -> None:
    """Bad timing for the contact that was met; the answer is in the window."""
    stage = account.stage
    stage.types(who, f"status {account.first} BAD_TIMING")
    stage.does(who, "submit", values=WHY)
    soon(lambda: "'undo'" in str(stage.window(who)))


def opens(account: Account, who: str = FS) -> dict[str, Any]:
    account.stage.does(who, "click", action_id="company_wide")
    return soon(lambda: account.stage.window(who))


def boxes(view: dict[str, Any]) -> set[str]:
    return {o["value"].split(" ")[0] for b in view["blocks"] if b["type"] == "input" for o in b["element"]["options"]}


def without(account: Account, view: dict[str, Any], *names: str) -> dict[str, Any]:
    return ticked(view, {f"{account.others[name]} {name}" for name in names})


def test_whoever_stays_ticked_is_written_with_the_same_reason_and_taken_back_at_once(account: Account) -> None:
    stage = account.stage
    decides(account)
    assert "同じ会社の他 4 名も変更…" in str(stage.window(FS))
    view = opens(account)
    assert boxes(view) == account.of_work()
    assert "「タイミング悪し」（予算）" in str(view["blocks"])
    stage.does(FS, "submit", values=without(account, view, "NEW", "CONNECTED"))
    soon(lambda: "2 名のステータスを「タイミング悪し」に変更しました" in str(stage.window(FS)))
    assert [account.status(name) for name in WORK] == ["NEW", "BAD_TIMING", "BAD_TIMING", "CONNECTED"]
    assert stage.contact(account.others["IN_PROGRESS"])["bad_timing_reason"] == "budget"
    stage.does(FS, "click", action_id="undo")
    soon(lambda: "2 件の変更を元に戻しました" in str(stage.window(FS)))
    assert [account.status(name) for name in WORK] == list(WORK)
    assert not stage.contact(account.others["IN_PROGRESS"]).get("bad_timing_reason")
    assert stage.contact(account.first)["hs_lead_status"] == "BAD_TIMING"


def test_a_new_contact_of_another_owner_is_covered_and_the_audit_and_why_say_who_decided(account: Account) -> None:
    stage = account.stage
    decides(account)
    opens(account)
    stage.does(FS, "submit")
    soon(lambda: "4 名のステータスを" in str(stage.window(FS)))
    new = account.others["NEW"]
    written = stage.audited(new, "write.applied")
    assert {one["actor"] for one in written} == {f"person {FS} {name_of(FS)}"}
    assert all(one["reason"].startswith("decided for the whole company") for one in written)
    stage.types(IS, f"why {new}")
    soon(
        lambda: f"{name_of(FS)} さんが、会社全体の判断として「タイミング悪し」に変更しました" in str(stage.whispers(IS))
    )
    stage.types(FS, "undo")
    told(stage, FS, "4 件の変更を元に戻しました")
    assert account.status("NEW") == "NEW"


def test_who_was_changed_in_the_crm_meanwhile_stays_and_gets_no_reason(account: Account) -> None:
    stage = account.stage
    decides(account)
    opens(account)
    late = account.others["OPEN_DEAL"]
    stage.person_sets(late, hs_lead_status="CONNECTED")
    stage.does(FS, "submit")
    soon(lambda: "3 名のステータスを" in str(stage.window(FS)))
    assert "1 名は、そのままにしました" in str(stage.window(FS))
    contact = stage.contact(late)
    assert (contact["hs_lead_status"], contact.get("bad_timing_reason") or None) == ("CONNECTED", None)
    (conflict, *_) = stage.audited(late, "write.conflict")
    assert conflict["actor"] == f"person {FS} {name_of(FS)}"


def test_a_submission_that_comes_after_the_role_is_gone_writes_nothing(account: Account) -> None:
    stage = account.stage
    decides(account)
    opens(account)
    stage.program.settings.file.roles["FS"] = ()
    stage.does(FS, "submit")
    soon(lambda: "今のあなたの権限ではできません" in str(stage.window(FS)))
    assert [account.status(name) for name in WORK] == list(WORK)
    (refused,) = stage.audited(account.first, "status.refused")
    assert (refused["actor"], refused["reason"]) == (f"person {FS} {name_of(FS)}", "company_refused")


def test_an_old_button_opens_nothing_without_the_role_for_somebody_else_or_after_an_undo(account: Account) -> None:
    stage = account.stage
    decides(account)
    service = Service(stage.program)
    plan_id = int(stage.window(FS)["blocks"][1]["elements"][1]["value"])

    def answer(owner: str) -> str | None:
        found = service.company_others(service.visitor(slack_id(owner)), plan_id)
        return found.text if isinstance(found, Answer) else None

    assert answer(FS) is None
    assert answer(people_of("FS")[1]) == "answer.company_gone"
    assert answer(people_of("Marketing")[0]) == "answer.company_gone"
    roles = stage.program.settings.file.roles["FS"]
    stage.program.settings.file.roles["FS"] = ()
    assert answer(FS) == "answer.company_refused"
    stage.program.settings.file.roles["FS"] = roles
    stage.does(FS, "click", action_id="undo")
    soon(lambda: "「オープン取引」に戻しました" in str(stage.window(FS)))
    assert answer(FS) == "answer.company_gone"


def test_a_manager_may_decide_too(account: Account) -> None:
    manager = people_of("Manager")[0]
    decides(account, manager)
    opens(account, manager)
    account.stage.does(manager, "submit")
    soon(lambda: [account.status(name) for name in WORK] == ["BAD_TIMING"] * 4)


def test_the_same_submission_a_second_time_gives_the_first_answer(account: Account) -> None:
    stage = account.stage
    decides(account)
    service = Service(stage.program)
    plan_id = int(stage.window(FS)["blocks"][1]["elements"][1]["value"])
    visitor, seen = service.visitor(slack_id(FS)), {account.others["NEW"]: "NEW"}
    first = service.change_company(visitor, plan_id, seen, "act")
    writes = stage.crm_writes()
    assert first.ok
    assert service.change_company(visitor, plan_id, seen, "act") == first
    assert stage.crm_writes() == writes
    assert account.status("NEW") == "BAD_TIMING"


def test_while_the_crm_is_away_it_is_accepted_and_written_by_a_later_round(account: Account) -> None:
    stage = account.stage
    decides(account)
    opens(account)
    stage.crm.control("faults", match={"path": "*/batch/*"}, do="502_html", times=1_000)
    stage.does(FS, "submit")
    soon(lambda: "4 名を「タイミング悪し」に変更する依頼を受け付けました" in str(stage.window(FS)))
    assert [account.status(name) for name in WORK] == list(WORK)
    stage.crm.http.delete("/_control/faults")
    stage.make_round()
    assert [account.status(name) for name in WORK] == ["BAD_TIMING"] * 4


def test_other_steps_offer_nothing(account: Account) -> None:
    stage = account.stage
    stage.types(FS, f"status {account.first} IN_PROGRESS")
    told(stage, FS, "変更しました")
    assert "company_wide" not in str(stage.whispers(FS))
