"""People at the page of the stand-in Slack, in a real browser: from the morning's list to the settled matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import answering
from tests.journeys.seat import Seat, chromium
from tests.journeys.stage import Stage, people_of

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a page shows does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def leak_of(stage: Stage, owner: str, code: str = "L1") -> dict[str, Any]:
    return next(one for one in stage.findings(code) if one["owner"] == owner)


def test_two_people_go_from_the_list_to_the_settled_matter_each_in_their_language(stage: Stage, browser: Any) -> None:
    seats = [
        Seat(browser, stage, owner, language, "morning")
        for owner, language in zip(people_of("FS")[:2], ("ja", "en"), strict=True)
    ]
    stage.make_round()
    leaks = [leak_of(stage, seat.owner) for seat in seats]
    with answering(stage):
        for seat, leak in zip(seats, leaks, strict=True):
            seat.sits_down()
            acknowledges(seat, leak["id"])
        stage.it_is("11-25 10:01")
        stage.make_round()
        for seat, leak in zip(seats, leaks, strict=True):
            is_asked_and_settles(seat, leak["id"])
            seat.leaves()
    assert {leak["id"] for leak in leaks} & {one["id"] for one in stage.findings("L1")} == set()


def acknowledges(seat: Seat, contact_id: str) -> None:
    seat.message(contact_id).wait_for()
    seat.picture("digest")
    seat.press(seat.buttons_of(contact_id), "button.acknowledge")
    seat.finds(seat.message(contact_id), before_gap(seat.say.sentences["finding.acknowledged"]))
    seat.picture("acknowledged")


def is_asked_and_settles(seat: Seat, contact_id: str) -> None:
    seat.buttons_of(contact_id).get_by_role("button", name=seat.say.plain("button.confirm"), exact=True).wait_for()
    seat.picture("still-on-it")
    seat.press(seat.buttons_of(contact_id), "button.change_status")
    reason = seat.window().locator("select").nth(1)
    reason.wait_for()
    seat.picture("form")
    seat.press(seat.window(), "modal.submit")
    seat.window().get_by_role("alert").wait_for()
    seat.picture("reason-is-missing")
    reason.select_option(index=1)
    seat.press(seat.window(), "modal.submit")
    seat.window().get_by_role("button", name=seat.say.plain("button.undo"), exact=True).wait_for()
    seat.picture("written")
    seat.press(seat.window(), "modal.close")
    seat.finds(seat.message(contact_id).locator("s"), "")
    seat.picture("settled")


def before_gap(pattern: Any) -> str:
    """The words of a sentence up to its first gap."""
    return str(pattern).partition("{")[0].strip()
