"""A month on the stage: who works there, what lies open, and what was said, not said and edited, round after round."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import Connection, Row, select

from connector.sandbox.definitions import pipelines, property_definitions
from connector.sandbox.people import crm_owners, demo_people
from connector.sandbox.state import OBJECT_TYPES, Portal
from jobs.cycle import run_cycle
from jobs.database import snapshot
from jobs.ledger.tables import decisions, deliveries, delivery_findings, findings
from jobs.service import Service
from rules.load import LIBRARY
from slack_app.backend import Answer
from slack_app.home_view import Preferences
from tests.connector_sandbox.made_portal import MadePortal
from tests.journeys.stage import LEAK_CHANNEL, Heard, Stage, slack_id

TOKYO = ZoneInfo("Asia/Tokyo")
# Whose Slack says so; everybody else is in Tokyo.
ABROAD = {"東海林": ZoneInfo("Europe/London")}
OWNERS = {person.last_name: person.owner_id for person in demo_people()}
_NAMES = {owner_id: name for name, owner_id in OWNERS.items()}
# More than ten business days before the month, so that it begins with something to tell.
_OLD = "2026-10-30T10:00"
_CONTACTS = {"501": "相沢", "502": "馬場", "503": "千葉", "504": "土井", "505": "江口", "506": "藤井"}
_CLEAN = 14
# Firm's closed days of the month, besides Saturdays and Sundays: 勤労感謝の日, and a day of its own.
CLOSED = {date(2026, 11, 23), date(2026, 11, 27)}

_SATURDAY, _BEARABLE = 5, 6
_NOT_SENT = {"pending": "waits", "obsolete": "dropped"}

# One line of the month: when, who, what, about whom, why.
Line = tuple[str, str, str, str, str]


def month_portal() -> Portal:
    made = MadePortal(
        Portal(
            48210377,
            "Asia/Tokyo",
            {kind: {} for kind in OBJECT_TYPES},
            set(),
            crm_owners(demo_people()),
            {},
            pipelines(),
            property_definitions(),
        )
    )
    _contact(made, "501", "OPEN_DEAL", _OLD, "長谷川")
    _contact(made, "502", "OPEN_DEAL", _OLD, "東海林")
    _contact(made, "503", "OPEN_DEAL", _OLD, "久保田")
    _contact(made, "504", "NEW", "2026-11-18T10:00", "森下")
    _contact(made, "505", "ATTEMPTED_TO_CONTACT", "2026-11-10T10:00", "小鳥遊")
    _contact(made, "506", "OPEN_DEAL", "2026-11-18T10:00", "北条")
    for number in range(_CLEAN):
        made.contact("OPEN_DEAL", "2026-11-18T10:00", owner=OWNERS["長谷川"], record_id=str(600 + number))
        made.deal(str(600 + number), created="2026-11-18T10:00")
    return made.portal


def _contact(made: MadePortal, number: str, status: str, since: str, owner: str) -> None:
    made.contact(status, since, owner=OWNERS[owner], record_id=number, created=since, lastname=_CONTACTS[number])


class Month:
    """Makes rounds and acts, and writes down every line that follows."""

    def __init__(self, stage: Stage, slack_control: httpx.Client) -> None:
        self._stage, self._slack_control = stage, slack_control
        self.lines: list[Line] = []
        self._acts = 0
        self._slack_away = False
        self._quiet: dict[str, tuple[time, time]] = {}
        self._posted: Counter[tuple[str, date]] = Counter()
        self._told: dict[tuple[str, str], Heard] = {}
        self._states: dict[str, str] = {}
        self._decided = 0
        for name, zone in ABROAD.items():
            stage.in_slack("update_user", user=slack_id(OWNERS[name]), tz=zone.key)

    # What happens

    def at(
        self, moment: str, act: Callable[[], object] | None = None, words: tuple[str, str, str] = ("", "", "")
    ) -> None:
        """A round at this time of 2026 in Tokyo; or an act of somebody, in these words."""
        self._stage.it_is(moment)
        self._now = datetime.fromisoformat(f"2026-{moment}+09:00")
        self._when = f"{moment[:5]} {self._now:%a} {moment[6:]}"
        if act is None:
            run_cycle(self._stage.program)
        else:
            act()
            self._line(*words, "")
        self._note_messages()
        self._note_ledger()
        if act is None and not self._slack_away:
            self._each_matter_hangs_once()

    def rounds(self, day: str, *times: str) -> None:
        for one in times:
            self.at(f"{day} {one}")

    def in_slack(
        self, moment: str, who: str, what: str, about: str, act: Callable[[Service, Any, int, str], Answer]
    ) -> None:
        """Somebody acts on the matter of this contact."""
        service = Service(self._stage.program)
        self._acts += 1

        def acts() -> None:
            visitor = service.visitor(slack_id(OWNERS[who]))
            found = [
                one.finding_id for one in service.my_findings(visitor, "mine") if _CONTACTS[one.contact_id] == about
            ]
            answer = act(service, visitor, found[0], f"act {self._acts}")
            assert answer.ok, answer

        self.at(moment, acts, (who, what, about))

    def wants_quiet(self, moment: str, who: str, begins: str, ends: str) -> None:
        service = Service(self._stage.program)
        hours = Preferences(
            quiet_from=time.fromisoformat(begins), quiet_to=time.fromisoformat(ends), quiet_days=frozenset(range(5))
        )

        def act() -> None:
            assert service.prefer(service.visitor(slack_id(OWNERS[who])), hours, "preferences").ok
            self._quiet[who] = (time.fromisoformat(begins), time.fromisoformat(ends))

        self.at(moment, act, (who, f"wants quiet {begins}-{ends}", ""))

    def in_crm(self, moment: str, about: str, what: str, **values: str) -> None:
        """Somebody changes the contact by hand."""
        number = next(number for number, name in _CONTACTS.items() if name == about)
        self.at(moment, lambda: self._stage.person_sets(number, **values), ("CRM", what, about))

    def gets_a_deal(self, moment: str, about: str) -> None:
        number = next(number for number, name in _CONTACTS.items() if name == about)

        def act() -> None:
            crm = self._stage.crm
            deal = crm.create("deals", dealname="案件", dealstage="appointmentscheduled", pipeline="default")
            crm.link("deals", deal, "contacts", number)

        self.at(moment, act, ("CRM", "gets a deal", about))

    def applies_plan(self, moment: str, who: str) -> None:
        service = Service(self._stage.program)

        def act() -> None:
            visitor = service.visitor(slack_id(OWNERS[who]))
            plan = service.plan(visitor)
            assert plan is not None
            assert service.apply_plan(visitor, plan.newest, (), moment).ok

        self.at(moment, act, (who, "applies the plan", ""))

    def leaves(self, moment: str, who: str) -> None:
        def act() -> None:
            self._stage.crm.control("owners", id=OWNERS[who], archived=True)
            self._stage.in_slack("deactivate_user", user=slack_id(OWNERS[who]))

        self.at(moment, act, (who, "leaves", ""))

    def slack_is(self, moment: str, *, away: bool) -> None:
        """Away: every call is dropped from now on."""
        self._slack_away = away

        def act() -> None:
            dropped = {"do": "drop_before", "match": {"path": "/api/*"}, "times": 1_000_000}
            control = self._slack_control
            answer = control.post("faults", json=dropped) if away else control.delete("faults")
            assert answer.status_code == 200

        self.at(moment, act, ("Slack", "is away" if away else "is back", ""))

    # What comes of it

    def _line(self, who: str, what: str, about: str, why: str) -> None:
        self.lines.append((self._when, who, what, about, why))

    def _note_messages(self) -> None:
        for one in self._stage.messages():
            key, to = (one.channel, one.ts), _NAMES.get(one.to, f"#{one.to}")
            before = self._told.get(key)
            self._told[key] = one
            kind, about, why = self._said(one)
            if before is None:
                self._line(to, kind, about, why)
                self._posted_now(to)
            elif one.edits > before.edits:
                assert one.edits == before.edits + 1, "one round makes one edit of it"
                self._line(to, f"edit of {kind}", _shows(one), "")

    def _posted_now(self, to: str) -> None:
        """Nobody is disturbed at night, on a closed day, or more often than is bearable."""
        local = self._now.astimezone(ABROAD.get(to, TOKYO))
        assert local.weekday() < _SATURDAY, self.lines[-1]
        assert local.date() not in CLOSED, self.lines[-1]
        assert time(9) <= local.time() < time(18), self.lines[-1]
        begins, ends = self._quiet.get(to, (time(), time()))
        assert not begins <= local.time() < ends, self.lines[-1]
        self._posted[to, local.date()] += 1
        assert self._posted[to, local.date()] <= _BEARABLE, self.lines[-1]

    def _said(self, one: Heard) -> tuple[str, str, str]:
        """The kind of a message, whom it tells of, and why."""
        with snapshot(self._stage.program.engine) as connection:
            here = (deliveries.c.channel == one.channel, deliveries.c.ts == one.ts)
            row = connection.execute(select(deliveries).where(*here)).one()
            return (row.kind, *_told_of(connection, row))

    def _note_ledger(self) -> None:
        with snapshot(self._stage.program.engine) as connection:
            query = select(deliveries).order_by(deliveries.c.created_at, deliveries.c.conversation)
            for row in connection.execute(query):
                known, self._states[row.id] = self._states.get(row.id), row.state
                if row.state in _NOT_SENT and row.state != known:
                    about, why = _told_of(connection, row)
                    self._line(_who(row.conversation), _NOT_SENT[row.state], f"{row.kind}: {about}".strip(), why)
            query = select(decisions).where(decisions.c.id > self._decided, decisions.c.decision == "hold")
            held: dict[tuple[str, str], list[int]] = {}
            for row in connection.execute(query.order_by(decisions.c.id)):
                held.setdefault((row.conversation, row.reason), []).append(row.finding_id)
                self._decided = row.id
            for (conversation, reason), found in held.items():
                self._line(_who(conversation), "not told", _about(connection, found), reason)

    def _each_matter_hangs_once(self) -> None:
        """Whatever its owner was told of and is still open stands in one message to the owner, and in no two."""
        with snapshot(self._stage.program.engine) as connection:
            rests = findings.c.state.in_(["acknowledged", "snoozed"])
            told = (
                findings.c.open_key.is_not(None),
                findings.c.waits_since.is_not(None) | (findings.c.level > 0) | rests,
            )
            matters = {(row.owner_id, row.object_id) for row in connection.execute(select(findings).where(*told))}
        asked = Counter(
            (one.to, number)
            for one in self._told.values()
            for number in _CONTACTS
            if one.to in _NAMES
            if one.asks_about(number) and not self._is_to_a_manager(one)
        )
        assert asked == Counter(matters), self.lines[-1]
        checks = [one for one in self._told.values() if one.to == LEAK_CHANNEL and len(one.blocks) > 1]
        assert len(checks) <= 1, self.lines[-1]

    def _is_to_a_manager(self, one: Heard) -> bool:
        return self._said(one)[0] == "manager"


def _told_of(connection: Connection, row: Row[Any]) -> tuple[str, str]:
    query = select(delivery_findings.c.finding_id).where(delivery_findings.c.delivery_id == row.id)
    found = list(connection.execute(query.where(delivery_findings.c.due)).scalars())
    here = (decisions.c.conversation == row.conversation, decisions.c.at == row.created_at)
    sent = connection.execute(select(decisions).where(*here, decisions.c.decision == "send"))
    why: dict[str, list[int]] = {}
    for one in sent:
        why.setdefault(one.reason, []).append(one.finding_id)
    if len(why) < 2:  # otherwise each says for whom
        return _about(connection, found), next(iter(why), row.reason)
    return _about(connection, found), "; ".join(f"{reason}: {_about(connection, why[reason])}" for reason in why)


def _about(connection: Connection, finding_ids: list[int]) -> str:
    rows = connection.execute(select(findings).where(findings.c.id.in_(finding_ids)))
    return ", ".join(sorted(f"{_CONTACTS[row.object_id]} {row.code}" for row in rows))


def _who(conversation: str) -> str:
    kind, _, whom = conversation.partition(":")
    name = _NAMES.get(whom.rpartition(":")[2], whom)
    return name if kind in {"owner", "zero"} else f"{kind} {name}"


def _shows(message: Heard) -> str:
    """What a reader sees of each matter now; of a channel's list and of what waits for approval, how many there are."""
    if "確認待ち" in message.text:
        return "none waits"
    found = re.search(r"(\d+) 件", message.text)
    if found and "変更案" in message.text:
        return f"{found.group(1)} wait"
    if len(message.blocks) == 1:
        return "taken over"
    if message.to not in _NAMES:
        return f"{found.group(1)} open" if found else "none open"
    asks = [name for number, name in _CONTACTS.items() if message.asks_about(number)]
    settled = [name for number, name in _CONTACTS.items() if message.shows(number) and name not in asks]
    both = {"asks": asks, "settled": settled}
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in both.items() if names)


def read_script() -> list[Line]:
    """The lines of `month.md`, with the day of their heading."""
    lines: list[Line] = []
    day = ""
    for text in Path(__file__).with_suffix(".md").read_text(encoding="utf-8").splitlines():
        if text.startswith("## "):
            day = text.removeprefix("## ")
        elif day and text.startswith("| ") and not text.startswith("| when"):
            when, who, what, about, why = (cell.strip() for cell in text.strip("|").split("|"))
            lines.append((f"{day} {when}", who, what, about, why))
    return lines


def firms_own_rules(stage: Stage) -> None:
    """The shipped rules, and a day on which the firm is closed."""
    folder = stage.folder / "ours"
    shutil.copytree(LIBRARY, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    calendars = (folder / "calendars.yaml").read_text(encoding="utf-8")
    (folder / "calendars.yaml").write_text(calendars.replace("closed: []", "closed: [2026-11-27]"), encoding="utf-8")
    stage.is_told(service={"rules_folder": "ours"})
