"""A stand-in CRM in a thread with a portal of a few records, and the real client that talks to it."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import urllib3
import uvicorn
from hubspot import HubSpot  # pyright: ignore[reportMissingTypeStubs]
from hubspot.discovery.discovery_base import DiscoveryBase  # pyright: ignore[reportMissingTypeStubs]

from connector.sandbox.definitions import pipelines, property_definitions
from connector.sandbox.server import SandboxOptions, build_app, listen, server_config
from connector.sandbox.state import OBJECT_TYPES, Portal, StoredObject, StoredOwner, StoredTeam

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
TOKEN = "sandbox-crm-token"


def make_portal() -> Portal:
    """Contacts 501 to 503, company 301, deal 701, two owners (71 live, 72 archived); nothing is linked."""
    made = Portal(4567, "Asia/Tokyo", {}, set(), _owners(), {}, pipelines(), property_definitions())
    made.objects = {kind: {} for kind in OBJECT_TYPES}
    for number, name in ((501, "佐藤"), (502, "鈴木"), (503, "髙橋")):
        values = {"email": f"p{number}@firm.example", "lastname": name, "hs_lead_status": "NEW"}
        made.objects["contacts"][str(number)] = StoredObject(values, BEFORE, BEFORE)
    made.objects["companies"]["301"] = StoredObject({"name": "株式会社みほん"}, BEFORE, BEFORE)
    deal = {"dealname": "案件", "dealstage": "appointmentscheduled", "pipeline": "default", "amount": "900000"}
    made.objects["deals"]["701"] = StoredObject(deal, BEFORE, BEFORE)
    return made


def _owners() -> dict[str, StoredOwner]:
    teams = [StoredTeam("1", "FS")]
    live = StoredOwner("71", "fs@firm.example", "花子", "田中", 9071, teams, BEFORE)
    gone = StoredOwner("72", "old@firm.example", "一郎", "山本", 9072, teams, BEFORE, archived=True)
    return {"71": live, "72": gone}


@dataclasses.dataclass(frozen=True, slots=True)
class Crm:
    """`http` carries the token; `hubspot` is the vendor's client without its own retries."""

    url: str
    http: httpx.Client
    hubspot: Any

    def control(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self, **part: Any) -> Any:
        return self.http.get("/_control/state", params=part).json()

    def properties(self, kind: str, record_id: str) -> dict[str, str]:
        part = self.state(object=kind, from_id=record_id, limit=1)
        found: dict[str, str] = part["objects"][kind][record_id]["properties"]
        return found

    def api(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.http.request(method, path, json=body) if body is not None else self.http.request(method, path)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def search(self, kind: str, *filters: dict[str, Any], **more: Any) -> Any:
        return self.api("POST", f"/crm/v3/objects/{kind}/search", {"filterGroups": [{"filters": filters}], **more})

    def create(self, kind: str, **properties: str) -> str:
        made = self.api("POST", f"/crm/v3/objects/{kind}", {"properties": properties}, status=201)
        return str(made["id"])

    def link(self, kind: str, record_id: str, to_kind: str, to_id: str) -> None:
        self.api("PUT", f"/crm/v4/objects/{kind}/{record_id}/associations/default/{to_kind}/{to_id}")


@contextlib.contextmanager
def running_crm(**options: Any) -> Iterator[Crm]:
    made = SandboxOptions(**{"portal_factory": make_portal, "truth": _truth, "now": NOW, "limits": "off"} | options)
    listening = listen(0)
    server = uvicorn.Server(server_config(build_app(made)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    retries = urllib3.Retry(0, respect_retry_after_header=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=url, timeout=10, headers=headers) as http, urllib3.PoolManager(retries=retries) as pool:
        yield Crm(url, http, _hubspot(url, pool))
    server.should_exit = True
    thread.join(timeout=10)


def _truth(portal: Portal, now: datetime) -> dict[str, object]:
    return {"now": now.isoformat(), "contacts": len(portal.objects["contacts"])}


def _hubspot(url: str, pool: urllib3.PoolManager) -> Any:
    def factory(package: Any, name: str, config: Any) -> Any:
        made: Any = DiscoveryBase._default_api_factory(package, name, config)
        made.api_client.rest_client.pool_manager = pool
        return made

    return HubSpot(access_token=TOKEN, host=url, base_url=url, api_factory=factory)
