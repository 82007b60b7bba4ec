"""The command `why`: why people were told of something, or were not."""

from __future__ import annotations

import dataclasses

from jobs.database import snapshot
from jobs.errors import SettingsWrong
from jobs.ledger import decisions
from jobs.output import Answer
from jobs.wiring import Parts


def why(parts: Parts, what: str) -> Answer:
    """Every decision about a finding (`17`, `#17`) or about all findings of a record (`contacts:501`), oldest first."""
    object_type, colon, number = what.removeprefix("#").rpartition(":")
    if not number.isdecimal():
        raise SettingsWrong(f"{what}: write a finding's number, such as 17, or a record, such as contacts:501.")
    with snapshot(parts.engine) as connection:
        if colon:
            found = decisions.reasons_for(connection, object_type, number)
        else:
            found = decisions.reasons_of(connection, int(number))
    zone = parts.rules().calendar.zone
    return Answer({"decisions": [{**dataclasses.asdict(one), "at": one.at.astimezone(zone)} for one in found]})
