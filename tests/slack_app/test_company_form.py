"""The form that takes a change of status over to others at the company, in the stand-in Slack."""

from __future__ import annotations

from typing import Any

import pytest

from slack_app.backend import Answer, Offer
from slack_app.blocks.company_form import company_modal
from slack_app.texts.catalogue import catalogue
from slack_app.views import CompanyView, ContactCard
from tests.slack_app.builders import make_card
from tests.slack_app.service import Service
from tests.slack_app.test_commands import lead, press
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

pytestmark = pytest.mark.usefixtures("app_url")
WRITTEN = Answer(True, "answer.undo_nothing", {}, (Offer("undo", "plan 7"), Offer("company_wide", "7", 3)))


def card(number: int, **changes: Any) -> ContactCard:
    return make_card(contact_id=str(number), name=f"山田 {number}", status="NEW", status_label="新規", **changes)


def company(count: int, shown: int | None = None) -> CompanyView:
    others = tuple(card(n) for n in range(600, 600 + (shown or count)))
    return CompanyView(7, card(501), "タイミング悪し", ("予算",), others, count)


def boxes(view: dict[str, Any]) -> list[str]:
    return [o["value"] for b in view["blocks"] if b["type"] == "input" for o in b["element"]["options"]]


def offered(workspace: Workspace, service: Service) -> dict[str, Any]:
    """An answer with the button, to a command."""
    service.next_answer = WRITTEN
    lead(workspace, "undo")
    return eventually(lambda: [one for one in workspace.ephemeral() if "company_wide" in str(one["blocks"])])[-1]


def open_form(workspace: Workspace, service: Service, view: CompanyView) -> dict[str, Any]:
    service.company = view
    press(workspace, offered(workspace, service), "company_wide")
    return workspace.views()[0]


def test_everybody_is_ticked_and_whoever_stays_ticked_is_sent_with_the_status_shown(
    workspace: Workspace, service: Service
) -> None:
    view = open_form(workspace, service, company(3))
    assert boxes(view) == ["600 NEW", "601 NEW", "602 NEW"]
    assert "3 名も「タイミング悪し」（予算）に変更" in str(view["blocks"])
    workspace.act("submit", values={"others:0": {"tick": ["600 NEW", "602 NEW"]}})
    eventually(lambda: any(act[0] == "change_company" for act in service.acts))
    assert service.acts[-1] == ("change_company", TAKAHASHI, 7, {"600": "NEW", "602": "NEW"})


def test_the_button_says_for_how_many() -> None:
    assert catalogue("ja").plain("button.company_wide", count=3) == "同じ会社の他 3 名も変更…"
    assert catalogue("en").plain("button.company_wide", count=1) == "Also for 1 other at this company…"


def test_nobody_ticked_is_not_sent(workspace: Workspace, service: Service) -> None:
    open_form(workspace, service, company(1))
    before = list(service.acts)
    refused = workspace.act("submit", values={"others:0": {"tick": []}})
    assert refused["errors"] == {"others:0": "変更する方を 1 名以上選んでください。"}
    assert service.acts == before


def test_more_than_fit_in_one_element_stand_in_several_and_what_is_left_off_is_said() -> None:
    view = company_modal(company(130, shown=23), catalogue("en"))
    labels = [b["label"]["text"] for b in view["blocks"] if b["type"] == "input"]
    assert labels == ["1–10 of 130", "11–20 of 130", "21–23 of 130"]
    assert "There are 107 more" in str(view["blocks"][-1])


def test_a_refusal_is_said_beside_the_button(workspace: Workspace, service: Service) -> None:
    answer = offered(workspace, service)
    service.next_answer = Answer(False, "answer.company_gone")
    press(workspace, answer, "company_wide")
    eventually(lambda: [one for one in workspace.ephemeral() if "広げられません" in one["text"]])
    assert workspace.views() == []
