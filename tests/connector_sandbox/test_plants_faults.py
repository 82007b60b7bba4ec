from __future__ import annotations

import time

import httpx
import pytest

from tests.connector_sandbox.running import Crm

_PAGE = "/crm/v3/objects/contacts"
_NEW = {"properties": {"lastname": "新"}}


def _plant(crm: Crm, do: str, method: str = "GET", **more: float) -> None:
    crm.control("faults", match={"method": method, "path": "/crm/v3/objects/*"}, do=do, times=1, **more)


@pytest.mark.parametrize(
    ("do", "status", "kind"),
    [
        ("429", 429, "json"),
        ("429_daily", 429, "json"),
        ("429_secondly_category", 429, "json"),
        ("401", 401, "json"),
        ("403", 403, "json"),
        ("423", 423, "json"),
        ("477", 477, "json"),
        ("500", 500, "json"),
        ("502_html", 502, "html"),
        ("html_200", 200, "html"),
    ],
)
def test_a_planted_answer_comes_once_and_then_the_real_one(crm: Crm, do: str, status: int, kind: str) -> None:
    _plant(crm, do)
    planted, real = crm.http.get(_PAGE), crm.http.get(_PAGE)
    assert (planted.status_code, kind in planted.headers["content-type"]) == (status, True)
    assert real.json()["results"]


def test_a_planted_429_may_say_how_long_to_wait(crm: Crm) -> None:
    _plant(crm, "429", retry_after=3)
    assert crm.http.get(_PAGE).headers["retry-after"] == "3"


def test_faults_hit_only_what_they_match(crm: Crm) -> None:
    _plant(crm, "500", method="POST")
    assert crm.http.get(_PAGE).status_code == 200
    assert crm.http.post(_PAGE, json=_NEW).status_code == 500


def test_a_fault_may_hit_each_third_call_that_matches(crm: Crm) -> None:
    crm.control("faults", match={"path": "/crm/v3/owners"}, do="500", times=2, every=3)
    statuses = [crm.http.get("/crm/v3/owners/").status_code for _ in range(9)]
    assert statuses == [200, 200, 500, 200, 200, 500, 200, 200, 200]


def test_a_fault_named_by_the_undated_path_hits_the_dated_call(crm: Crm) -> None:
    _plant(crm, "500")
    assert crm.http.get("/crm/objects/2026-09/contacts").status_code == 500


@pytest.mark.parametrize(("do", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_has_or_has_not_written(crm: Crm, do: str, made: int) -> None:
    _plant(crm, do, method="POST")
    with pytest.raises(httpx.TransportError):
        crm.http.post(_PAGE, json=_NEW)
    assert len(crm.state()["objects"]["contacts"]) == 3 + made


def test_a_524_comes_after_the_write_happened(crm: Crm) -> None:
    _plant(crm, "524_after", method="POST")
    answer = crm.http.post(_PAGE, json=_NEW)
    assert (answer.status_code, answer.headers["content-type"]) == (524, "text/html")
    assert len(crm.state()["objects"]["contacts"]) == 4


def test_a_truncated_answer_ends_before_its_length(crm: Crm) -> None:
    _plant(crm, "truncate")
    with pytest.raises(httpx.RemoteProtocolError):
        crm.http.get(_PAGE)


@pytest.mark.parametrize("do", ["delay", "slow_body"])
def test_a_late_answer_is_whole(crm: Crm, do: str) -> None:
    _plant(crm, do, seconds=0.1)
    started = time.monotonic()
    assert len(crm.http.get(_PAGE).json()["results"]) == 3
    assert time.monotonic() - started >= 0.1


def test_an_unknown_fault_is_refused_with_the_known_ones(crm: Crm) -> None:
    answer = crm.http.post("/_control/faults", json={"do": "explode"})
    assert answer.status_code == 400
    assert "drop_after" in answer.json()["message"]
