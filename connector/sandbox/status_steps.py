"""Which step from one lead status to another exists, and who may take it."""

from __future__ import annotations

from connector.sandbox.facts import PARKED, WORK, Facts, World

_IS, _FS, _MANAGER, _TM = "IS", "FS", "Manager", "Telemarketing"

# Steps that are not here do not exist. `""` stands for blank, OPEN and unknown values.
ALLOWED: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "NEW"): (_IS,),
    ("NEW", "IN_PROGRESS"): (_IS, _TM),
    ("NEW", "ATTEMPTED_TO_CONTACT"): (_IS, _TM),
    ("NEW", "UNQUALIFIED"): (_IS,),
    ("NEW", "BAD_TIMING"): (_IS, _TM),
    ("NEW", "OPEN_DEAL"): (_IS, _FS),
    ("NEW", "CONNECTED"): (_FS,),
    ("IN_PROGRESS", "ATTEMPTED_TO_CONTACT"): (_IS, _TM),
    ("IN_PROGRESS", "UNQUALIFIED"): (_IS,),
    ("IN_PROGRESS", "BAD_TIMING"): (_IS, _FS, _TM),
    ("IN_PROGRESS", "OPEN_DEAL"): (_IS, _FS),
    ("IN_PROGRESS", "CONNECTED"): (_FS,),
    ("ATTEMPTED_TO_CONTACT", "NEW"): (_IS,),
    ("ATTEMPTED_TO_CONTACT", "IN_PROGRESS"): (_IS, _TM),
    ("ATTEMPTED_TO_CONTACT", "UNQUALIFIED"): (_IS,),
    ("ATTEMPTED_TO_CONTACT", "BAD_TIMING"): (_IS, _FS, _TM),
    ("UNQUALIFIED", "NEW"): (_IS,),
    ("BAD_TIMING", "NEW"): (_IS,),
    ("BAD_TIMING", "IN_PROGRESS"): (_IS, _TM),
    ("OPEN_DEAL", "IN_PROGRESS"): (_IS, _FS),
    ("OPEN_DEAL", "BAD_TIMING"): (_FS,),
    ("OPEN_DEAL", "CONNECTED"): (_FS,),
    ("CONNECTED", "UNQUALIFIED"): (_MANAGER,),
    ("CONNECTED", "BAD_TIMING"): (_FS,),
    ("CONNECTED", "OPEN_DEAL"): (_FS,),
}


def step_code(world: World, facts: Facts) -> str | None:
    """H13 for a latest step that does not exist, H11 for one taken by the wrong role; a first entry is inflow."""
    if len(facts.steps) < 2:
        return None
    before, latest = facts.steps[-2:]
    allowed = ALLOWED.get((_reads_as(before.value), latest.value))
    if allowed is None:
        return "H13"
    roles = world.owners.of_user(latest.updated_by_user_id)
    if roles is None or roles & {_MANAGER, "Ops"}:
        return None
    # Telemarketing works only what is assigned to it.
    if _TM not in world.owners.of(facts.owner):
        roles -= {_TM}
    return None if roles & set(allowed) else "H11"


def _reads_as(status: str) -> str:
    return status if status in PARKED | WORK else ""
