"""Who the contacts are: people, the companies they work for, colleagues on one deal, and persons planted twice."""

from __future__ import annotations

import dataclasses
import random

from connector.sandbox.cohort_sizes import scale
from connector.sandbox.cohorts import PITCHES
from connector.sandbox.company_pool import Company, CompanyMaker
from connector.sandbox.leads import Lead
from connector.sandbox.name_pool import NamePart, first_names, last_names
from connector.sandbox.same_person import comparable_name
from connector.sandbox.spellings import company_spelling, other_characters, phone_spelling, spaced

_DEPARTMENTS = (
    "営業企画部",
    "製造部 第二課",
    "総務部",
    "情報システム室",
    "経営企画室",
    "人事部",
    "広報課",
    "購買課",
    "",
)
_TITLES = ("部長", "課長", "主任", "代表取締役", "ご担当者様", "係長", "取締役", "マネージャー", "")
_TWINNED = ("att_plain", "bt_is", "bt_met", "unq_no_fit", "unq_wrong_person", "blank_manual", "new_touched")
_SELLERS_WITHOUT_RECORD = 0.3
_OTHERS_WITHOUT_RECORD = 0.06


@dataclasses.dataclass(slots=True)
class Identity:
    """`company_key` is the key of the linked company record; without one only `company_text` names the company."""

    last: NamePart
    first: NamePart
    mail: str
    phone: str
    mobile: str
    department: str
    title: str
    company: Company
    company_text: str
    company_key: int | None


@dataclasses.dataclass(slots=True)
class Directory:
    """People by contact id; company records by key, with the name as that record spells it; older contacts first."""

    people: dict[str, Identity]
    companies: list[tuple[str, Company]]
    twins: list[tuple[str, str]]
    near_misses: list[tuple[str, str]]


def give_identities(rng: random.Random, leads: list[Lead], contacts: int) -> Directory:
    maker = _PersonMaker(rng, last_names(), first_names())
    twins = _pairs(rng, leads, scale(74, contacts), taken=set())
    near = _pairs(rng, leads, scale(6, contacts), taken={lead_id for pair in twins for lead_id in pair})
    further = [lead for lead in leads if lead.main is not None]
    followers = {younger for _, younger in twins + near} | {lead.id for lead in further}
    respelled = min(scale(20, contacts), len(twins))
    directory = Directory({}, [], twins, near)
    records = round(contacts * 1480 / 2400) - respelled
    _settle(rng, [lead for lead in leads if lead.id not in followers], records, directory, maker)
    for lead in further:
        assert lead.main is not None
        colleague = directory.people[lead.main.id]
        directory.people[lead.id] = maker.person(colleague.company, colleague.company_key)
    for older, younger in near:
        first = directory.people[older]
        second = maker.person(first.company, first.company_key, family=first.last)
        first.phone = second.phone = first.company.phone
        directory.people[younger] = second
    for number, (older, younger) in enumerate(twins):
        twin = _twin(rng, maker, directory.people[older], number)
        if number < respelled:
            company = twin.company
            name = company_spelling(rng, company.form, company.base, form_first=company.form_first)
            twin.company_key, twin.company_text = len(directory.companies), name
            directory.companies.append((name, company))
        directory.people[younger] = twin
    return directory


