"""Who has which role, and which Slack user stands behind a CRM owner."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from connector.records import Owner
from jobs.people import SlackDirectory, people_of
from jobs.settings import File
from slack_app.courier import SlackUser
from tests.jobs.ledger_builders import at
from tests.jobs.standins import StandInCourier, make_slack_user

SATO = "hana.sato@crm.example"


def make_owner(
    owner_id: str = "41", *, mail: str | None = SATO, teams: tuple[str, ...] = ("IS",), archived: bool = False
) -> Owner:
    return Owner(owner_id, mail, "花", "佐藤", 9041, archived, teams)


def roles(owner: Owner, **table: tuple[str, ...]) -> set[str]:
    return set(people_of([owner], table).persons[0].roles)


def directory(
    engine: Engine, courier: StandInCourier, *owners: Owner, links: dict[str, str] | None = None
) -> SlackDirectory:
    people = people_of(owners or [make_owner()], File().roles)
    return SlackDirectory(engine, courier, links or {}, lambda: people, "ja")


@pytest.mark.parametrize(
    ("owner", "table", "expected"),
    [
        (make_owner(teams=("IS",)), {"IS": ("IS",)}, {"IS"}),
        (make_owner(teams=("インサイド", "営業")), {"IS": ("インサイド",), "FS": ("営業",)}, {"IS", "FS"}),
        (make_owner(teams=()), {"Manager": (SATO.upper(),)}, {"Manager"}),  # by mail, whatever its case
        (make_owner(teams=("is",)), {"IS": ("IS",)}, set()),  # team names are as the CRM writes them
        (make_owner(teams=(), mail=None), {"IS": ("IS",)}, set()),
    ],
)
def test_roles_come_from_teams_and_single_mails(
    owner: Owner, table: dict[str, tuple[str, ...]], expected: set[str]
) -> None:
    assert roles(owner, **table) == expected


def test_whoever_left_keeps_the_role_but_is_not_live() -> None:
    person = people_of([make_owner(archived=True)], File().roles).persons[0]
    assert (person.live, person.roles) == (False, {"IS"})


def test_an_owner_is_found_in_slack_by_mail(engine: Engine) -> None:
    courier = StandInCourier(people=[make_slack_user("U41", SATO, language="en")])
    assert directory(engine, courier).slack_user("41", at("11-24 09:00")) == ("U41", "en")


@pytest.mark.parametrize("link", ["hana@slack.example", "U41"])
def test_an_owner_is_found_as_the_settings_name_the_person(engine: Engine, link: str) -> None:
    courier = StandInCourier(people=[make_slack_user("U41", "hana@slack.example")])
    found = directory(engine, courier, links={SATO.title(): link}).slack_user("41", at("11-24 09:00"))
    assert found == ("U41", "ja")


@pytest.mark.parametrize(
    ("owner", "user"),
    [
        (make_owner(), make_slack_user("U42", "other@crm.example")),
        (make_owner(), make_slack_user("U41", SATO, active=False)),
        (make_owner(mail=None), make_slack_user("U41", None)),
        (make_owner(archived=True), make_slack_user("U41", SATO)),
        (make_owner("42"), make_slack_user("U41", SATO)),
    ],
    ids=["missing", "deactivated", "no mail", "left the firm", "nobody has this owner id"],
)
def test_nobody_is_reached_in_place_of_somebody_else(engine: Engine, owner: Owner, user: SlackUser) -> None:
    courier = StandInCourier(people=[user])
    assert directory(engine, courier, owner).slack_user("41", at("11-24 09:00")) is None


def test_a_found_person_is_asked_for_again_after_a_day(engine: Engine) -> None:
    courier = StandInCourier(people=[make_slack_user("U41", SATO)])
    people = directory(engine, courier)
    for now in ("11-24 09:00", "11-25 08:59", "11-25 09:00"):
        people.slack_user("41", at(now))
    assert len(courier.asked) == 2


def test_a_missing_person_is_asked_for_again_after_an_hour(engine: Engine) -> None:
    courier = StandInCourier()
    people = directory(engine, courier)
    assert [people.slack_user("41", at(f"11-24 {now}")) for now in ("09:00", "09:59")] == [None, None]
    courier.people.append(make_slack_user("U41", SATO))
    assert people.slack_user("41", at("11-24 10:00")) == ("U41", "ja")
    assert len(courier.asked) == 2


def test_a_slack_user_is_known_by_mail_and_by_link(engine: Engine) -> None:
    courier = StandInCourier(people=[make_slack_user("U41", SATO.upper()), make_slack_user("U42", None)])
    other = make_owner("42", mail="taro@crm.example")
    people = directory(engine, courier, make_owner(), other, links={"taro@crm.example": "U42"})
    for slack_id, owner_id in (("U41", "41"), ("U42", "42")):
        person, user = people.person_of(slack_id)
        assert (person and person.owner_id, user and user.id) == (owner_id, slack_id)


@pytest.mark.parametrize("user", [make_slack_user("U41", SATO, active=False), make_slack_user("U42", SATO)])
def test_a_deactivated_or_unknown_slack_user_is_nobody(engine: Engine, user: SlackUser) -> None:
    assert directory(engine, StandInCourier(people=[user])).person_of("U41") == (None, None)


def test_a_slack_user_without_a_crm_user_is_a_guest(engine: Engine) -> None:
    guest = make_slack_user("U99", "guest@slack.example")
    assert directory(engine, StandInCourier(people=[guest])).person_of("U99") == (None, guest)


def test_whoever_left_the_firm_may_do_nothing_any_more(engine: Engine) -> None:
    user = make_slack_user("U41", SATO)
    assert directory(engine, StandInCourier(people=[user]), make_owner(archived=True)).person_of("U41") == (None, user)
