"""Who is in the stand-in workspace? The shape of a person and a channel, and the default firm."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """One member. `id` starts with U; `locale` and `tz` are what `users.info` says about them."""

    id: str
    real_name: str
    display_name: str
    email: str
    tz: str = "Asia/Tokyo"
    locale: str = "ja-JP"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `members` None means everyone who is not deactivated."""

    id: str
    name: str
    is_private: bool = False
    bot_is_member: bool = True
    members: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """A user group, which people mention as `@handle`. A disabled one keeps its members but is no longer listed."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()
    disabled: bool = False


TEAM_NAME = "株式会社つむぎリンク"
_DOMAIN = "tsumugi-link.example"


def _person(number: int, real_name: str, handle: str, *, locale: str = "ja-JP", deleted: bool = False) -> Person:
    email = f"{handle}@{_DOMAIN}"
    return Person(f"U0TSUMUGI{number:02d}", real_name, handle, email, locale=locale, deleted=deleted)


def default_people() -> tuple[Person, ...]:
    """The invented firm's people: inside sales, field sales, marketing, telemarketing, a manager and operations."""
    return (
        _person(1, "佐藤 美咲", "sato"),
        _person(2, "田中 翔太", "tanaka"),
        _person(3, "小鳥遊 結衣", "takanashi"),
        _person(4, "髙橋 健一", "takahashi"),
        _person(5, "渡邊 直樹", "watanabe"),
        _person(6, "﨑山 由美", "sakiyama"),
        _person(7, "Emma Clarke", "emma.clarke", locale="en-GB"),
        _person(8, "五十嵐 誠", "igarashi"),
        _person(9, "長谷川 葵", "hasegawa"),
        _person(10, "東海林 大輔", "shoji"),
        _person(11, "森田 彩香", "morita"),
        _person(12, "中村 浩二", "nakamura"),
        _person(13, "井上 拓也", "inoue", deleted=True),
    )


def default_channels() -> tuple[Channel, ...]:
    return (
        Channel("C0TSUMUGI01", "general"),
        Channel("C0TSUMUGI02", "fs-leak-check"),
        Channel("C0TSUMUGI03", "inside-sales"),
        Channel("C0TSUMUGI04", "sales-ops"),
    )
