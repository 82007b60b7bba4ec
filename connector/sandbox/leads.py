"""Plans every contact before it is written: its cohort's story, owner, source, services and what it wrote."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from connector.sandbox.cohort_sizes import cohorts_for, is_tiny, scale
from connector.sandbox.cohorts import IMPORTED, PITCHES, Cohort
from connector.sandbox.inquiry_texts import (
    genuine_text,
    other_text,
    pitch_text,
    polite_pitch_text,
    selling_customer_text,
)
from connector.sandbox.lead_sources import deal_sources
from connector.sandbox.people import Person
from connector.sandbox.story_times import Event, place
from connector.sandbox.work_times import START_CLOCK, at_any_hour, at_work, exhibition_time, inquiry_time, local
from connector.sandbox.working_days import TOKYO

_PARKED = ("ATTEMPTED_TO_CONTACT", "BAD_TIMING", "UNQUALIFIED")
_SERVICES = {"factory_navi": 38, "recruit_site": 18, "crm_setup": 20, "exhibition": 10, "web_report": 14}
_FIELD_OWNED = ("od_", "con_", "bt_met", "bt_lost", "bt_deal")
_SEVERAL_SERVICES = ("att_plain", "bt_is", "unq_no_fit", "od_deal", "bt_met", "prog_work", "od_won")
_IMPORT_DAY = "2025-10-06T13:00"


@dataclasses.dataclass(slots=True)
class Lead:
    """`inside` and `field` are the IS and the FS person who deal with it, `owner` the one in the CRM's field.

    `main` is set for a further person on a deal: the deal's main contact.
    """

    cohort: Cohort
    index: int
    source: str
    inside: Person
    field: Person
    owner: Person | None
    services: tuple[str, ...]
    kind: str
    text: str
    hard: bool = False
    second_cycle: bool = False
    reinquired: bool = False
    events: list[Event] = dataclasses.field(default_factory=list[Event])
    created_at: datetime = START_CLOCK
    inquired_at: datetime | None = None
    main: Lead | None = None
    id: str = ""

    @property
    def name(self) -> str:
        return self.cohort.name

    @property
    def service(self) -> str | None:
        return self.services[0] if self.services else None

    @property
    def since(self) -> datetime:
        steps = [event.at for event in self.events if event.kind.isupper()]
        return steps[-1] if steps else self.created_at

    def time_of(self, kind: str) -> datetime | None:
        """Of the last event of that kind."""
        return next((event.at for event in reversed(self.events) if event.kind == kind), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Staff:
    """The firm's people by what they do."""

    inside: list[Person]
    field: list[Person]
    reseller: Person
    left: Person
    telemarketing: Person
    marketers: list[Person]
    lead: Person

    def by_role(self, role: str, lead: Lead) -> Person:
        people = {"FS": lead.field, "Marketing": self.marketers[lead.index % 2], "Telemarketing": self.telemarketing}
        return people.get(role, lead.inside)


def staff_of(people: list[Person]) -> Staff:
    live = [person for person in people if not person.archived]
    return Staff(
        inside=[person for person in live if person.team == "IS"],
        field=[person for person in live if person.team == "FS" and not person.reseller],
        reseller=next(person for person in live if person.reseller),
        left=next(person for person in people if person.archived),
        telemarketing=next(person for person in live if person.team == "Telemarketing"),
        marketers=[person for person in live if person.team == "Marketing"],
        lead=next(person for person in live if person.team == "Manager"),
    )


def plan_leads(rng: random.Random, contacts: int, staff: Staff) -> list[Lead]:
    """In order of creation, with ids given in that order."""
    slots = [(cohort, index) for cohort in cohorts_for(contacts) for index in range(cohort.count)]
    sources = deal_sources(rng, slots, contacts)
    tiny = is_tiny(contacts)
    leads = [
        _plan(rng, cohort, index, source, staff, tiny=tiny)
        for (cohort, index), source in zip(slots, sources, strict=True)
    ]
    _give_several_services(rng, leads, scale(118, contacts))
    for number, hard in ((scale(18, contacts), "unq_pitch"), (scale(2, contacts), "new_touched")):
        _harden(rng, leads, hard, number, pitch=True)
    for number, hard in ((scale(14, contacts), "att_plain"), (scale(6, contacts), "bt_is")):
        _harden(rng, leads, hard, number, pitch=False)
    _join_deals(rng, leads)
    leads.sort(key=lambda lead: lead.created_at)
    for number, lead in enumerate(leads, start=501):
        lead.id = str(number)
    return leads


def _plan(rng: random.Random, cohort: Cohort, index: int, source: str, staff: Staff, *, tiny: bool) -> Lead:
    kind = _text_kind(rng, cohort)
    service = "factory_navi" if tiny else rng.choices(list(_SERVICES), list(_SERVICES.values()))[0]
    skipped = cohort.no_owner + cohort.left_owner
    without_service = skipped <= index < skipped + cohort.no_service
    sellers = [person for person in staff.field if service in person.services]
    lead = Lead(
        cohort=cohort,
        index=index,
        source=source,
        inside=rng.choice(staff.inside),
        field=staff.reseller if kind == "reseller" else rng.choice(sellers),
        owner=None,
        services=() if without_service else (service,),
        kind=kind,
        text=_text(rng, cohort, kind, service),
        second_cycle=index >= cohort.count - cohort.second,
        reinquired=cohort.count - cohort.second - cohort.reinquired <= index < cohort.count - cohort.second,
    )
    if cohort.name in ("bt_met_left", "bt_lost_left"):
        lead.field = staff.left
    lead.owner = _owner(lead, staff)
    _place_in_time(rng, lead)
    return lead