def _pairs(rng: random.Random, leads: list[Lead], number: int, taken: set[str]) -> list[tuple[str, str]]:
    """Disjoint pairs of contacts; the one created first comes first."""
    able = [lead for lead in leads if lead.name in _TWINNED and lead.id not in taken]
    chosen = rng.sample(able, min(number, len(able) // 2) * 2)
    pairs = zip(chosen[::2], chosen[1::2], strict=True)
    return [
        (one.id, two.id) if (one.created_at, int(one.id)) < (two.created_at, int(two.id)) else (two.id, one.id)
        for one, two in pairs
    ]


def _settle(rng: random.Random, leads: list[Lead], records: int, directory: Directory, maker: _PersonMaker) -> None:
    """Sellers come from companies of their own; the others share the rest of the records, each used at least once."""
    companies = CompanyMaker(rng)
    linked: list[Lead] = []
    for lead in leads:
        seller = lead.name in PITCHES
        if rng.random() < (_SELLERS_WITHOUT_RECORD if seller else _OTHERS_WITHOUT_RECORD):
            directory.people[lead.id] = maker.person(companies.make(seller=seller), None)
        elif seller:
            _found(companies.make(seller=True), lead, directory, maker)
        else:
            linked.append(lead)
    fresh = max(1, min(records - len(directory.companies), len(linked)))
    rng.shuffle(linked)
    first_shared = len(directory.companies)
    for lead in linked[:fresh]:
        _found(companies.make(), lead, directory, maker)
    for lead in linked[fresh:]:
        key = rng.randrange(first_shared, len(directory.companies))
        directory.people[lead.id] = maker.person(directory.companies[key][1], key)


def _found(company: Company, lead: Lead, directory: Directory, maker: _PersonMaker) -> None:
    directory.companies.append((company.name, company))
    directory.people[lead.id] = maker.person(company, len(directory.companies) - 1)


def _twin(rng: random.Random, maker: _PersonMaker, original: Identity, number: int) -> Identity:
    """The same person with a new mail, typed in another way."""
    company = original.company
    twin = dataclasses.replace(
        original,
        mail=maker.unique_mail(f"{original.first.romaji}.{original.last.romaji}", f"mail-{company.domain}"),
        title=rng.choice(_TITLES),
        department=rng.choice(_DEPARTMENTS),
        mobile="",
    )
    form = number % 4
    if form == 0:
        twin.last = dataclasses.replace(twin.last, written=other_characters(twin.last.written))
        twin.phone = phone_spelling(rng, company.phone)
    elif form == 1:
        twin.company_key = None
        twin.company_text = company_spelling(rng, company.form, company.base, form_first=company.form_first)
    elif form == 2:
        original.mobile = original.mobile or maker.mobile()
        twin.mobile = phone_spelling(rng, original.mobile)
        twin.first = dataclasses.replace(twin.first, written=twin.first.kana)
    else:
        twin.last = dataclasses.replace(twin.last, written=spaced(twin.last.written))
    return twin


@dataclasses.dataclass(slots=True)
class _PersonMaker:
    """No two people of one company share a name, no two people a mail."""

    rng: random.Random
    families: list[NamePart]
    givens: list[NamePart]
    _names: set[tuple[str, str, str]] = dataclasses.field(default_factory=set[tuple[str, str, str]])
    _mails: set[str] = dataclasses.field(default_factory=set[str])
    _mobiles: int = 0

    def person(self, company: Company, key: int | None, family: NamePart | None = None) -> Identity:
        rng = self.rng
        while True:
            last, first = family or rng.choice(self.families), rng.choice(self.givens)
            name = (company.base, comparable_name(last.written), comparable_name(first.written))
            if name not in self._names:
                break
        self._names.add(name)
        return Identity(
            last=last,
            first=first,
            mail=self.unique_mail(_local_part(rng, last, first), company.domain),
            phone=company.phone if rng.random() < 0.75 else "",
            mobile=self.mobile() if rng.random() < 0.45 else "",
            department=rng.choice(_DEPARTMENTS),
            title=rng.choice(_TITLES),
            company=company,
            company_text=company.name,
            company_key=key,
        )

    def unique_mail(self, local_part: str, domain: str) -> str:
        mail, number = f"{local_part}@{domain}", 2
        while mail in self._mails:
            mail, number = f"{local_part}{number}@{domain}", number + 1
        self._mails.add(mail)
        return mail

    def mobile(self) -> str:
        """Exchange 0000 is in no use. As 7919 and 30000 share no factor, a number returns only after 30,000 others."""
        self._mobiles += 1
        number = self._mobiles * 7919 % 30000
        return f"0{7 + number // 10000}0-0000-{number % 10000:04d}"


def _local_part(rng: random.Random, last: NamePart, first: NamePart) -> str:
    forms = (
        f"{last.romaji}.{first.romaji}",
        f"{first.romaji[0]}-{last.romaji}",
        last.romaji,
        f"{first.romaji}_{last.romaji}",
    )
    return rng.choice(forms)
