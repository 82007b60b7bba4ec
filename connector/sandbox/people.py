"""Who works at the invented firm: one list for the CRM's owners and for the members of its Slack workspace."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from connector.sandbox.state import StoredOwner, StoredTeam

_MAIL_DOMAIN = "tsumugi-link.example"
_TEAM_IDS = {"IS": "3101", "FS": "3102", "Marketing": "3103", "Telemarketing": "3104", "Manager": "3105", "Ops": "3106"}
_JOINED = datetime(2025, 9, 1, 0, 30, tzinfo=UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """`mail` is the address in the CRM, `slack_mail` the one in Slack (None without an account there).

    `services` are those an FS member sells; `reseller` marks the one who looks after resellers instead.
    """

    owner_id: str
    user_id: int
    last_name: str
    first_name: str
    name: str
    romaji: str
    mail: str
    team: str
    services: tuple[str, ...] = ()
    reseller: bool = False
    archived: bool = False
    has_slack: bool = True
    slack_mail: str | None = None
    time_zone: str = "Asia/Tokyo"
    locale: str = "ja-JP"


def demo_people() -> list[Person]:
    """IS 3, FS 6 and one who left, marketers 2, telemarketing, manager and ops 1 each."""
    factory, sites, crm = ("factory_navi", "exhibition"), ("recruit_site", "web_report"), ("crm_setup",)
    return [
        _person(1, "森下", "彩乃", "ayano morishita", "IS"),
        _person(2, "小鳥遊", "颯太", "sota takanashi", "IS"),
        _person(3, "五十嵐", "みのり", "minori igarashi", "IS", slack_mail=f"minori.hosokawa@{_MAIL_DOMAIN}"),
        _person(4, "長谷川", "亮介", "ryosuke hasegawa", "FS", services=factory),
        _person(5, "東海林", "千夏", "chinatsu shoji", "FS", services=factory),
        _person(6, "久保田", "健吾", "kengo kubota", "FS", services=sites),
        _person(7, "北条", "エマ", "emma hojo", "FS", services=sites, locale="en-US"),
        _person(8, "渡邊", "拓真", "takuma watanabe", "FS", services=crm, has_slack=False),
        _person(9, "大河内", "由紀", "yuki okochi", "FS", reseller=True),
        _person(10, "的場", "慎二", "shinji matoba", "FS", services=factory, archived=True, has_slack=False),
        _person(11, "星野", "香織", "kaori hoshino", "Marketing"),
        _person(12, "柚木", "直人", "naoto yuzuki", "Marketing"),
        _person(13, "テレマーケティング", "グループ", "telemarketing", "Telemarketing"),
        _person(14, "真壁", "譲", "jo makabe", "Manager", locale="en-US"),
        _person(15, "清家", "美穂", "miho seike", "Ops"),
    ]


def _person(
    number: int,
    last_name: str,
    first_name: str,
    romaji: str,
    team: str,
    *,
    services: tuple[str, ...] = (),
    reseller: bool = False,
    archived: bool = False,
    has_slack: bool = True,
    slack_mail: str | None = None,
    locale: str = "ja-JP",
) -> Person:
    mail = f"{romaji.replace(' ', '.')}@{_MAIL_DOMAIN}"
    return Person(
        owner_id=str(41629700 + number),
        user_id=9586500 + number,
        last_name=last_name,
        first_name=first_name,
        name=f"{last_name} {first_name}",
        romaji=romaji,
        mail=mail,
        team=team,
        services=services,
        reseller=reseller,
        archived=archived,
        has_slack=has_slack,
        slack_mail=slack_mail or (mail if has_slack else None),
        locale=locale,
    )


def crm_owners(people: list[Person]) -> dict[str, StoredOwner]:
    return {
        person.owner_id: StoredOwner(
            id=person.owner_id,
            email=person.mail,
            first_name=person.first_name,
            last_name=person.last_name,
            user_id=person.user_id,
            teams=[StoredTeam(_TEAM_IDS[person.team], person.team)],
            created_at=_JOINED,
            archived=person.archived,
        )
        for person in people
    }
