"""What people do in a portal made by `make_portal`, as a seeded series of acts on every kind of record."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.connector.crm import Crm

_VALUES = {
    "contacts": "jobtitle",
    "companies": "name",
    "deals": "dealname",
    "meetings": "hs_meeting_title",
    "calls": "hs_call_title",
    "notes": "hs_note_body",
}


class People:
    """Each act moves the clock by a second, so that no two acts share a time."""

    def __init__(self, crm: Crm, seed: int) -> None:
        self._crm, self._chance = crm, random.Random(seed)
        state = crm.state()
        self._live = {
            kind: [i for i, one in records.items() if not one["archived"]] for kind, records in state["objects"].items()
        }
        self._archived: list[tuple[str, str]] = []
        self._lists = self._made_lists()

    def _made_lists(self) -> list[str]:
        gateway = self._crm.gateway()
        return [gateway.create_list(name).id for name in ("リサイクル", "アップセル")]

    def act(self, times: int, *acts: Callable[[People], None]) -> None:
        for number in range(times):
            self._crm.control("clock", advance_s=1)
            acts[number % len(acts)](self)

    def edit(self) -> None:
        kind = self._chance.choice(list(_VALUES))
        self._record("update", kind, self._one(kind), properties={_VALUES[kind]: f"値{self._chance.random()}"})

    def change_status(self) -> None:
        status = self._chance.choice(["OPEN_DEAL", "BAD_TIMING", "CONNECTED", "UNQUALIFIED"])
        self._record("update", "contacts", self._one("contacts"), properties={"hs_lead_status": status})

    def create(self) -> None:
        number = self._chance.randrange(10**9)
        linked = [{"to_object": "companies", "to_id": self._one("companies")}]
        properties = {"email": f"new{number}@firm.example", "lastname": "新人"}
        made = self._crm.control("records", op="create", object="contacts", properties=properties, associations=linked)
        self._live["contacts"].append(made["id"])

    def archive(self) -> None:
        kind = self._chance.choice(["contacts", "deals", "meetings", "calls", "companies"])
        if len(self._live[kind]) < 10:
            return
        self._leave(kind, record_id := self._one(kind))
        self._record("archive", kind, record_id)
        self._archived.append((kind, record_id))

    def restore(self) -> None:
        if self._archived:
            kind, record_id = self._archived.pop(0)
            self._record("restore", kind, record_id)
            self._live[kind].append(record_id)

    def erase(self) -> None:
        self._leave("contacts", record_id := self._one("contacts"))
        self._crm.control("erase", id=record_id)

    def erase_archived(self) -> None:
        mine = [one for one in self._archived if one[0] == "contacts"]
        if mine:
            self._archived.remove(mine[0])
            self._crm.control("erase", id=mine[0][1])

    def merge(self) -> None:
        kind = self._chance.choice(["contacts", "companies", "deals"])
        winner, loser = self._chance.sample(self._live[kind], 2)
        self._leave(kind, loser)
        self._record("merge", kind, winner, merge_id=loser)

    def merge_into_new(self) -> None:
        one, other = self._chance.sample(self._live["contacts"], 2)
        self._leave("contacts", one)
        self._leave("contacts", other)
        self._live["contacts"].append(self._record("merge", "contacts", one, merge_id=other, new_id=True)["id"])

    def link(self) -> None:
        kind = self._chance.choice(["deals", "meetings", "companies", "calls", "tasks"])
        self._record("associate", "contacts", self._one("contacts"), to_object=kind, to_id=self._one(kind), quiet=True)

    def unlink(self) -> None:
        state = self._crm.state()
        rows = [one for one in state["associations"] if one[0] == "contacts"]
        _, contact_id, kind, to_id, _ = self._chance.choice(rows)
        self._record("dissociate", "contacts", contact_id, to_object=kind, to_id=to_id, quiet=True)

    def edit_pipeline(self) -> None:
        self._crm.control("pipelines", stage="contractsent", set={"label": f"契約{self._chance.random()}"})

    def change_list(self) -> None:
        some = self._chance.sample(self._live["contacts"], 4)
        self._crm.gateway().change_members(self._chance.choice(self._lists), some[:3], some[3:])

    def bulk(self) -> None:
        self._crm.control("bulk", count=10**6, property="jobtitle", value="一括", same_millisecond=True)

    def _one(self, kind: str) -> str:
        return self._chance.choice(self._live[kind])

    def _leave(self, kind: str, record_id: str) -> None:
        self._live[kind].remove(record_id)

    def _record(self, op: str, kind: str, record_id: str, **more: Any) -> Any:
        return self._crm.record(op, kind, record_id, **more)


EDITS = (People.edit, People.change_status, People.create, People.edit)
MOVES = (
    People.merge,
    People.archive,
    People.link,
    People.erase,
    People.merge_into_new,
    People.unlink,
    People.archive,
    People.restore,
    People.change_list,
    People.erase_archived,
    People.edit_pipeline,
    People.change_status,
)
