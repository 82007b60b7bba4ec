"""Tasks, notes and deals are made exactly once with their links, found again by their mark, and taken away untouched."""

from __future__ import annotations

import time
from typing import Any

import pytest

from connector.creations import look_up, remove
from connector.errors import CrmAnswerBroken, CrmError, CrmUnavailable
from connector.records import Creation, Outcome, Removal
from tests.connector.crm import NOW, Crm, iso, make_portal, running_crm

CREATE = "/crm/v3/objects/tasks/batch/create"
VALUES = {"hs_task_subject": "電話する <A&B>", "hs_timestamp": iso(NOW), "hs_task_status": "NOT_STARTED"}


def make_task(key: str = "1", contact: str = "501", **values: str) -> Creation:
    return Creation(key, "tasks", VALUES | values, (("contacts", contact),), f"mark{key}")


def made_in(crm: Crm, kind: str = "tasks", since: int = 5) -> dict[str, Any]:
    """What was not there from the beginning."""
    return dict(list(crm.state()["objects"][kind].items())[since:])


def removal(record_id: str, **more: Any) -> Removal:
    return Removal("1", "tasks", record_id, VALUES | more)


def test_a_task_is_made_with_its_values_its_mark_and_its_contact(crm: Crm) -> None:
    made = crm.gateway().create("tasks", [make_task(hs_task_body="一行目\n<b>")])
    ((record_id, task),) = made_in(crm).items()
    assert made.records["1"].id == record_id
    assert task["properties"]["hs_task_subject"] == "電話する <A&B>"
    assert task["properties"]["hs_task_body"] == "一行目<br>&lt;b&gt;<br><br>[mimawari:mark1]"
    assert ["contacts", "501", "tasks", record_id, 203] in crm.state()["associations"]


@pytest.mark.parametrize(
    ("kind", "values", "type_id"),
    [
        ("notes", {"hs_note_body": "<メモ>", "hs_timestamp": iso(NOW)}, 201),
        ("deals", {"dealname": "案件", "dealstage": "appointmentscheduled", "pipeline": "default"}, 4),
    ],
)
def test_notes_and_deals_go_the_same_way(crm: Crm, kind: str, values: dict[str, str], type_id: int) -> None:
    wanted = Creation("1", kind, values, (("contacts", "501"), ("companies", "301")), "markx")
    made = crm.gateway().create(kind, [wanted])
    record_id = made.records["1"].id
    assert ["contacts", "501", kind, record_id, type_id] in crm.state()["associations"]
    assert look_up(crm.gateway(), [wanted])["1"].id == record_id


def test_a_hundred_cost_one_call() -> None:
    with running_crm(lambda: make_portal(contacts=100)) as crm:
        gateway = crm.gateway()
        made = gateway.create("tasks", [make_task(str(n), str(501 + n)) for n in range(100)])
        assert (len(made.records), gateway.call_counts()) == (100, {"batch_create": 1})


def test_a_refused_one_costs_its_neighbours_nothing(crm: Crm) -> None:
    wanted = [make_task("1"), make_task("2", "99999"), make_task("3", hs_task_priority="BURNING"), make_task("4")]
    made = crm.gateway().create("tasks", wanted)
    assert (sorted(made.records), sorted(made.refused)) == (["1", "4"], ["2", "3"])
    assert len(made_in(crm)) == 2


@pytest.mark.parametrize(
    ("fault", "happened"),
    [("drop_before", 0), ("500", 0), ("502_html", 0), ("drop_after", 1), ("524_after", 1), ("truncate", 1)],
)
def test_a_creation_without_an_answer_is_not_repeated_but_looked_up(crm: Crm, fault: str, happened: int) -> None:
    crm.fault("POST", CREATE, fault)
    wanted = make_task(contact="502")
    with pytest.raises((CrmUnavailable, CrmAnswerBroken)):
        crm.gateway().create("tasks", [make_task("other", "503"), wanted])
    assert len(made_in(crm)) == happened * 2
    assert len(look_up(crm.gateway(), [wanted])) == happened


def test_what_happens_after_nobody_waits_any_more_is_found_once_it_has_happened(crm: Crm) -> None:
    crm.fault("POST", CREATE, "delay", seconds=0.4)
    with pytest.raises(CrmUnavailable):
        crm.gateway(read_timeout_s=0.1).create("tasks", [make_task()])
    deadline = time.monotonic() + 10
    while not made_in(crm) and time.monotonic() < deadline:
        pass
    assert look_up(crm.gateway(), [make_task()]).keys() == {"1"}


@pytest.mark.parametrize("fault", ["429", "423"])
def test_what_the_crm_surely_did_not_do_is_sent_again(crm: Crm, fault: str) -> None:
    crm.fault("POST", CREATE, fault)
    assert crm.gateway().create("tasks", [make_task()]).records.keys() == {"1"}
    assert len(made_in(crm)) == 1


def test_equal_tasks_of_others_are_not_taken_for_ours(crm: Crm) -> None:
    crm.gateway().create("tasks", [make_task("7")])
    assert look_up(crm.gateway(), [make_task("1"), make_task("77"), make_task("1", "505")]) == {}


def test_an_index_that_lags_hides_nothing(crm: Crm) -> None:
    crm.control("switches", index_lag_s=3600)
    crm.gateway().create("tasks", [make_task()])
    assert look_up(crm.gateway(), [make_task()]).keys() == {"1"}


def test_an_untouched_task_is_removed_and_only_once(crm: Crm) -> None:
    made = crm.gateway().create("tasks", [make_task()]).records["1"]
    (first,) = remove(crm.gateway(), [removal(made.id)])
    (second,) = remove(crm.gateway(), [removal(made.id)])
    assert (first.outcome, first.written) == (Outcome.APPLIED, True)
    assert (second.outcome, second.written) == (Outcome.APPLIED, False)
    assert made_in(crm)[made.id]["archived"]


def test_a_task_that_somebody_completed_stays(crm: Crm) -> None:
    made = crm.gateway().create("tasks", [make_task()]).records["1"]
    crm.record("update", "tasks", made.id, properties={"hs_task_status": "COMPLETED"}, user_id=9001)
    (found,) = remove(crm.gateway(), [removal(made.id)])
    assert (found.outcome, found.property) == (Outcome.CONFLICT, "hs_task_status")
    assert found.version is not None
    assert found.version.value == "COMPLETED"
    assert not made_in(crm)[made.id]["archived"]


def test_a_removal_without_an_answer_is_safe_to_repeat(crm: Crm) -> None:
    made = crm.gateway().create("tasks", [make_task()]).records["1"]
    crm.fault("POST", "/crm/v3/objects/tasks/batch/archive", "drop_after", times=6)
    with pytest.raises(CrmError):
        remove(crm.gateway(), [removal(made.id)])
    assert remove(crm.gateway(), [removal(made.id)])[0].outcome is Outcome.APPLIED
