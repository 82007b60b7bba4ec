"""How many contacts live which story: the planned groups of the default portal of 2,400, and of a clean one of 60.

A story is a row of events. A status in capitals is a step of the lead status (`STATUS:role` when somebody else than
the usual role takes it, `BLANK` when it is cleared); the other words are a meeting held, ahead or cancelled, and a
deal opened, won or lost.
"""

from __future__ import annotations

import dataclasses

IMPORTED = ("open_import", "blank_import")
PITCHES = ("new_pitch", "unq_pitch", "unq_pitch_answered")

_LONG_AGO = ("2025-10-01", "2026-11-10")


@dataclasses.dataclass(frozen=True, slots=True)
class Cohort:
    """`anchor` is the event whose date is drawn from `window` (local dates, both included); the others follow from it.

    "first" anchors the inquiry, along the seasons; any other anchor is the last event of that name. `borders` are
    local times given to the first members' anchors. `activity` says what happened since the last step: "none",
    "touched" (right after it), "awake" (in the last five business days), "asleep" (before them).
    `second` members had an earlier cycle, `reinquired` ones asked again after their present status was set.
    """

    name: str
    count: int
    events: tuple[str, ...]
    anchor: str = "first"
    window: tuple[str, str] = _LONG_AGO
    borders: tuple[str, ...] = ()
    activity: str = "none"
    second: int = 0
    reinquired: int = 0
    no_owner: int = 0
    left_owner: int = 0
    no_service: int = 0
    latest: str = "2026-11-20"


_WORKED = ("NEW", "IN_PROGRESS")
_HANDED_OVER = (*_WORKED, "OPEN_DEAL")
_MET = (*_HANDED_OVER, "meeting")
_DEAL = (*_MET, "deal")

_NEW = (
    Cohort(
        "new_late",
        9,
        ("NEW",),
        anchor="NEW",
        window=("2026-10-28", "2026-11-18"),
        borders=("2026-11-18T23:50", "2026-11-18T10:20", "2026-11-17T16:05"),
        second=2,
        no_owner=2,
    ),
    Cohort(
        "new_pitch",
        11,
        ("NEW",),
        anchor="NEW",
        window=("2026-11-19", "2026-11-21"),
        borders=("2026-11-19T09:12", "2026-11-22T10:40"),
        no_owner=1,
    ),
    Cohort(
        "new_with_deal",
        1,
        (*_DEAL, "BAD_TIMING", "NEW"),
        anchor="NEW",
        window=("2026-11-10", "2026-11-18"),
        borders=("2026-11-18T11:30",),
    ),
    Cohort(
        "new_by_fs",
        4,
        (*_WORKED, "ATTEMPTED_TO_CONTACT", "NEW:FS"),
        anchor="NEW:FS",
        window=("2026-11-02", "2026-11-18"),
        activity="touched",
    ),
    Cohort("new_revived", 3, ("NEW",), "NEW", ("2026-11-04", "2026-11-18"), activity="touched", second=3),
    Cohort(
        "new_young",
        6,
        ("NEW",),
        anchor="NEW",
        window=("2026-11-19", "2026-11-21"),
        borders=("2026-11-19T00:10", "2026-11-20T00:05", "2026-11-20T15:45"),
        no_owner=2,
    ),
    Cohort("new_touched", 4, ("NEW",), "NEW", ("2026-11-02", "2026-11-18"), activity="touched"),
)

_OPEN = (Cohort("open_import", 12, ("OPEN",), no_owner=7, no_service=2, borders=("2026-11-16T17:50",)),)

_IN_PROGRESS = (
    Cohort(
        "prog_stalled",
        17,
        _WORKED,
        anchor="IN_PROGRESS",
        window=("2026-10-05", "2026-11-12"),
        borders=("2026-11-12T17:30", "2026-11-11T10:00", "2026-11-12T09:40"),
        activity="asleep",
    ),
    Cohort(
        "prog_meeting",
        6,
        (*_WORKED, "ahead"),
        anchor="IN_PROGRESS",
        window=("2026-11-05", "2026-11-17"),
        borders=("2026-11-18T15:10",),
    ),
    Cohort(
        "prog_deal",
        4,
        (*_DEAL, "IN_PROGRESS"),
        anchor="IN_PROGRESS",
        window=("2026-10-01", "2026-11-17"),
        borders=("2026-11-18T16:20",),
    ),
    Cohort(
        "prog_cancelled",
        3,
        (*_HANDED_OVER, "cancelled", "IN_PROGRESS"),
        anchor="IN_PROGRESS",
        window=("2026-11-02", "2026-11-19"),
        activity="awake",
    ),
    Cohort(
        "prog_after_unqualified",
        2,
        ("NEW", "UNQUALIFIED", "IN_PROGRESS"),
        anchor="IN_PROGRESS",
        window=("2026-11-05", "2026-11-19"),
        activity="awake",
    ),
    Cohort(
        "prog_work",
        64,
        _WORKED,
        anchor="IN_PROGRESS",
        window=("2026-10-20", "2026-11-20"),
        borders=("2026-11-05T10:00", "2026-11-06T14:00", "2026-11-09T11:00", "2026-11-13T13:15", "2026-11-16T09:30"),
        activity="awake",
        second=12,
        no_owner=3,
        left_owner=4,
    ),
)

