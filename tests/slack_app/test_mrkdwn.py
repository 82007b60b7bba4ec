"""Foreign values in markup."""

from __future__ import annotations

import pytest

from slack_app.mrkdwn import link, literal


@pytest.mark.parametrize("name", ["<!channel>", "<@U0TSUMUGI01>", "<https://evil.example|here>", "a & b"])
def test_a_name_calls_nobody_and_links_nothing(name: str) -> None:
    assert "<" not in literal(name)
    assert literal(name).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == name


@pytest.mark.parametrize("name", ["*太字*", "＊太字＊", "_斜体_", "~消~", "`code`", "*_~", "山*田*太郎"])
def test_a_name_formats_nothing(name: str) -> None:
    assert not set(literal(name)) & set("*＊_＿~`｀")


def test_a_mail_address_can_still_be_copied() -> None:
    assert literal("taro_yamada@minato.example") == "taro_yamada@minato.example"


def test_a_name_stays_on_its_line() -> None:
    assert literal("山田\n> 太郎\r\n") == "山田 &gt; 太郎"


def test_a_link_cannot_be_ended_from_within() -> None:
    assert link("https://crm.example/a|b>c", "x|y>z") == "<https://crm.example/a%7Cb%3Ec|x|y&gt;z>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "slack://open"])
def test_only_web_addresses_become_links(url: str) -> None:
    assert link(url, "山田") == "山田"
