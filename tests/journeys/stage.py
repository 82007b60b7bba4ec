"""The stage of every story: both stand-ins, the program between them, and what people do and see there."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import hashlib
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import make_url

from connector.sandbox.generator import generate
from connector.sandbox.people import demo_people
from connector.sandbox.state import Portal
from connector.sandbox.truth import truth
from jobs.commands import act, plan, show, waiting
from jobs.cycle import quiet, run_cycle
from jobs.sandbox import workspace_people
from jobs.settings import Environment, File, Settings
from jobs.undo import read_target
from jobs.wiring import Parts
from slack_app.sandbox.options import SandboxOptions as SlackOptions
from slack_app.sandbox.outgoing import FORM, signature
from slack_app.sandbox.server import running as running_slack
from tests.connector_sandbox.running import TOKEN, Crm, running_crm
from tests.journeys.kept import Kept, given_by
from tests.statements import share_statements

# The Tuesday after a holiday, when the morning's messages and the leak check are due.
MORNING = datetime.fromisoformat("2026-11-24T09:30:00+09:00")

LEAK_CHANNEL = "fs-leak-check"
# Where those are told something whom Slack does not know.
FALLBACK_CHANNEL = "sales-ops"


class Portals:
    """Makes the portal that the stand-in CRM fills itself with at its next reset."""

    def __init__(self) -> None:
        self.contacts, self.seed = 60, 1

    def __call__(self) -> Portal:
        return generate(self.contacts, self.seed)


@dataclasses.dataclass(frozen=True, slots=True)
class StandIns:
    """Both, as long as a test process lives."""

    portals: Portals
    crm: Crm
    slack: dict[str, Any]
    slack_control: httpx.Client
    kept: Kept


@contextlib.contextmanager
def running_stand_ins(portal: Callable[[], Portal] | None = None) -> Iterator[StandIns]:
    """With a portal of a story's own, or one that each story chooses the size of."""
    portals = Portals()
    options = SlackOptions(now=MORNING, people=workspace_people(), rate_scale=0.0)
    with (
        running_crm(portal_factory=portal or portals, truth=truth, now=MORNING) as crm,
        running_slack(dataclasses.replace(options, crm_url=crm.url)) as slack,
        httpx.Client(base_url=f"{slack['control_url']}/", trust_env=False, timeout=10) as control,
        tempfile.TemporaryDirectory(prefix="kept-") as kept,
    ):
        yield StandIns(portals, crm, slack, control, Kept(Path(kept)))


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """A message as people see it in Slack. `to` is an owner's id or a channel's name, `thread` the message it answers to."""

    to: str
    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    edits: int
    thread: str | None = None

    def shows(self, contact_id: str) -> bool:
        return f"contacts:{contact_id}:" in str(self.blocks)

    def asks_about(self, contact_id: str) -> bool:
        """It shows the contact, and not as settled."""
        prefix = f"contacts:{contact_id}:"
        return any(str(b.get("block_id", "")).startswith(prefix) and b["type"] != "context" for b in self.blocks)


