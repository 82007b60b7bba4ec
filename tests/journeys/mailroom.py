"""The outbox with everything real about it, and matters made up: the way of messages from their decision into Slack."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import Engine

from connector.mirror.tables import MirrorSchema
from jobs.deliver import Desk, Sent, deliver
from jobs.messages import Scribe
from jobs.people import Absences, SlackDirectory
from jobs.readers import Readers
from jobs.remind import remind
from jobs.reminder_policy import Moment, Policy, Urgency
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import People, Person
from slack_app.config import SlackConfig
from slack_app.sandbox.options import SandboxOptions
from slack_app.sandbox.people import Channel
from slack_app.sandbox.people import Person as SlackPerson
from slack_app.web_courier import WebCourier
from tests.jobs.ledger_builders import TOKYO, at, see
from tests.jobs.reminding import CALENDAR, HOURS

LEAKS = "leaks"
MORNING = at("11-24 09:30")
_RULE = "l1-meeting-without-outcome"
_FIRST = 1000
_LONGEST_ROUND_S = 120


def office(owners: int) -> SandboxOptions:
    """A workspace of that many people, with one channel."""
    people = tuple(SlackPerson(f"U0OFFICE{n:04d}", f"営業 {n}", f"p{n}", _mail(n)) for n in range(owners))
    return SandboxOptions(now=MORNING, people=people, channels=(Channel("C0LEAKS0001", LEAKS),), rate_scale=0.0)


def _mail(number: int) -> str:
    return f"p{number}@firm.example"


@dataclasses.dataclass(frozen=True, slots=True)
class Hung:
    """A message as it hangs in Slack."""

    text: str
    blocks: list[dict[str, Any]]
    edits: int

    def asks_about(self) -> set[str]:
        """The contacts that it shows in full, and not as settled."""
        shown = [str(block.get("block_id", "")) for block in self.blocks if block["type"] == "section"]
        return {one.split(":")[1] for one in shown if one.startswith("contacts:")}


class Mailroom:
    """Matter n is a leak of owner n modulo the number of owners. Between two rounds lie five minutes for everybody."""

    def __init__(
        self,
        engine: Engine,
        slack: Mapping[str, Any],
        owners: int,
        courier: type[WebCourier] = WebCourier,
        patience_s: float = 10,
    ) -> None:
        self._engine, self.slack, self.owners = engine, slack, owners
        self._control = httpx.Client(base_url=f"{slack['control_url']}/", trust_env=False, timeout=30)
        self._elapsed = 0.0
        config = SlackConfig(slack["token"], slack["signing_secret"], slack["url"], leak_channel=LEAKS)
        self.courier = courier(config, lambda: self._elapsed, lambda _seconds: None, timeout_s=patience_s)
        loaded = load(LIBRARY, None, FieldMap.of({}))
        assert loaded.rule_set is not None
        people = People(
            tuple(Person(str(n), f"営業 {n}", _mail(n), None, True, frozenset({"FS"})) for n in range(owners))
        )
        moment = Moment(MORNING, Policy(HOURS, CALENDAR))
        scribe = Scribe(engine, loaded.rule_set, people, MirrorSchema.of({}), "https://crm.example", moment, {})
        directory = SlackDirectory(engine, self.courier, {}, lambda: people, "ja", Absences(TOKYO))
        self._people = people
        self._desk = Desk(
            self.courier,
            scribe.prepare,
            lambda row: scribe.reader(row, directory, MORNING),
            lambda row: scribe.target(row, directory, self.courier, config, MORNING),
            lambda _seconds: None,
        )

    @property
    def database_url(self) -> str:
        return self._engine.url.render_as_string(hide_password=False)

    def close(self) -> None:
        self._control.close()

    def opens(self, matters: Collection[int], now: datetime = MORNING) -> None:
        """These are open now, and no others; what is to be told of them is decided."""
        receivers: dict[str, str | None] = {str(_FIRST + n): str(n % self.owners) for n in matters}
        see(self._engine, receivers, now, rule=_RULE)
        rules = {_RULE: Urgency(0, leak=True, silent=False)}
        remind(self._engine, rules, Readers(Moment(now, Policy(HOURS, CALENDAR))), self._people)

    def round(self) -> Sent:
        """One round's way to Slack. The next begins after everything that Slack was asked has been done."""
        sent = deliver(self._engine, self._desk, MORNING, Readers(Moment(MORNING, Policy(HOURS, CALENDAR))))
        self._elapsed += 300
        end = time.monotonic() + _LONGEST_ROUND_S
        while any("status" not in one for one in self._delayed()):
            assert time.monotonic() < end, "Slack never came to an end"
        return sent

    def _delayed(self) -> list[dict[str, Any]]:
        return [one for one in self._requests(50)["requests"] if one.get("fault") == "delay"]

    def _requests(self, newest: int) -> dict[str, Any]:
        return self._control.get("requests", params={"limit": newest}).json()

    def rounds(self) -> int:
        """Until one has nothing left to do; how many there were."""
        for number in range(1, 1_000):
            if self.round() == Sent():
                return number
        raise AssertionError("it never came to rest")

    # The other side

    def goes_wrong(self, do: str, method: str, times: int = 1, **more: Any) -> None:
        order = {"match": {"method": method}, "do": do, "times": times, **more}
        assert self._control.post("faults", json=order).json()["ok"]

    def calls(self, method: str) -> int:
        """How often Slack was asked this so far."""
        return self._requests(1)["methods"].get(method, 0)

    def went_wrong(self) -> int:
        """How many calls did."""
        return sum("fault" in one for one in self._requests(20_000)["requests"])

    def hangs(self) -> dict[str, list[Hung]]:
        """All messages in Slack: by the owner's number, or by the channel's name."""
        found: dict[str, list[Hung]] = {}
        for one in self._control.get("messages").json()["messages"]:
            to = str(int(one["dm_user"].removeprefix("U0OFFICE"))) if "dm_user" in one else one["channel_name"]
            found.setdefault(to, []).append(Hung(one["text"], one["blocks"], len(one["edits"])))
        return found


def of_owner(number: int, owners: int, matters: Collection[int]) -> set[str]:
    """The contacts whose matters are this owner's."""
    return {str(_FIRST + n) for n in matters if n % owners == number}
