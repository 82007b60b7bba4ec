"""Which contacts are probably one person: equal mail, or equal company with an equal mobile number or name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from connector.sandbox.facts import World
from connector.sandbox.reading import instant, value
from connector.sandbox.state import StoredObject

_VARIANTS = str.maketrans("髙﨑邉邊", "高崎辺辺")
_FORM = "株式会社|有限会社|合同会社|合名会社|合資会社|医療法人|学校法人|一般社団法人|一般財団法人|\\((?:株|有|同|名|資|医|学)\\)"
_LEGAL_FORMS = re.compile(f"^(?:{_FORM})+|(?:{_FORM})+$")
_MOBILE = ("070", "080", "090")


def duplicate_pairs(world: World) -> list[tuple[str, str]]:
    """(older, younger), once for each younger contact, with the oldest that it equals."""
    age = {key: _age(key, record) for key, record in world.contacts.items()}
    oldest: dict[tuple[str, ...], str] = {}
    keys = {key: list(_person_keys(world, key, record)) for key, record in world.contacts.items()}
    by_age = sorted(age, key=age.__getitem__)
    for contact_id in by_age:
        for person in keys[contact_id]:
            oldest.setdefault(person, contact_id)
    pairs: list[tuple[str, str]] = []
    for contact_id in by_age:
        equals = min((oldest[person] for person in keys[contact_id]), key=age.__getitem__, default=contact_id)
        if equals != contact_id:
            pairs.append((equals, contact_id))
    return sorted(pairs, key=lambda pair: (int(pair[0]), int(pair[1])))


def _age(contact_id: str, record: StoredObject) -> tuple[bool, float, int]:
    created_at = instant(record, "createdate")
    return created_at is None, created_at.timestamp() if created_at else 0.0, int(contact_id)


def _person_keys(world: World, contact_id: str, record: StoredObject) -> Iterator[tuple[str, ...]]:
    mail = comparable_mail(value(record, "email"))
    if mail:
        yield "mail", mail
    company = comparable_company(_company_name(world, contact_id, record))
    if not company:
        return
    for mobile in {comparable_mobile(value(record, name)) for name in ("phone", "mobilephone")}:
        if mobile:
            yield "mobile", company, mobile
    last, first = (comparable_name(value(record, name)) for name in ("lastname", "firstname"))
    if last and first:
        yield "name", company, last, first


def _company_name(world: World, contact_id: str, record: StoredObject) -> str | None:
    """Of the primary company, else of the linked one with the smallest id, else as typed on the contact."""
    companies = world.records["companies"]
    primary = [key for key in world.links.primary_companies.get(contact_id, ()) if key in companies]
    linked = primary or [key for key, _ in world.linked(contact_id, "companies")]
    if linked:
        return value(companies[min(linked, key=int)], "name")
    return value(record, "company")


def comparable_mail(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").strip().lower()


def comparable_name(text: str | None) -> str:
    """Width and variant characters made alike, spaces dropped. A key only, never stored."""
    return "".join(unicodedata.normalize("NFKC", text or "").split()).translate(_VARIANTS)


def comparable_company(text: str | None) -> str:
    return _LEGAL_FORMS.sub("", comparable_name(text))


def comparable_mobile(text: str | None) -> str:
    """Digits with +81 as 0; "" for a land line, which colleagues share."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if plain.startswith("+81"):
        plain = "0" + plain[3:]
    digits = re.sub("[^0-9]", "", plain)
    return digits if digits.startswith(_MOBILE) else ""
