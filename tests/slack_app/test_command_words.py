"""What people type after /lead."""

from __future__ import annotations

import pytest

from slack_app.command_words import Command, Split, UnknownCommand, read_command, read_scope, split_status

STATUSES = {"進行中": "IN_PROGRESS", "in progress": "IN_PROGRESS", "オープン取引": "OPEN_DEAL"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("list", Command("list")),
        ("  LIST   team ", Command("list", ("team",))),
        ("ｌｉｓｔ　ｔｅａｍ", Command("list", ("team",))),  # full width, full-width space
        ("一覧　チーム", Command("list", ("チーム",))),
        ("ﾘｽﾄ", Command("list")),  # half-width kana
        ("ack ＃１７", Command("ack", ("#17",))),
        ("", Command("help")),
        ("　", Command("help")),
        ("？", Command("help")),
        ("status 山田 太郎", Command("status", ("山田", "太郎"))),
        ("status 「山田 太郎」 進行中", Command("status", ("山田 太郎", "進行中"), quoted=True)),
        ('status "Taro Yamada" in progress', Command("status", ("Taro Yamada", "in", "progress"), quoted=True)),
        ("status “Taro Yamada”", Command("status", ("Taro Yamada",), quoted=True)),
        ("status <@U0TSUMUGI04|takahashi>", Command("status", ("takahashi",))),
        ("status <mailto:taro@minato.example|taro@minato.example>", Command("status", ("taro@minato.example",))),
        ("status R&amp;D &lt;b&gt;", Command("status", ("R&D", "<b>"))),
        ("status O'Brien", Command("status", ("O'Brien",))),
    ],
)
def test_a_command_is_read_in_every_width_and_script(typed: str, expected: Command) -> None:
    assert read_command(typed) == expected


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("lsit", "list"), ("stauts 山田", "status"), ("ステタス", "status"), ("hepl", "help"), ("zzz", None)],
)
def test_an_unknown_word_gets_the_nearest_command(typed: str, nearest: str | None) -> None:
    assert read_command(typed) == UnknownCommand(typed.partition(" ")[0], nearest)


@pytest.mark.parametrize(
    ("words", "scope"), [((), "mine"), (("team",), "team"), (("全員",), "team"), (("zzz",), "mine")]
)
def test_a_list_is_the_persons_own_unless_told_otherwise(words: tuple[str, ...], scope: str) -> None:
    assert read_scope(Command("list", words)) == scope


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("status 山田 太郎", Split("山田 太郎")),
        ("status 山田 太郎 進行中", Split("山田 太郎", "進行中")),
        ("status Taro Yamada In Progress", Split("Taro Yamada", "In Progress")),
        ("status 「山田 太郎」 しんこう", Split("山田 太郎", "しんこう")),  # quotes: what follows is meant as a status
        ("status 進行中", Split("進行中")),  # nothing before it: a name
    ],
)
def test_the_status_is_the_longest_ending_that_is_one(typed: str, expected: Split) -> None:
    command = read_command(typed)
    assert isinstance(command, Command)
    assert split_status(command, lambda words: STATUSES.get(words.casefold())) == expected