def _owner(lead: Lead, staff: Staff) -> Person | None:
    cohort, index = lead.cohort, lead.index
    if index < cohort.no_owner:
        return None
    if index < cohort.no_owner + cohort.left_owner:
        return staff.left
    if cohort.name == "od_not_fs":
        return staff.lead if index == 2 else lead.inside
    if cohort.name == "att_tm":
        return staff.telemarketing
    return lead.field if cohort.name.startswith(_FIELD_OWNED) else lead.inside


def _place_in_time(rng: random.Random, lead: Lead) -> None:
    cohort = lead.cohort
    if cohort.events:
        lead.events = place(rng, cohort, lead.index, second_cycle=lead.second_cycle, source=lead.source)
        lead.created_at = lead.events[0].at
    else:
        lead.created_at = _added_at(rng, lead)
    if cohort.name in IMPORTED or (cohort.name == "blank_manual" and rng.random() < 0.5):
        return
    lead.inquired_at = lead.created_at
    for before, event in zip(lead.events, lead.events[1:], strict=False):
        if before.kind in _PARKED and event.kind in ("NEW", "IN_PROGRESS"):
            asked = event.at - timedelta(minutes=rng.randrange(10, 20 * 60))
            lead.inquired_at = max(asked, before.at + timedelta(minutes=5))
    if lead.reinquired:
        earliest = lead.since + timedelta(hours=2)
        span = int((local("2026-11-21T20:00") - earliest).total_seconds())
        lead.inquired_at = earliest + timedelta(seconds=rng.randrange(max(span, 60)))


def _added_at(rng: random.Random, lead: Lead) -> datetime:
    """A contact whose status was never set: one import on one afternoon, the rest added by hand."""
    if lead.name == "blank_import":
        return local(_IMPORT_DAY) + timedelta(milliseconds=137 * lead.index)
    if lead.index < len(lead.cohort.borders):
        return local(lead.cohort.borders[lead.index])
    if lead.source == "exhibition":
        return exhibition_time(rng)
    found = inquiry_time(rng, local("2025-10-01").date(), local("2026-11-13").date())
    return at_work(rng, found.date()) if rng.random() < 0.8 else at_any_hour(rng, found.astimezone(TOKYO).date())


def _text_kind(rng: random.Random, cohort: Cohort) -> str:
    if cohort.name in PITCHES:
        return "pitch"
    if cohort.name == "unq_wrong_person":
        return rng.choice(("wrong_person", "student", "job_seeker"))
    if cohort.name == "unq_no_fit":
        return rng.choice(("no_fit", "no_fit", "reseller"))
    if cohort.name in IMPORTED:
        return "none"
    return "reseller" if rng.random() < 0.05 else "genuine"


def _text(rng: random.Random, cohort: Cohort, kind: str, service: str) -> str:
    if kind == "none" or (cohort.name == "blank_manual" and rng.random() < 0.7):
        return ""
    if kind == "genuine":
        return genuine_text(rng, service)
    return pitch_text(rng) if kind == "pitch" else other_text(rng, kind)


def _give_several_services(rng: random.Random, leads: list[Lead], number: int) -> None:
    able = [lead for lead in leads if lead.name in _SEVERAL_SERVICES and lead.services]
    for lead in rng.sample(able, min(number, len(able))):
        others = [service for service in _SERVICES if service != lead.service]
        lead.services += tuple(rng.sample(others, rng.choice((1, 1, 2))))


def _harden(rng: random.Random, leads: list[Lead], name: str, number: int, *, pitch: bool) -> None:
    """Texts whose score says the opposite of what they are."""
    able = [lead for lead in leads if lead.name == name]
    for lead in rng.sample(able, min(number, len(able))):
        lead.hard = True
        lead.kind = "pitch" if pitch else "genuine"
        lead.text = polite_pitch_text(rng) if pitch else selling_customer_text(rng)


def _join_deals(rng: random.Random, leads: list[Lead]) -> None:
    """Further people on a deal asked on the same days as the deal's main contact, shortly after."""
    for name in ("od_deal", "od_won"):
        mains = [lead for lead in leads if lead.name == name]
        for number, lead in enumerate(lead for lead in leads if lead.name == f"{name}_more"):
            main = mains[number % len(mains)]
            last_inquiry = max(place for place, event in enumerate(main.events) if event.kind == "NEW")
            late = timedelta(minutes=rng.randrange(8, 40))
            lead.main, lead.field, lead.owner, lead.services = main, main.field, main.field, main.services[:1]
            lead.events = [
                dataclasses.replace(event, at=event.at + late)
                for event in main.events[last_inquiry:]
                if event.kind in ("NEW", "IN_PROGRESS", "OPEN_DEAL")
            ]
            lead.created_at = lead.inquired_at = lead.events[0].at


def status_steps(lead: Lead, staff: Staff) -> Iterator[tuple[Event, Person | None]]:
    """The status events with who took them; nobody for the inflow."""
    previous = ""
    for number, event in enumerate(event for event in lead.events if event.kind.isupper()):
        if number == 0:
            yield event, None
        elif event.role:
            yield event, staff.by_role(event.role, lead)
        else:
            by_field = event.kind == "CONNECTED" or (event.kind == "BAD_TIMING" and previous == "OPEN_DEAL")
            yield event, lead.field if by_field else lead.inside
        previous = event.kind
