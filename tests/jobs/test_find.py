"""What people look up: only what they look at is put into words."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.acts.find import Lines
from slack_app.blocks.answers import finding_page
from slack_app.blocks.home import home
from slack_app.texts.catalogue import catalogue
from slack_app.views import FindingLine
from tests.slack_app.builders import make_home, make_line


class Read:
    """Thousands of findings, and which of them were put into words."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.lines = Lines(range(5_800), self.read)

    def read(self, ids: Sequence[int]) -> list[FindingLine]:
        self.asked += ids
        return [make_line(one) for one in ids]


def test_a_page_of_a_long_list_reads_what_it_shows() -> None:
    read = Read()
    said = finding_page(read.lines, "mine", 20, catalogue("en"))
    assert read.asked == list(range(20, 30))
    assert "5800" in said.text


def test_home_reads_what_it_shows_of_what_waits() -> None:
    read = Read()
    drawn = home(make_home(waiting=read.lines), catalogue("en"))
    assert read.asked == list(range(20))
    assert "5800" in str(drawn)


def test_one_alone_and_all_together_come_in_order() -> None:
    read = Read()
    assert read.lines[7].finding_id == 7
    assert [line.finding_id for line in read.lines] == list(range(5_800))
