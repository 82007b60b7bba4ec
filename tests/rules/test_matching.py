"""Which spellings mean the same person, and which do not."""

from __future__ import annotations

import pytest

from rules.matching import Identity, MatchKind, comparable_company, comparable_mobile, comparable_name, match_keys


def shared(one: Identity, other: Identity) -> set[MatchKind]:
    mine, theirs = match_keys(one), match_keys(other)
    return {mine[key] for key in mine.keys() & theirs.keys()}


@pytest.mark.parametrize(
    "spelling",
    [
        "株式会社アオバ",
        "㈱アオバ",
        "(株)アオバ",
        "（株）ｱｵﾊﾞ",
        "アオバ株式会社",
        "アオバ 有限会社",
        "株式会社 アオバ　㈲",
    ],
)
def test_a_company_is_the_same_with_any_legal_form_and_width(spelling: str) -> None:
    assert comparable_company(spelling) == "アオバ"


def test_a_legal_form_inside_the_name_stays() -> None:
    assert comparable_company("あおば株式会社みどり支店") == "あおば株式会社みどり支店"


def test_variants_of_a_character_are_one_name() -> None:
    assert comparable_name("髙﨑　ｱｷﾗ") == comparable_name("高崎アキラ")
    assert comparable_name("渡邊") == comparable_name("渡邉") == "渡辺"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("090-1234-5678", "09012345678"),
        ("０９０‐１２３４‐５６７８", "09012345678"),
        ("+81-90-1234-5678", "09012345678"),
        ("070 1234 5678", "07012345678"),
        ("080ー1234ー5678", "08012345678"),
        ("03-1234-5678", ""),  # a land line
        ("0120-123-456", ""),
        ("none", ""),
        (None, ""),
    ],
)
def test_only_mobile_numbers_tell_people_apart(typed: str | None, digits: str) -> None:
    assert comparable_mobile(typed) == digits


def test_one_mail_address_is_enough() -> None:
    assert shared(Identity(email="A.B@firm.example "), Identity(email="a.b@FIRM.example")) == {MatchKind.MAIL}


def test_a_number_or_a_name_only_counts_within_one_company() -> None:
    one = Identity(None, "髙橋", "ｱｷﾗ", ("090-1111-2222", None), "㈱あおば")
    same = Identity(None, "高橋", "アキラ", (None, "+819011112222"), "あおば")
    elsewhere = Identity(None, "高橋", "アキラ", ("09011112222",), "みどり")
    assert shared(one, same) == {MatchKind.MOBILE, MatchKind.NAME}
    assert shared(one, elsewhere) == set()


@pytest.mark.parametrize(
    "identity",
    [
        Identity(),
        Identity("", "", "", ("", None), ""),
        Identity(None, "山田", "太郎", ("09011112222",), None),
        Identity(None, "山田", "太郎", ("09011112222",), "株式会社"),  # no name beside the legal form
        Identity(None, "山田", None, ("03-1111-2222",), "あおば"),
    ],
)
def test_what_is_missing_matches_nobody(identity: Identity) -> None:
    assert match_keys(identity) == {}


def test_parts_do_not_run_into_one_another() -> None:
    assert shared(Identity(None, "ab", "c", (), "x"), Identity(None, "a", "bc", (), "x")) == set()