class Stage:
    """One story's own portal, workspace and database."""

    def __init__(self, stand_ins: StandIns, database_url: str, folder: Path) -> None:
        self._portals, self.crm = stand_ins.portals, stand_ins.crm
        self._slack, self._control = stand_ins.slack, stand_ins.slack_control
        self._kept = stand_ins.kept
        self.database_url, self.folder = database_url, folder
        self._app_address = ""
        self.set(contacts=200, seed=1)
        file = self._file()
        if file and not file.exists():
            self._kept.fetch_empty(file)
        self.program = _program(self._settings(self.environment(database_url)))

    def without_slack(self) -> None:
        """Where a story is not about messages."""
        self._begins(self._settings(self.environment(self.database_url) | {"SLACK_BOT_TOKEN": None}))

    def starts_anew(self) -> None:
        """Another process of the program on the same database."""
        self._begins(self._settings(self.environment(self.database_url)))

    def by_socket_mode(self) -> Parts:
        """The same program with a token to connect to Slack."""
        self._begins(self._settings(self.environment(self.database_url, socket_mode=True)))
        return self.program

    def is_told(self, **sections: Any) -> None:
        """As an admin who changes these sections of the settings."""
        settings = self.program.settings
        file = File.model_validate(settings.file.model_dump() | sections)
        self._begins(dataclasses.replace(settings, file=file))

    def mirror_too(self, *object_types: str) -> None:
        """As an admin who names further types in the settings, whatever the rules need."""
        self.is_told(crm=self.program.settings.file.crm.model_dump() | {"properties": dict.fromkeys(object_types, ())})

    def _begins(self, settings: Settings) -> None:
        self.close()
        self.program = _program(settings)

    def set(self, contacts: int, seed: int) -> None:
        """Begin again with a portal of this size: records, workspace and clocks as on the first morning."""
        self._portals.contacts, self._portals.seed, self._moment = contacts, seed, MORNING
        self.crm.control("reset")
        self._tell_slack("app_url", url="")
        self._tell_slack("reset")

    def environment(self, database_url: str, *, socket_mode: bool = False) -> dict[str, str]:
        """What a process of the program needs to be told."""
        return ({"SLACK_APP_TOKEN": self._slack["app_token"]} if socket_mode else {}) | {
            "MIMAWARI_DATABASE_URL": database_url,
            "MIMAWARI_NOW": f"{self.crm.url}/_control/clock",
            "HUBSPOT_ACCESS_TOKEN": TOKEN,
            "HUBSPOT_BASE_URL": self.crm.url,
            "SLACK_BOT_TOKEN": self._slack["token"],
            "SLACK_SIGNING_SECRET": self._slack["signing_secret"],
            "SLACK_BASE_URL": self._slack["url"],
        }

    def _settings(self, told: Mapping[str, str | None]) -> Settings:
        values: dict[str, Any] = {name.lower(): text for name, text in told.items()}
        return Settings(File(), Environment(**values), self.folder)

    def close(self) -> None:
        self.program.engine.dispose()

    # Time

    def it_is(self, moment: datetime | str) -> None:
        """`"11-25 09:00"` is in Tokyo."""
        now = moment if isinstance(moment, datetime) else datetime.fromisoformat(f"2026-{moment}+09:00")
        self._moment = now
        self.crm.control("clock", now=now.isoformat())
        self._tell_slack("clock", now=now.isoformat())

    # The program

    def _file(self) -> Path | None:
        """Where the database lies; None where it is on a server."""
        address = make_url(self.database_url)
        return Path(address.database or "") if address.get_backend_name() == "sqlite" else None

    def make_first_round(self) -> dict[str, Any]:
        """As `make_round` where nothing has happened yet: two seconds, once for each test process."""
        given = (vars(self._portals), self._moment, *given_by(self.program.settings))
        return self.scene(hashlib.sha256(repr(given).encode()).hexdigest(), self.make_round)

    def scene(self, name: str, make: Callable[[], Any]) -> Any:
        """As `make` leaves everything, with what it answers: made once for each test process where the database is a file."""
        file = self._file()
        if file is None:
            return make()
        if not self._kept.has(name):
            self._kept.answers[name] = make()
            self.crm.control("keep", name=name)
            self._tell_slack("keep", name=name)
            self._kept.put(name, file)
        else:
            self.crm.control("reset", to=name)
            self._tell_slack("reset", to=name)
            self.close()
            self._kept.fetch(name, file)
            self.program = _program(self.program.settings)
        return copy.deepcopy(self._kept.answers[name])

    def make_round(self) -> dict[str, Any]:
        report = run_cycle(self.program)
        assert report.complete, report.problems
        assert report.document["examination"]["disagreements"] == 0
        return report.document

    def apply_plan(self) -> dict[str, Any]:
        answer = act.apply_plan(self.program, None, quiet)
        assert answer.exit_code == 0, answer.document
        return answer.document

    def undo(self, words: str) -> dict[str, Any]:
        return act.undo_target(self.program, read_target(self.program, words), quiet).document

    def plan(self) -> dict[str, Any]:
        return plan.plan(self.program).document

    def found(self) -> set[tuple[str, str]]:
        """(code, contact) of everything that is open."""
        return {(one["code"], one["id"]) for one in self.findings()}

    def findings(self, *codes: str, state: str | None = None) -> list[dict[str, Any]]:
        every = show.findings(self.program, None, state).document["findings"]
        return [one for one in every if not codes or one["code"] in codes]

    def members(self) -> dict[str, set[str]]:
        return {name: ids for name, ids in self._listed("members").items() if ids}

    def held(self) -> dict[str, set[str]]:
        return {name: ids for name, ids in self._listed("held").items() if ids}

    def _listed(self, what: str) -> dict[str, set[str]]:
        return {one["name"]: set(one[what]) for one in waiting.lists(self.program, None).document["lists"]}

    def audited(self, contact_id: str, action: str) -> list[dict[str, Any]]:
        entries = show.audit_trail(self.program, f"contacts:{contact_id}", None).document["entries"]
        return [one for one in entries if one["action"] == action]

    # The CRM

    def truth(self) -> Any:
        return self.crm.http.get("/_control/truth").json()

    def true_findings(self, codes: Collection[str]) -> set[tuple[str, str]]:
        return {(one["code"], one["id"]) for one in self.truth()["findings"] if one["code"] in codes}

    def contact(self, contact_id: str) -> dict[str, str]:
        return self.crm.properties("contacts", contact_id)

    def person_sets(self, contact_id: str, **properties: str) -> None:
        self.crm.control("records", op="update", object="contacts", id=contact_id, properties=properties)

    def open_deals(self) -> list[str]:
        deals = self.crm.state(object="deals")["objects"]["deals"]
        live = {i: one["properties"] for i, one in deals.items() if not one["archived"]}
        return [i for i, properties in live.items() if properties.get("hs_is_closed") != "true"]

    def loses_deal(self, deal_id: str) -> None:
        self.crm.control("records", op="update", object="deals", id=deal_id, properties={"dealstage": "closedlost"})

    def crm_lists(self) -> dict[str, set[str]]:
        """Static lists with members, by name. Two of one name are an error."""
        lists = [one for one in self.crm.state()["lists"].values() if one["members"]]
        assert all(one["processingType"] in {"MANUAL", "SNAPSHOT"} for one in lists), lists
        assert len({one["name"] for one in lists}) == len(lists), lists
        return {one["name"]: set(one["members"]) for one in lists}

    def crm_calls(self) -> int:
        """How many calls the CRM has seen so far."""
        return self.crm.http.get("/_control/requests", params={"since": 10**9}).json()["total"]

    def crm_writes(self) -> int:
        """How many of them changed something."""
        counts: dict[str, int] = self.crm.http.get("/_control/requests", params={"since": 10**9}).json()["counts"]
        reads = ("/search", "/batch/read")
        return sum(n for name, n in counts.items() if not name.startswith("GET ") and not name.endswith(reads))

    # Slack

    def _tell_slack(self, path: str, **body: Any) -> Any:
        answer = self._control.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def connect(self, app_address: str) -> None:
        self._app_address = app_address
        self._tell_slack("app_url", url=app_address)

    def recorded_command(self, owner_id: str, words: str) -> Callable[[], int]:
        """Sends one and the same signed request each time, and says how it was answered."""
        fields = {"command": "/lead", "text": words, "user_id": slack_id(owner_id), "team_id": "T1", "channel_id": "D1"}
        body = urlencode(fields | {"trigger_id": "7.7.recorded", "response_url": "http://127.0.0.1:9/"}).encode()
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": FORM,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self._slack["signing_secret"], stamp, body),
        }
        return lambda: httpx.post(self._app_address, content=body, headers=headers, trust_env=False).status_code

    def slack_calls(self) -> int:
        """How many calls Slack has seen so far."""
        return sum(self._control.get("requests", params={"limit": 1}).json()["methods"].values())

    def messages(self, to: str | None = None) -> list[Heard]:
        """Every message that the program has posted, oldest first; those of one owner or channel with `to`."""
        every = [_heard(one) for one in self._control.get("messages").json()["messages"] if one["from_app"]]
        return [one for one in every if to in {None, one.to}]

    def does(self, owner_id: str, kind: str, **more: Any) -> Any:
        """A person acts in Slack; tells what they see then."""
        return self._tell_slack("act", user=slack_id(owner_id), kind=kind, **more)

    def types(self, owner_id: str, words: str) -> Any:
        return self.does(owner_id, "command", command="/lead", text=words)

    def presses(self, owner_id: str, message: Heard, action: str, value: str, **more: Any) -> Any:
        place = {"channel": message.channel, "ts": message.ts}
        return self.does(owner_id, "click", **place, action_id=action, value=value, **more)

    def slack_sends_again(self) -> None:
        """The latest click or command a second time, word for word, as when its first answer was lost."""
        assert self._tell_slack("again")["ok"]

    def whispers(self, owner_id: str) -> list[dict[str, Any]]:
        """Answers that only this person sees, oldest first."""
        return self._control.get("ephemeral", params={"user": slack_id(owner_id)}).json()["messages"]

    def told_privately(self, owner_id: str) -> list[str]:
        return [one["text"] for one in self.whispers(owner_id)]

    def home(self, owner_id: str) -> list[dict[str, Any]]:
        """The blocks of this person's Home tab; none before it was drawn."""
        view = self._control.get("home", params={"user": slack_id(owner_id)}).json()["view"]
        return view["blocks"] if view else []

    def opens_home(self, owner_id: str) -> list[dict[str, Any]]:
        """The tab as it is drawn for this opening, not as it was drawn before."""
        drawn = self._drawn_homes()
        self.does(owner_id, "open_home")
        soon(lambda: self._drawn_homes() > drawn)
        return self.home(owner_id)

    def _drawn_homes(self) -> int:
        methods: dict[str, int] = self._control.get("requests", params={"limit": 1}).json()["methods"]
        return methods.get("views.publish", 0)

    def slack_page(self) -> str:
        """Where a browser finds the workspace."""
        return str(self._slack["page_url"])

    def in_slack(self, op: str, **what: Any) -> None:
        """Something happens to the workspace."""
        self._tell_slack("workspace", op=op, **what)

    def window(self, owner_id: str) -> Any:
        """The form on this person's screen, or None."""
        views = self._control.get("views", params={"user": slack_id(owner_id)}).json()["views"]
        return views[-1] if views else None


def _program(settings: Settings) -> Parts:
    """That waits for no limit, and finds compiled what any story's program asked before."""
    made = Parts(settings, pause=lambda _seconds: None)
    share_statements(made.engine)
    return made


def _heard(one: dict[str, Any]) -> Heard:
    to = one["dm_user"].removeprefix("U0") if "dm_user" in one else one["channel_name"]
    return Heard(to, one["channel"], one["ts"], one["text"], one["blocks"], len(one["edits"]), one["thread_ts"])


def slack_id(owner_id: str) -> str:
    return f"U0{owner_id}"


def people_of(team: str) -> list[str]:
    """The owner ids of a team's members whom Slack knows by the CRM's mail address."""
    return [
        p.owner_id
        for p in demo_people()
        if p.team == team and p.has_slack and p.slack_mail == p.mail and not p.archived
    ]


def soon(holds: Callable[[], Any]) -> Any:
    """What `holds` gives as soon as it is true: Slack's answers come after the click has been taken."""
    end = time.monotonic() + 30
    while not (found := holds()):
        assert time.monotonic() < end, "not within 30 seconds"
        time.sleep(0.02)
    return found
