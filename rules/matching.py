"""When two contacts are probably one person: the keys that they would share. Values are compared, never rewritten."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import re
import unicodedata
from collections.abc import Iterator

# Change it with anything that changes a key: all keys are then made anew.
RELEASE = 1

_ONE_CHARACTER = str.maketrans("髙﨑邉邊", "高崎辺辺")
_FORM = (
    "株式会社|有限会社|合同会社|合名会社|合資会社|医療法人|学校法人|一般社団法人|一般財団法人"
    r"|\((?:株|有|同|名|資|医|学)\)"
)
_LEGAL_FORMS = re.compile(f"^(?:{_FORM})+|(?:{_FORM})+$")
_MOBILE = ("070", "080", "090")
_NO_DIGIT = re.compile("[^0-9]")


class MatchKind(enum.Enum):
    """What two contacts have in common; the company always with one of the others."""

    MAIL = "mail"
    MOBILE = "mobile"
    NAME = "name"


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """What tells a person from others, as the CRM writes it."""

    email: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    phones: tuple[str | None, ...] = ()
    company: str | None = None


def match_keys(identity: Identity) -> dict[str, MatchKind]:
    """The kind of each key. What is missing matches nobody."""
    return {_hashed(kind, *parts): kind for kind, *parts in _parts(identity)}


def _parts(identity: Identity) -> Iterator[tuple[MatchKind, *tuple[str, ...]]]:
    mail = comparable_mail(identity.email)
    if mail:
        yield MatchKind.MAIL, mail
    company = comparable_company(identity.company)
    if not company:
        return
    for phone in identity.phones:
        mobile = comparable_mobile(phone)
        if mobile:
            yield MatchKind.MOBILE, company, mobile
    last, first = comparable_name(identity.last_name), comparable_name(identity.first_name)
    if last and first:
        yield MatchKind.NAME, company, last, first


def _hashed(kind: MatchKind, *parts: str) -> str:
    # No part holds a line break: all of them have lost their spaces, or come out of one mail address.
    return hashlib.blake2b("\n".join((kind.value, *parts)).encode(), digest_size=16).hexdigest()


def comparable_mail(text: str | None) -> str:
    return _plain(text).strip().lower()


def comparable_name(text: str | None) -> str:
    """Widths and variants of a character made alike, spaces dropped."""
    return "".join(_plain(text).split()).translate(_ONE_CHARACTER)


def comparable_company(text: str | None) -> str:
    """Without legal forms, on whichever end they stand."""
    return _LEGAL_FORMS.sub("", comparable_name(text))


def comparable_mobile(text: str | None) -> str:
    """Digits as dialled at home; nothing for land lines, which colleagues share."""
    plain = _plain(text).strip()
    digits = _NO_DIGIT.sub("", "0" + plain[3:] if plain.startswith("+81") else plain)
    return digits if digits.startswith(_MOBILE) else ""


def _plain(text: str | None) -> str:
    """NFKC also makes half-width katakana full, and ㈱ to (株)."""
    return unicodedata.normalize("NFKC", text or "")
