"""A portal's file: parts that do not get into each other's way, and a clear word about files that are no such thing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox.generator import generate
from connector.sandbox.links import Links
from connector.sandbox.moments import epoch_ms
from connector.sandbox.portal_file import PortalFile, PortalFileWrong, Window
from connector.sandbox.portal_writer import make_portal_file, write_portal_file
from connector.sandbox.shelf import Shelf
from connector.sandbox.state import OBJECT_TYPES, Portal
from tests.connector.crm import make_portal


@pytest.fixture(scope="module")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalFile]:
    path = tmp_path_factory.mktemp("portal") / "three.portal"
    make_portal_file(path, 301, 1, lambda _done: None, largest_part=101)
    with contextlib.closing(PortalFile(path)) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.portal"
    make_portal_file(path, 60, 1, lambda _done: None)
    return path


def test_parts_add_up(in_parts: PortalFile) -> None:
    assert in_parts.size("contacts").live == 301
    for kind in OBJECT_TYPES:
        numbers = [number for number, _ in in_parts.records(kind, 0)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert (len(numbers), numbers[-1]) == (in_parts.size(kind).records, in_parts.size(kind).highest)


def test_no_address_and_no_domain_is_there_twice(in_parts: PortalFile) -> None:
    for kind, name in (("contacts", "email"), ("companies", "name")):
        records = [record.properties for _, record in in_parts.records(kind, 0)]
        assert len({one[name] for one in records if name == "email"}) in (0, len(records))
    # A respelled company shares the domain with the one that it stands for, in the same part.
    alone = {record.properties["domain"] for record in generate(101, 1).objects["companies"].values()}
    others = {record.properties["domain"] for record in generate(100, 2).objects["companies"].values()}
    all_of_them = {record.properties["domain"] for _, record in in_parts.records("companies", 0)}
    assert alone <= all_of_them
    assert {f"{one.removesuffix('.example')}-2.example" for one in others} <= all_of_them


def test_records_of_a_part_name_and_hold_each_other(in_parts: PortalFile) -> None:
    contacts = Shelf("contacts", {}, in_parts)
    merged = {str(number): one.merged_into for number, one in contacts.from_id(0) if one.merged_into}
    assert len(merged) == 3
    for loser, survivor in merged.items():
        assert contacts[survivor].properties["hs_merged_object_ids"] == loser
    for number, record in contacts.from_id(0):
        assert record.properties["hs_object_id"] == str(number)
        if not record.archived:
            assert in_parts.holder("contacts", "email", record.properties["email"]) == str(number)


def test_links_lead_both_ways_to_records_that_are_there(in_parts: PortalFile) -> None:
    links = Links(set(), in_parts)
    rows = [row for kind in OBJECT_TYPES for row in links.rows_from(kind)]
    assert len(rows) > 1000
    ways = {(row[:2], row[2:4]) for row in rows}
    assert {(there, back) for back, there in ways} == ways
    assert all(in_parts.place(row[0], row[1]) for row in rows)
    deals = {row[1] for row in rows if row[0] == "contacts" and row[2] == "deals"}
    counted = {
        str(number)
        for number, one in in_parts.records("contacts", 0)
        if one.properties.get("num_associated_deals") == "1"
    }
    assert deals == counted


def test_a_window_of_many_is_counted_on_from_page_to_page(tmp_path: Path) -> None:
    path = tmp_path / "many.portal"
    portal = make_portal(contacts=12_000)
    write_portal_file(path, [portal])
    times = {
        int(one): epoch_ms(record.properties["lastmodifieddate"]) for one, record in portal.objects["contacts"].items()
    }
    latest = sorted(time for time in times.values() if time)[11_000]
    with contextlib.closing(PortalFile(path)) as opened:
        for lowest, highest in ((0, 10**9), (700, 10**9), (5_000, 10**9), (600, 10**9), (700, 9_000), (9_500, 9_000)):
            found = opened.count("contacts", Window(lowest, highest, latest=latest))
            assert found == sum(lowest <= one <= highest and (time or 0) <= latest for one, time in times.items())


def test_what_is_cut_off_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[Portal]:
        yield generate(60, 1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_portal_file(tmp_path / "big.portal", broken())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PortalFileWrong, match=r"nowhere/big\.portal cannot be written"):
        make_portal_file(tmp_path / "nowhere" / "big.portal", 60, 1, lambda _done: None)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8192])


def _another_database(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE contacts (id)")


def _another_format(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")


def _overwritten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + b"x" * (path.stat().st_size - 100))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "cannot be read: No such file or directory"),
        (lambda path: path.write_text("id,email\n"), "is no portal's file"),
        (lambda path: path.write_bytes(b""), "is no portal's file"),
        (_another_database, "is a database, but holds no portal"),
        (_another_format, "was made by another version of this program; make it anew"),
        (_cut, "is damaged: it is not as long as it says"),
        (_overwritten, "is damaged: "),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(small: Path, spoil: object, said: str) -> None:
    assert callable(spoil)
    spoil(small)
    with pytest.raises(PortalFileWrong, match=said):
        PortalFile(small)
