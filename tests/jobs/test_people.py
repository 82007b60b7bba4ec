"""Who has which role, and which Slack user stands behind a CRM owner."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from connector.records import Owner
from jobs.database import snapshot, writing
from jobs.ledger import people_links, preferences
from jobs.ledger.people_links import BY_HAND, CONFIRMED, DENIED, Link
from jobs.people import Absences, SlackDirectory, other_zones, people_of
from jobs.settings import File
from jobs.user_groups import named_groups, owners_in, read_again
from slack_app.courier import SlackUser
from slack_app.errors import SlackUnavailable
from slack_app.home_view import Preferences
from tests.jobs.ledger_builders import TOKYO, at
from tests.jobs.standins import StandInCourier, make_slack_user

LONDON = ZoneInfo("Europe/London")
SATO = "hana.sato@crm.example"


def make_owner(
    owner_id: str = "41", *, mail: str | None = SATO, teams: tuple[str, ...] = ("IS",), archived: bool = False
) -> Owner:
    return Owner(owner_id, mail, "花", "佐藤", 9041, archived, teams)


def roles(owner: Owner, **table: tuple[str, ...]) -> set[str]:
    return set(people_of([owner], table).persons[0].roles)


def directory(
    engine: Engine, courier: StandInCourier, *owners: Owner, links: dict[str, str] | None = None, **absent: Any
) -> SlackDirectory:
    people = people_of(owners or [make_owner()], File().roles)
    return SlackDirectory(engine, courier, links or {}, lambda: people, "ja", Absences(TOKYO, **absent))


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


NOW = at("11-24 10:00")
BOSS = Owner("49", "boss@crm.example", "譲", "真壁", 9049, False, ("Manager",))
TARO = make_owner("42", mail="taro@crm.example")
EVERYBODY = [
    make_slack_user("U41", SATO),
    make_slack_user("U42", "taro@crm.example"),
    make_slack_user("U49", "boss@crm.example"),
]


def said(engine: Engine, owner_id: str, slack_user_id: str, state: str) -> None:
    with writing(engine) as connection:
        people_links.store(connection, owner_id, Link(slack_user_id, state), by="somebody", now=NOW)


def test_whoever_denies_being_the_owner_is_nobody_and_gets_nothing(engine: Engine) -> None:
    people = directory(engine, StandInCourier(people=EVERYBODY))
    assert people.slack_user("41", NOW) == ("U41", "ja")
    assert not people.is_settled("41")
    said(engine, "41", "U41", DENIED)
    assert people.slack_user("41", NOW) is None
    assert people.person_of("U41")[0] is None
    assert [(one.person.owner_id, one.why) for one in people.unreached(NOW)] == [("41", "denied")]


def test_whoever_confirms_is_not_asked_again(engine: Engine) -> None:
    people = directory(engine, StandInCourier(people=EVERYBODY))
    said(engine, "41", "U41", CONFIRMED)
    assert people.is_settled("41")
    assert people.slack_user("41", NOW) == ("U41", "ja")


def test_a_link_by_hand_counts_more_than_the_mail_address(engine: Engine) -> None:
    people = directory(engine, StandInCourier(people=EVERYBODY))
    said(engine, "41", "U42", BY_HAND)
    assert people.slack_user("41", NOW) == ("U42", "ja")
    assert (people.person_of("U42")[0] is not None, people.person_of("U41")[0]) == (True, None)


def test_the_settings_count_more_than_a_link_by_hand(engine: Engine) -> None:
    people = directory(engine, StandInCourier(people=EVERYBODY), links={SATO: "U49"})
    said(engine, "41", "U42", BY_HAND)
    assert people.slack_user("41", NOW) == ("U49", "ja")


@pytest.mark.parametrize(
    ("day", "reaches"),
    [("11-29 10:00", "U49"), ("11-30 10:00", "U49"), ("12-01 10:00", "U41")],  # that day included
)
def test_a_manager_stands_in_for_whoever_is_away(engine: Engine, day: str, reaches: str) -> None:
    people = directory(engine, StandInCourier(people=EVERYBODY), make_owner(), TARO, BOSS)
    with writing(engine) as connection:
        preferences.store(connection, "U41", "41", Preferences(away_until=date(2026, 11, 30)))
    reached = people.reach("41", at(day))
    assert reached is not None
    assert (reached.slack_user_id, reached.stands_in) == (reaches, reaches == "U49")


@pytest.mark.parametrize(
    ("stand_ins", "reaches"),
    [
        ({}, None),
        ({SATO: "taro@crm.example"}, "U42"),
        ({"*": "taro@crm.example"}, "U42"),
        ({"*": "taro@crm.example", SATO: "manager"}, "U49"),
        ({SATO: "nobody@crm.example"}, None),
    ],
)
def test_the_settings_name_who_gets_what_is_for_somebody_unknown(
    engine: Engine, stand_ins: dict[str, str], reaches: str | None
) -> None:
    courier = StandInCourier(people=EVERYBODY[1:])
    reached = directory(engine, courier, make_owner(), TARO, BOSS, stand_ins=stand_ins).reach("41", NOW)
    assert (reached.slack_user_id if reached else None) == reaches


def test_nobody_stands_in_who_is_away_too(engine: Engine) -> None:
    everybody_away = {SATO: date(2026, 12, 4), "boss@crm.example": date(2026, 12, 4)}
    people = directory(engine, StandInCourier(people=EVERYBODY), make_owner(), BOSS, away=everybody_away)
    reached = people.reach("41", NOW)
    assert reached is not None
    assert (reached.slack_user_id, reached.stands_in) == ("U41", False)


def test_a_status_in_slack_counts_until_slack_says_that_the_person_changed(engine: Engine) -> None:
    away = dataclasses.replace(EVERYBODY[0], away=True)
    courier = StandInCourier(people=[away, *EVERYBODY[1:]])
    people = directory(engine, courier, make_owner(), BOSS)
    people.look_around(NOW)
    assert [(one.person.owner_id, one.why) for one in people.unreached(NOW)] == [("41", "away")]
    courier.people[0] = EVERYBODY[0]
    people.forget("U41")
    people.look_around(NOW)
    assert (courier.forgotten, people.unreached(NOW)) == (["U41"], [])


def test_looking_around_does_not_ask_for_everybody_at_once(engine: Engine) -> None:
    courier = StandInCourier()
    owners = [make_owner(str(n), mail=f"p{n}@crm.example") for n in range(1, 31)]
    people = directory(engine, courier, *owners)
    asked: list[int] = []
    for _ in range(3):
        people.look_around(NOW)
        asked.append(len(courier.asked))
    assert asked == [20, 30, 30]
    assert len(people.unreached(NOW)) == 30


def test_a_user_group_gives_a_role_until_somebody_leaves_it(engine: Engine) -> None:
    courier = StandInCourier(people=EVERYBODY)
    courier.groups = {"@sales": ("U41", "U42")}
    owners, table = [make_owner(teams=()), TARO], {"FS": ("slack:@sales",)}
    directory(engine, courier, *owners).look_around(NOW)

    def with_role() -> tuple[str, ...]:
        return people_of(owners, table, owners_in(engine, named_groups(table))).with_role("FS")

    read_again(engine, courier, {"@sales"}, NOW, timedelta(minutes=1))
    assert with_role() == ("41", "42")
    courier.groups = {"@sales": ("U42",)}
    read_again(engine, courier, {"@sales"}, NOW + timedelta(seconds=59), timedelta(minutes=1))
    assert with_role() == ("41", "42")
    read_again(engine, courier, {"@sales"}, NOW + timedelta(seconds=60), timedelta(minutes=1))
    assert with_role() == ("42",)
    courier.groups = {}
    read_again(engine, courier, {"@sales"}, NOW + timedelta(hours=1), timedelta(minutes=1))
    assert with_role() == ()


def test_while_slack_is_away_the_group_is_as_it_was(engine: Engine) -> None:
    courier = StandInCourier(people=EVERYBODY, troubles=[None, SlackUnavailable("away")])
    courier.groups = {"@sales": ("U41",)}
    directory(engine, courier).look_around(NOW)
    read_again(engine, courier, {"@sales"}, NOW, timedelta(0))
    with pytest.raises(SlackUnavailable):
        read_again(engine, courier, {"@sales"}, NOW + timedelta(days=1), timedelta(0))
    assert owners_in(engine, {"@sales"}) == {"@sales": frozenset({"41"})}


def test_what_was_said_last_counts(engine: Engine) -> None:
    for state in (CONFIRMED, DENIED, BY_HAND):
        said(engine, "41", "U41", state)
    with snapshot(engine) as connection:
        assert people_links.read(connection) == {"41": Link("U41", BY_HAND)}


@pytest.mark.parametrize(
    ("in_slack", "known"), [("Europe/London", {"41": LONDON}), ("Asia/Tokyo", {}), ("Mars/Olympus", {})]
)
def test_who_lives_by_another_clock_is_known_from_slack(engine: Engine, in_slack: str, known: dict[str, Any]) -> None:
    courier = StandInCourier(people=[make_slack_user("U41", SATO, time_zone=in_slack)])
    directory(engine, courier).look_around(at("11-24 09:00"))
    with snapshot(engine) as connection:
        assert other_zones(connection, TOKYO) == known
