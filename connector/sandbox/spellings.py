"""The many ways in which one name, company, number, prefecture or size gets typed."""

from __future__ import annotations

import random
import unicodedata

_VARIANTS = str.maketrans("高崎辺髙﨑邊邉", "髙﨑邊高崎辺辺")
_FULL = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー"
)
_HALF = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ"
_TO_HALF = str.maketrans(_FULL + "\u3099\u309a", _HALF + "ﾞﾟ")
_WIDE_DIGITS = str.maketrans("0123456789-", "０１２３４５６７８９－")
_SHORT_FORMS = {"株式会社": ("(株)", "㈱"), "有限会社": ("(有)", "㈲")}
_ROMAJI = {"東京都": "Tokyo", "大阪府": "Osaka", "愛知県": "Aichi", "神奈川県": "kanagawa", "北海道": "Hokkaido"}


def other_characters(name: str) -> str:
    """高 for 髙 and so on; a name without such a character comes back as it was."""
    return name.translate(_VARIANTS)


def spaced(name: str) -> str:
    return f"{name[0]}　{name[1:]}" if len(name) > 1 else f"{name} "


def half_width(text: str) -> str:
    """Katakana in half width, voiced signs as characters of their own; everything else unchanged."""
    found: list[str] = []
    for character in text:
        decomposed = unicodedata.normalize("NFD", character)
        found.append(decomposed.translate(_TO_HALF) if "ァ" <= character <= "ー" else character)
    return "".join(found)


def company_spelling(rng: random.Random, form: str, base: str, *, form_first: bool) -> str:
    short = rng.choice(_SHORT_FORMS.get(form, (form,)))
    name = half_width(base) if rng.random() < 0.5 else base
    gap = rng.choice(("", " "))
    return f"{short}{gap}{name}" if form_first else f"{name}{gap}{short}"


def phone_spelling(rng: random.Random, phone: str) -> str:
    digits = phone.replace("-", "")
    forms = (
        digits,
        f"+81-{phone[1:]}",
        phone.translate(_WIDE_DIGITS),
        phone.replace("-", " "),
        phone.replace("-", "‐"),
    )
    return rng.choice(forms)


def prefecture_spelling(rng: random.Random, prefecture: str, city: str) -> str:
    forms = [prefecture if prefecture == "北海道" else prefecture[:-1], prefecture + city]
    if prefecture in _ROMAJI:
        forms.append(_ROMAJI[prefecture])
    return rng.choice([form for form in forms if form != prefecture] or [prefecture + city])


def wide_digits(address: str) -> str:
    return address.translate(_WIDE_DIGITS)


def band_spelling(rng: random.Random, band: str, employees: int) -> str:
    return rng.choice((band.replace("-", "～"), band.replace("名", "人"), str(employees)))
