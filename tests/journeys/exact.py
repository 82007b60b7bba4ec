"""A portal whose mirror must equal it: what people do there, rounds of reading, and the comparison of export and truth."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from jobs.commands.export import export
from jobs.cycle import quiet
from jobs.wiring import Parts
from tests.connector.crm import TOKEN, Crm
from tests.jobs.settings_builders import make_settings

# Types that no shipped rule needs are mirrored as well.
_SETTINGS = """
[crm.properties]
contacts = ["jobtitle", "num_associated_deals", "notes_last_contacted"]
deals = ["hs_is_closed", "hs_deal_stage_probability"]
tasks = []
"""


@dataclasses.dataclass(slots=True)
class Copy:
    """The stand-in CRM, and the program that mirrors it into one database."""

    crm: Crm
    parts: Parts

    def sync(self, *, full: bool = False) -> dict[str, Any]:
        return self.parts.sync(self.parts.clock(), full=full, progress=quiet)

    def environment(self) -> dict[str, str]:
        """What a process of the program needs to be told."""
        return {
            "MIMAWARI_DATABASE_URL": self.parts.settings.database_url,
            "MIMAWARI_NOW": f"{self.crm.url}/_control/clock",
            "HUBSPOT_ACCESS_TOKEN": TOKEN,
            "HUBSPOT_BASE_URL": self.crm.url,
        }

    def exported(self, *objects: str) -> Any:
        pieces: list[bytes] = []
        export(self.parts, objects, pieces.append)
        return orjson.loads(b"".join(pieces))

    def passes(self, **time: float) -> None:
        self.crm.control("clock", advance_s=sum(n * {"s": 1, "m": 60, "h": 3600}[unit] for unit, n in time.items()))

    def assert_equal(self) -> None:
        """Every record, property, association and list member; properties that are not mirrored are left out by name."""
        mirror, truth = self.exported(), self.crm.state()
        for kind, names in mirror["mirrored"].items():
            wanted = {i: _comparable(truth["objects"][kind], i, set(names)) for i in truth["objects"][kind]}
            found = {i: _comparable(mirror["objects"][kind], i, set(names)) for i in mirror["objects"][kind]}
            differing = sorted({i for i in {*wanted, *found} if wanted.get(i) != found.get(i)}, key=int)
            assert not differing, (kind, len(differing), [(i, wanted.get(i), found.get(i)) for i in differing[:3]])
        types = set(mirror["mirrored"])
        links = {tuple(row) for row in truth["associations"] if row[0] == "contacts" and row[2] in types}
        assert {tuple(row) for row in mirror["associations"]} == links
        assert mirror["lists"] == _static_lists(truth)


def _static_lists(truth: Any) -> dict[str, Any]:
    return {
        i: {"name": one["name"], "members": one["members"]}
        for i, one in truth["lists"].items()
        if one["processingType"] != "DYNAMIC" and one["objectTypeId"] == "0-1"
    }


def _comparable(records: Any, record_id: str, names: set[str]) -> Any:
    """What can be known: a record that was merged away cannot be read, nor the steps of a chain of merges."""
    one = records[record_id]
    if one["merged_into"] is not None:
        last = record_id
        while records[last]["merged_into"] is not None:
            last = records[last]["merged_into"]
        return "merged into", last
    values = {name: text for name, text in one["properties"].items() if name in names and text}
    return values, one["archived"], one["archivedAt"], one["createdAt"], one["updatedAt"]


@contextlib.contextmanager
def copied(crm: Crm, database_url: str, folder: Path) -> Iterator[Copy]:
    told = {
        "mimawari_database_url": database_url,
        "mimawari_now": f"{crm.url}/_control/clock",
        "hubspot_access_token": SecretStr(TOKEN),
        "hubspot_base_url": crm.url,
        "slack_bot_token": None,
    }
    made = Copy(crm, Parts(make_settings(folder, _SETTINGS, **told), pause=lambda _seconds: None))
    yield made
    made.parts.engine.dispose()