_ATTEMPTED = (
    Cohort(
        "att_deal",
        2,
        (*_DEAL, "IN_PROGRESS", "ATTEMPTED_TO_CONTACT"),
        anchor="ATTEMPTED_TO_CONTACT",
        window=("2026-09-01", "2026-11-17"),
        borders=("2026-11-18T10:10",),
    ),
    Cohort("att_cancelled", 2, (*_HANDED_OVER, "cancelled", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT")),
    Cohort("att_from_open_deal", 1, (*_HANDED_OVER, "cancelled", "ATTEMPTED_TO_CONTACT")),
    Cohort("att_by_tm", 2, (*_WORKED, "ATTEMPTED_TO_CONTACT:Telemarketing")),
    Cohort("att_tm", 25, ("NEW", "IN_PROGRESS:Telemarketing", "ATTEMPTED_TO_CONTACT:Telemarketing")),
    Cohort("att_left", 6, (*_WORKED, "ATTEMPTED_TO_CONTACT"), left_owner=6),
    Cohort(
        "att_plain",
        682,
        (*_WORKED, "ATTEMPTED_TO_CONTACT"),
        second=34,
        reinquired=13,
        no_owner=10,
        no_service=14,
    ),
)

_CONNECTED = (
    Cohort(
        "con_asleep",
        7,
        (*_WORKED, "CONNECTED"),
        anchor="CONNECTED",
        window=("2026-09-20", "2026-11-12"),
        borders=("2026-11-12T18:10", "2026-11-10T11:00"),
        activity="asleep",
    ),
    Cohort(
        "con_awake",
        51,
        (*_WORKED, "CONNECTED"),
        anchor="CONNECTED",
        window=("2026-10-01", "2026-11-20"),
        borders=("2026-11-04T10:30", "2026-11-05T15:00", "2026-11-06T11:20", "2026-11-13T09:20", "2026-11-16T17:40"),
        activity="awake",
        second=3,
    ),
)

_OPEN_DEAL = (
    Cohort(
        "od_ahead",
        18,
        (*_HANDED_OVER, "ahead"),
        anchor="OPEN_DEAL",
        window=("2026-11-02", "2026-11-20"),
        second=2,
        reinquired=1,
    ),
    Cohort(
        "od_grace_due_next",
        3,
        _MET,
        anchor="meeting",
        window=("2026-11-18", "2026-11-18"),
        borders=("2026-11-18T08:40",),
    ),
    Cohort(
        "od_grace",
        8,
        _MET,
        "meeting",
        ("2026-11-19", "2026-11-20"),
        ("2026-11-20T16:00", "2026-11-19T17:00", "2026-11-19T10:00"),
    ),
    Cohort(
        "od_late",
        23,
        _MET,
        anchor="meeting",
        window=("2026-10-13", "2026-11-17"),
        borders=("2026-11-17T17:00", "2026-11-17T08:40", "2026-11-16T15:00"),
        reinquired=1,
    ),
    Cohort("od_nothing", 4, _HANDED_OVER, "OPEN_DEAL", ("2026-09-15", "2026-11-04"), ("2026-11-05T17:45",)),
    Cohort("od_cancelled", 5, (*_HANDED_OVER, "cancelled"), "OPEN_DEAL", ("2026-09-15", "2026-10-28")),
    Cohort("od_deal", 47, _DEAL, "deal", ("2026-05-07", "2026-11-20"), second=5, reinquired=4),
    Cohort("od_deal_more", 21, _HANDED_OVER, "OPEN_DEAL", ("2026-06-01", "2026-11-13")),
    Cohort("od_won", 52, (*_DEAL, "won"), second=3, reinquired=2),
    Cohort("od_won_more", 10, _HANDED_OVER, "OPEN_DEAL", ("2026-01-15", "2026-10-30")),
    Cohort(
        "od_lost",
        14,
        (*_DEAL, "lost"),
        anchor="lost",
        window=("2026-09-10", "2026-11-13"),
        borders=("2026-11-16T17:20", "2026-11-13T10:00"),
    ),
    Cohort("od_nobody", 1, (*_HANDED_OVER, "ahead"), "OPEN_DEAL", ("2026-11-02", "2026-11-20"), no_owner=1),
    Cohort("od_left", 1, (*_HANDED_OVER, "ahead"), "OPEN_DEAL", ("2026-11-02", "2026-11-20"), left_owner=1),
    Cohort("od_not_fs", 3, (*_HANDED_OVER, "ahead"), "OPEN_DEAL", ("2026-11-02", "2026-11-20")),
)

_BAD_TIMING = (
    Cohort("bt_met", 108, (*_MET, "BAD_TIMING")),
    Cohort("bt_met_left", 6, (*_MET, "BAD_TIMING"), left_owner=6, latest="2026-08-28"),
    Cohort("bt_lost", 86, (*_DEAL, "lost", "BAD_TIMING")),
    Cohort("bt_lost_left", 4, (*_DEAL, "lost", "BAD_TIMING"), left_owner=4, latest="2026-08-28"),
    Cohort("bt_deal", 4, (*_DEAL, "BAD_TIMING"), "BAD_TIMING", ("2026-09-01", "2026-11-19"), ("2026-11-20T17:55",)),
    Cohort(
        "bt_unproven",
        19,
        (*_WORKED, "BAD_TIMING"),
        anchor="BAD_TIMING",
        window=("2026-03-02", "2026-11-17"),
        borders=("2026-11-18T18:05", "2026-11-17T10:30"),
        second=3,
    ),
    Cohort(
        "bt_unproven_young",
        4,
        (*_WORKED, "BAD_TIMING"),
        anchor="BAD_TIMING",
        window=("2026-11-19", "2026-11-20"),
        borders=("2026-11-19T09:05", "2026-11-20T09:20"),
    ),
    Cohort("bt_marketer", 8, (*_WORKED, "BAD_TIMING:Marketing")),
    Cohort("bt_cancelled", 2, (*_HANDED_OVER, "cancelled", "IN_PROGRESS", "BAD_TIMING")),
    Cohort("bt_is", 189, (*_WORKED, "BAD_TIMING"), second=25, reinquired=6, no_service=8),
)

_UNQUALIFIED = (
    Cohort("unq_pitch_answered", 12, ("NEW", "UNQUALIFIED")),
    Cohort("unq_pitch", 508, ("NEW", "UNQUALIFIED"), no_owner=30, no_service=20, window=("2025-10-01", "2026-11-18")),
    Cohort("unq_wrong_person", 75, (*_WORKED, "UNQUALIFIED"), reinquired=2, no_service=5),
    Cohort("unq_no_fit", 89, (*_WORKED, "UNQUALIFIED"), reinquired=3),
    Cohort("unq_from_open_deal", 4, (*_HANDED_OVER, "UNQUALIFIED")),
    Cohort("unq_from_bad_timing", 2, (*_WORKED, "BAD_TIMING", "UNQUALIFIED")),
)

_BLANK = (
    Cohort("blank_import", 38, ()),
    Cohort("blank_manual", 106, (), no_owner=40, no_service=14, borders=("2026-11-16T18:20", "2026-11-13T11:00")),
    Cohort("blank_cleared", 2, ("NEW", "BLANK")),
)

COHORTS = (*_NEW, *_OPEN, *_IN_PROGRESS, *_ATTEMPTED, *_CONNECTED, *_OPEN_DEAL, *_BAD_TIMING, *_UNQUALIFIED, *_BLANK)

TINY_COHORTS = (
    Cohort("att_plain", 24, (*_WORKED, "ATTEMPTED_TO_CONTACT")),
    Cohort("bt_is", 10, (*_WORKED, "BAD_TIMING")),
    Cohort("unq_pitch", 8, ("NEW", "UNQUALIFIED")),
    Cohort("unq_wrong_person", 3, (*_WORKED, "UNQUALIFIED")),
    Cohort("unq_no_fit", 3, (*_WORKED, "UNQUALIFIED")),
    Cohort("od_deal", 7, _DEAL, "deal", ("2026-09-01", "2026-11-13")),
    Cohort("od_won", 5, (*_DEAL, "won"), "won", ("2026-10-13", "2026-11-13")),
)
