"""What people do at the page over days: putting off, passing on, deciding about what rules want, taking back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import answering
from tests.journeys.seat import LOCALES, Seat, chromium
from tests.journeys.stage import Stage, people_of
from tests.journeys.test_at_the_page import leak_of
from tests.journeys.test_deciding_about_changes import begin, rank, waiting

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.parametrize("language", LOCALES)]
OWNER, OPS, MANAGER = people_of("FS")[0], people_of("Ops")[0], people_of("Manager")[0]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a page shows does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def test_a_snooze_ends_by_itself_and_what_is_fine_is_said_to_be_fine(stage: Stage, browser: Any, language: str) -> None:
    seat = Seat(browser, stage, OWNER, language, "snooze")
    stage.make_round()
    leak = leak_of(stage, OWNER)["id"]
    with answering(stage):
        seat.sits_down()
        snooze = seat.buttons_of(leak).get_by_label(seat.say.plain("button.snooze"))
        snooze.select_option(label=seat.say.plain("snooze.hour"))
        seat.buttons_of(leak).get_by_role("button", name=seat.say.plain("button.unsnooze")).wait_for()
        seat.picture("snoozed")
        stage.it_is("11-24 10:31")
        stage.make_round()
        seat.page.locator(".thread-toggle").last.click()
        seat.sees("nudge.snooze_over")
        seat.picture("called-in-the-thread")
        seat.page.locator(".thread .bk-overflow").last.click()
        seat.picture("menu")
        seat.page.get_by_role("menuitem", name=seat.say.plain("button.dismiss")).click()
        seat.window().get_by_role("textbox").fill("取引先の担当者です" if language == "ja" else "A partner's contact")
        seat.picture("why-nothing-is-wrong")
        seat.press(seat.window(), "dismiss.submit")
        seat.sees("closed.dismissed")
        seat.picture("dismissed")
        assert leak not in {one["id"] for one in stage.findings("L1") if one["state"] != "suppressed"}
        seat.press(seat.window(), "button.undismiss")
        seat.sees("answer.undismissed")
        seat.picture("taken-back")
        assert leak in {one["id"] for one in stage.findings("L1") if one["state"] != "suppressed"}
    seat.leaves()


def test_a_manager_finds_another_owner_for_what_lies(stage: Stage, browser: Any, language: str) -> None:
    seat = Seat(browser, stage, MANAGER, language, "manager")
    for day in ("11-24", "11-25", "11-26", "11-27", "11-30", "12-01", "12-02"):
        stage.it_is(f"{day} 09:30")
        stage.make_round()
    with answering(stage):
        seat.sits_down()
        seat.sees("manager.intro")
        seat.picture("stuck")
        row = seat.page.locator(".bk-of-actions", has_text=seat.say.plain("button.reassign")).first
        contact = str(row.get_attribute("data-contact"))
        former = stage.contact(contact)["hubspot_owner_id"]
        seat.press(row, "button.reassign")
        seat.window().locator("select").select_option(index=1)
        seat.picture("another-owner")
        seat.press(seat.window(), "reassign.submit")
        seat.window().get_by_role("button", name=seat.say.plain("button.undo")).wait_for()
        seat.picture("reassigned")
        assert stage.contact(contact)["hubspot_owner_id"] != former
        seat.press(seat.window(), "button.undo")
        seat.window().get_by_role("button", name=seat.say.plain("button.undo")).wait_for(state="detached")
        seat.picture("taken-back")
        assert stage.contact(contact)["hubspot_owner_id"] == former
        seat.press(seat.window(), "modal.close")
        seat.page.locator("[data-place]", has_text="sales-ops").click()
        seat.picture("team")
        seat.page.locator("[data-place]", has_text="fs-leak-check").click()
        seat.picture("leak-check")
    seat.leaves()


def test_an_admin_rejects_one_proposal_and_approves_the_rest_at_once(stage: Stage, browser: Any, language: str) -> None:
    seat = Seat(browser, stage, OPS, language, "proposals")
    begin(stage, "suggest")
    offered = waiting(stage, "suggested")
    with answering(stage):
        seat.sits_down()
        seat.types("/lead proposals")
        seat.sees("button.approve_all", count=min(50, len(offered)))
        seat.picture("listed")
        seat.page.locator(".whisper .bk-overflow").first.click()
        seat.picture("menu")
        seat.page.get_by_role("menuitem", name=seat.say.plain("button.reject")).click()
        seat.window().get_by_role("textbox").fill("来期の案件のため" if language == "ja" else "Planned for next year")
        seat.picture("why-rejected")
        seat.press(seat.window(), "proposals.reject_submit")
        seat.sees("button.approve_all", count=min(50, len(offered) - 1))
        seat.picture("rejected")
        seat.press(seat.window(), "modal.close")
        left = [one["id"] for one in waiting(stage, "suggested")]
        seat.press(seat.page, "button.approve_all", count=min(50, len(left)))
        seat.sees("button.undo")
        seat.picture("approved")
        assert all(rank(stage, one) == "COOL" for one in left[:20])
        seat.press(seat.page, "button.undo")
        seat.page.get_by_role("button", name=seat.say.plain("button.undo"), exact=True).wait_for(state="detached")
        seat.picture("taken-back")
        assert not any(rank(stage, one) == "COOL" for one in left)
    seat.leaves()


def test_an_admin_reviews_a_plan_and_unticks_two_lines(stage: Stage, browser: Any, language: str) -> None:
    seat = Seat(browser, stage, OPS, language, "plan")
    begin(stage, "plan")
    lines = waiting(stage, "proposed")
    with answering(stage):
        seat.sits_down()
        seat.types("/lead plan")
        seat.window().get_by_role("checkbox").first.wait_for()
        seat.picture("first-page")
        for number in range(2):
            seat.window().get_by_role("checkbox").nth(number).uncheck()
        while not seat.window().get_by_role("button", name=seat.say.plain("plan.apply"), exact=True).count():
            shown = seat.window().inner_text()
            seat.press(seat.window(), "plan.next")
            seat.page.wait_for_function("before => document.querySelector('#modal').innerText !== before", arg=shown)
        seat.picture("last-page")
        seat.press(seat.window(), "plan.apply")
        seat.window().get_by_role("button", name=seat.say.plain("button.undo"), exact=True).wait_for()
        seat.picture("applied")
        assert sum(rank(stage, one["id"]) == "COOL" for one in lines) == len(lines) - 2
        seat.press(seat.window(), "modal.close")
        seat.window().wait_for(state="hidden")
        seat.types("/lead doctor")
        seat.page.get_by_role("button", name=seat.say.plain("button.try_it")).wait_for()
        seat.picture("doctor")
        seat.press(seat.page, "button.try_it")
        seat.sees("answer.button_works")
        seat.picture("button-works")
    seat.leaves()
