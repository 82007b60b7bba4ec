"""A stand-in CRM in a thread, with a small portal made by hand, and what a test does to it."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine, QueuePool, create_engine

from connector.call_ledger import CallLedger
from connector.call_tables import metadata as call_tables
from connector.config import CrmConfig
from connector.hubspot import HubSpotGateway
from connector.lanes import Bucket
from connector.limits import CallLimits
from connector.mirror.tables import portal as portal_table
from connector.sandbox.definitions import pipelines, property_definitions
from connector.sandbox.paths import normalise
from connector.sandbox.server import SandboxOptions, build_app
from connector.sandbox.state import OBJECT_TYPES, HistoryEntry, Portal, StoredObject, StoredOwner, StoredTeam
from connector.versions import UNDATED, ApiVersions, dated_path
from tests.statements import share_statements

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TOKEN = "sandbox-crm-token"


@dataclasses.dataclass(frozen=True, slots=True)
class Crm:
    """A running stand-in and the way to its control paths."""

    url: str
    client: httpx.Client
    version: str = "2026-09"

    def gateway(self, **changes: Any) -> HubSpotGateway:
        """With a budget of its own, unless the `engine` of a shared one is named."""
        sleep = changes.pop("sleep", _short_sleep)
        token = SecretStr(changes.pop("token", TOKEN))
        engine = changes.pop("engine", None) or memory()
        versions = ApiVersions(engine, changes.pop("version", self.version))
        config = CrmConfig(access_token=token, base_url=self.url, **changes)
        return HubSpotGateway(config, limits_of(config, engine, sleep), versions, sleep)

    def control(self, path: str, **body: Any) -> Any:
        answer = self.client.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self) -> Any:
        return self.client.get("/_control/state").json()

    def record(self, op: str, object_type: str, record_id: str, **more: Any) -> Any:
        return self.control("records", op=op, object=object_type, id=record_id, **more)

    def fault(self, method: str, path: str, do: str, times: int = 1, **more: Any) -> None:
        self.control("faults", match={"method": method, "path": path}, do=do, times=times, **more)

    def path(self, undated: str) -> str:
        """An address in the version that is spoken here."""
        return undated if self.version == UNDATED else dated_path(undated, self.version)

    def requests(self) -> list[Any]:
        """With the path as v3 and v4 have it, whatever version the call was made in."""
        found: list[Any] = self.client.get("/_control/requests").json()["requests"]
        return [one | {"path": normalise(one["path"])[0]} for one in found]

    def forget_requests(self) -> None:
        self.client.delete("/_control/requests")


def limits_of(config: CrmConfig, engine: Engine, sleep: Callable[[float], None]) -> CallLimits:
    limits = {Bucket.CALLS: config.calls_per_10_s, Bucket.SEARCHES: config.searches_per_s}
    return CallLimits(CallLedger(engine, limits, config.reserve_per_10_s), sleep=sleep)


def memory() -> Engine:
    """A database for a call ledger and nothing else. Threads use its one connection in turn."""
    made = create_engine(
        "sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False}
    )
    share_statements(made)
    create_ledger(made)
    return made


def create_ledger(engine: Engine) -> None:
    call_tables.create_all(engine)
    portal_table.create(engine, checkfirst=True)


def _short_sleep(seconds: float) -> None:
    """Waiting for a limit is real; waiting for a broken server to recover need not be."""
    time.sleep(min(seconds, 0.05))


@contextlib.contextmanager
def running_crm(
    factory: Callable[[], Portal], limits: str = "off", around: Callable[[Any], Any] = lambda app: app
) -> Generator[Crm]:
    """`around` makes the application that is served from the stand-in's, as one that listens."""
    made = SandboxOptions(portal_factory=factory, truth=lambda _portal, _now: {}, now=NOW, limits=limits)
    listening = socket.create_server(("127.0.0.1", 0))
    # Inherited by what it accepts: without it every answer waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(
        uvicorn.Config(around(build_app(made)), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with httpx.Client(base_url=url, timeout=30) as client:
        yield Crm(url, client)
    server.should_exit = True
    thread.join(timeout=5)
    listening.close()


# Of each further kind: the first id, and the types of its links from and to contacts.
ACTIVITIES = {
    "calls": (300_801, 193, 194),
    "emails": (400_801, 197, 198),
    "notes": (500_801, 201, 202),
    "tasks": (600_801, 203, 204),
}


def make_portal(
    contacts: int = 12, companies: int = 4, deals: int = 5, meetings: int = 5, activities: int = 5
) -> Portal:
    """Contacts from id 501, companies from 301, deals from 100,701, meetings from 200,801, calls, emails, notes and
    tasks (`activities` of each) from 300,801, 400,801 and so on; each is linked with contact 501+i.
    """
    portal = Portal(
        portal_id=1234567,
        time_zone="Asia/Tokyo",
        objects={kind: {} for kind in OBJECT_TYPES},
        associations=set(),
        owners=make_owners(),
        lists={},
        pipelines=pipelines(),
        definitions=property_definitions(),
    )
    for number in range(companies):
        portal.objects["companies"][str(301 + number)] = make_object("companies", number, name=f"会社{number}")
    for number in range(contacts):
        portal.objects["contacts"][str(501 + number)] = make_contact(number)
        link(portal, ("contacts", 501 + number), ("companies", 301 + number % companies), (1, 2), (279, 280))
    for number in range(deals):
        values = {"dealname": f"案件{number}", "dealstage": "appointmentscheduled", "pipeline": "default"}
        portal.objects["deals"][str(100_701 + number)] = make_object("deals", number, **values, amount="1000")
        link(portal, ("contacts", 501 + number % contacts), ("deals", 100_701 + number), (4, 3))
    for number in range(meetings):
        start = (NOW - timedelta(days=number)).isoformat().replace("+00:00", "Z")
        meeting = make_object("meetings", number, hs_meeting_start_time=start, hs_timestamp=start)
        portal.objects["meetings"][str(200_801 + number)] = meeting
        link(portal, ("contacts", 501 + number % contacts), ("meetings", 200_801 + number), (199, 200))
    for kind, (first, there, back) in ACTIVITIES.items():
        for number in range(activities):
            portal.objects[kind][str(first + number)] = make_object(kind, number, hs_timestamp=iso(NOW))
            link(portal, ("contacts", 501 + number % contacts), (kind, first + number), (there, back))
    return portal


def link(portal: Portal, one: tuple[str, int], other: tuple[str, int], *types: tuple[int, int]) -> None:
    for there, back in types:
        portal.associations.add((one[0], str(one[1]), other[0], str(other[1]), there))
        portal.associations.add((other[0], str(other[1]), one[0], str(one[1]), back))


def make_contact(number: int) -> StoredObject:
    made = make_object(
        "contacts",
        number,
        email=f"person{number}@example.example",
        lastname=f"山田{number}",
        firstname="太郎",
        company=f"会社{number}",
        hs_lead_status="IN_PROGRESS",
        hubspot_owner_id="71",
        lead_score=str(number),
        inquiry_service="recruit_site;crm_setup",
    )
    made.history["hs_lead_status"] = [
        HistoryEntry("IN_PROGRESS", made.updated_at, "CRM_UI", "userId:9001", 9001),
        HistoryEntry("NEW", made.created_at, "FORM", None, None),
    ]
    return made


def make_object(object_type: str, number: int, **properties: str) -> StoredObject:
    created = NOW - timedelta(days=40, minutes=number)
    modified = NOW - timedelta(days=20, minutes=number)
    names = ("hs_createdate", "hs_lastmodifieddate")
    if object_type == "contacts":
        names = ("createdate", "lastmodifieddate")
    elif object_type in {"companies", "deals"}:
        names = ("createdate", "hs_lastmodifieddate")
    stamps = {names[0]: iso(created), names[1]: iso(modified)}
    return StoredObject({**properties, **stamps}, created, modified)


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def make_owners() -> dict[str, StoredOwner]:
    created = NOW - timedelta(days=400)
    people = {"71": ("是枝", False), "72": ("柊", False), "73": ("元", True)}
    return {
        key: StoredOwner(
            key,
            f"owner{key}@example.example",
            "花",
            family,
            9000 + int(key) - 70,
            [StoredTeam("1", "IS")],
            created,
            gone,
        )
        for key, (family, gone) in people.items()
    }
