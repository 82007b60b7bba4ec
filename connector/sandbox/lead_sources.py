"""Deals out where the inquiries came from, in the shares of the table."""

from __future__ import annotations

import random

from connector.sandbox.cohorts import IMPORTED, PITCHES, Cohort

_SOURCES = {
    "web_form": 820,
    "material_request": 610,
    "seminar": 330,
    "exhibition": 250,
    "campaign_response": 190,
    "third_party": 80,
    "referral": 70,
    "import": 50,
}


def deal_sources(rng: random.Random, slots: list[tuple[Cohort, int]], contacts: int) -> list[str]:
    """The table's shares: imports only for imported contacts, exhibitions only where the inquiry's day is free."""
    counts = {source: round(count * contacts / 2400) for source, count in _SOURCES.items()}
    imported = [n for n, (cohort, _) in enumerate(slots) if cohort.name in IMPORTED]
    counts["import"] = len(imported)
    counts["web_form"] += contacts - sum(counts.values())
    found = dict.fromkeys(imported, "import")
    free = [n for n, (cohort, index) in enumerate(slots) if _may_come_from_exhibition(cohort, index)]
    found |= dict.fromkeys(rng.sample(free, min(counts["exhibition"], len(free))), "exhibition")
    # The counts go down as sources are dealt, so that the sums come out right.
    for source in found.values():
        counts[source] -= 1
    deck = [source for source, count in counts.items() for _ in range(count)]
    rng.shuffle(deck)
    deck.sort(key=lambda source: source in ("seminar", "third_party", "referral"))
    pitches = [n for n, (cohort, _) in enumerate(slots) if cohort.name in PITCHES and n not in found]
    found |= dict(zip(pitches, deck, strict=False))
    rest = deck[len(pitches) :]
    rng.shuffle(rest)
    others = [n for n in range(len(slots)) if n not in found]
    found |= dict(zip(others, rest, strict=False))
    return [found[n] for n in range(len(slots))]


def _may_come_from_exhibition(cohort: Cohort, index: int) -> bool:
    if cohort.name in (*IMPORTED, *PITCHES) or cohort.anchor != "first":
        return False
    return index >= len(cohort.borders) and cohort.name != "blank_cleared"
