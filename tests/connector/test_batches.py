from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.batches import send_around_refused
from connector.errors import CrmRefused
from connector.gateway import Refusal, Update


class Sender:
    """Refuses every batch that holds a bad record."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.calls = 0
        self.written: list[str] = []

    def __call__(self, updates: Sequence[Update]) -> Mapping[str, Refusal]:
        self.calls += 1
        if self.bad & {one.id for one in updates}:
            raise CrmRefused("no", 400)
        self.written += [one.id for one in updates]
        return {}


def make_updates(count: int) -> list[Update]:
    return [Update(str(number), {"lead_score": "1"}) for number in range(1, count + 1)]


def refused_of(updates: Sequence[Update], sender: Sender) -> Mapping[str, Refusal]:
    return send_around_refused(updates, lambda one: one.id, sender, str)


def test_a_bad_record_costs_its_neighbours_nothing() -> None:
    sender = Sender("37")
    refused = refused_of(make_updates(100), sender)
    assert refused == {"37": Refusal("no")}
    assert len(sender.written) == 99


def test_one_bad_record_in_a_hundred_is_found_in_fourteen_further_calls() -> None:
    for bad in ("1", "50", "51", "100"):
        sender = Sender(bad)
        refused_of(make_updates(100), sender)
        assert sender.calls <= 15


def test_several_bad_records_are_all_named() -> None:
    sender = Sender("1", "2", "99")
    assert sorted(refused_of(make_updates(100), sender)) == ["1", "2", "99"]
    assert len(sender.written) == 97


def test_nothing_to_send_sends_nothing() -> None:
    sender = Sender()
    assert refused_of([], sender) == {}
    assert sender.calls == 0
