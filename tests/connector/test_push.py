from __future__ import annotations

from typing import Any

import pytest

from connector.errors import CrmUnavailable
from connector.push import write
from connector.records import Outcome, PropertyWrite, WriteResult
from tests.connector.crm import Crm, make_portal, running_crm

UPDATE = "/crm/v3/objects/contacts/batch/update"


def make_write(record_id: str, value: str | None, expected: str | None, **more: Any) -> PropertyWrite:
    name = more.get("name", "lead_score")
    return PropertyWrite(f"{record_id}-{name}-{value}", more.get("kind", "contacts"), record_id, name, expected, value)


def score(crm: Crm, record_id: str) -> str | None:
    found: str | None = crm.state()["objects"]["contacts"][record_id]["properties"].get("lead_score")
    return found


def test_a_value_is_written_where_the_crm_shows_what_was_expected(crm: Crm) -> None:
    one = make_write("501", "42", "0")
    assert write(crm.gateway(), [one]) == [WriteResult(one.key, Outcome.APPLIED, written=True)]
    assert score(crm, "501") == "42"


def test_a_value_that_someone_changed_meanwhile_survives(crm: Crm) -> None:
    crm.record("update", "contacts", "501", properties={"lead_score": "7"})
    (result,) = write(crm.gateway(), [make_write("501", "42", "0")])
    assert (result.outcome, result.seen) == (Outcome.CONFLICT, "7")
    assert score(crm, "501") == "7"


def test_what_is_right_already_makes_no_update(crm: Crm) -> None:
    gateway = crm.gateway()
    results = write(gateway, [make_write("501", "0", "99"), make_write("502", "1", None)])
    assert [one.outcome for one in results] == [Outcome.APPLIED, Outcome.APPLIED]
    assert gateway.call_counts() == {"batch_read": 1}


def test_the_same_choices_in_another_order_are_right_already(crm: Crm) -> None:
    gateway = crm.gateway()
    write(gateway, [make_write("501", "crm_setup;recruit_site", None, name="inquiry_service")])
    assert "batch_update" not in gateway.call_counts()


@pytest.mark.parametrize("expected", [None, ""])
def test_missing_and_empty_are_the_same(crm: Crm, expected: str | None) -> None:
    (result,) = write(crm.gateway(), [make_write("501", "HOT", expected, name="lead_rank")])
    assert result.outcome is Outcome.APPLIED


def test_none_clears_the_value(crm: Crm) -> None:
    (result,) = write(crm.gateway(), [make_write("501", None, "0")])
    assert result.outcome is Outcome.APPLIED
    assert not score(crm, "501")


def test_several_properties_of_a_record_go_in_one_update(crm: Crm) -> None:
    gateway = crm.gateway()
    asked = [
        make_write("501", "BAD_TIMING", "IN_PROGRESS", name="hs_lead_status"),
        make_write("501", "budget", None, name="bad_timing_reason"),
        make_write("100701", "9", "1000", kind="deals", name="amount"),
    ]
    assert [one.outcome for one in write(gateway, asked)] == [Outcome.APPLIED] * 3
    assert gateway.call_counts() == {"batch_read": 2, "batch_update": 2}


def test_a_thousand_changes_cost_ten_reads_and_ten_updates() -> None:
    with running_crm(lambda: make_portal(contacts=1000)) as crm:
        gateway = crm.gateway()
        results = write(gateway, [make_write(str(501 + number), "7777", str(number)) for number in range(1000)])
        assert {one.outcome for one in results} == {Outcome.APPLIED}
        assert gateway.call_counts() == {"batch_read": 10, "batch_update": 10}


@pytest.mark.parametrize("per_record", [True, False])
def test_a_bad_value_costs_its_neighbours_nothing(crm: Crm, per_record: bool) -> None:
    crm.control("switches", update_refuses_per_trace_id=per_record)
    asked = [
        make_write(str(number), "BURNING" if number == 507 else "HOT", None, name="lead_rank")
        for number in range(501, 513)
    ]
    results = write(crm.gateway(), asked)
    assert [one.key for one in results if one.outcome is Outcome.FAILED] == ["507-lead_rank-BURNING"]
    assert sum(one.outcome is Outcome.APPLIED for one in results) == 11


def test_gone_records_fail_with_a_cause_in_plain_words(crm: Crm) -> None:
    crm.record("archive", "contacts", "502")
    crm.record("merge", "contacts", "503", merge_id="504")
    results = write(crm.gateway(), [make_write(one, "42", "0") for one in ("501", "502", "504", "99999")])
    assert [one.outcome for one in results] == [Outcome.APPLIED, *[Outcome.FAILED] * 3]
    assert "no longer in HubSpot" in str(results[1].cause)


def test_a_lost_answer_and_a_second_call_end_as_one_write(crm: Crm) -> None:
    crm.fault("POST", UPDATE, "524_after", times=6)
    asked = [make_write("501", "42", "0")]
    with pytest.raises(CrmUnavailable):
        write(crm.gateway(), asked)
    assert [one.outcome for one in write(crm.gateway(), asked)] == [Outcome.APPLIED]
    assert score(crm, "501") == "42"


def test_two_different_values_for_one_property_are_not_both_written(crm: Crm) -> None:
    results = write(crm.gateway(), [make_write("501", "42", "0"), make_write("501", "43", "0")])
    assert [one.outcome for one in results] == [Outcome.APPLIED, Outcome.FAILED]
    assert score(crm, "501") == "42"
