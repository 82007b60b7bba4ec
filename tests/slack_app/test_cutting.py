"""Shortened texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_app.cutting import cut, cut_mrkdwn

FAMILY = "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("山田太郎", 4, "山田太郎"),  # fits
        ("山田太郎様", 4, "山田太…"),
        ("\u304b\u3099" * 2, 2, "…"),  # a kana and its voicing mark: two code points that are one
        (f"a{FAMILY}bc", 6, "a…"),  # five code points joined to one picture
        ("👍🏽ok", 2, "…"),  # a thumb and its colour
        ("🇯🇵🇫🇷", 3, "🇯🇵…"),  # flags are pairs
        ("ｶﾞｷﾞ", 3, "ｶﾞ…"),  # half-width voicing
    ],
)
def test_a_visible_character_is_kept_whole_or_left_out(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@given(st.text(), st.integers(1, 40))
def test_a_cut_text_is_never_too_long(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab <https://crm.example/1|山田>", "ab…"),
        ("abcdefgh &amp; more", "abcdefgh…"),
        ("<https://a.example|x> and more", "…"),
    ],
)
def test_a_link_or_an_escape_is_kept_whole_or_left_out(text: str, expected: str) -> None:
    assert cut_mrkdwn(text, 12) == expected
