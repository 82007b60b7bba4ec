from __future__ import annotations

import pytest

from rules.model import ROLES
from rules.transitions import Verdict, judge, read_status
from tests.rules.portal import shipped_rules

VOCABULARY = shipped_rules().vocabulary
N, P, A, U, B, D, C = (
    "NEW", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "UNQUALIFIED", "BAD_TIMING", "OPEN_DEAL", "CONNECTED",
)  # fmt: skip
# The table of the specification: who may take which step. T is telemarketing, on its own contacts only.
TABLE: dict[str | None, dict[str, str]] = {
    None: {N: "IS"},
    N: {P: "IS T", A: "IS T", U: "IS", B: "IS T", D: "IS FS", C: "FS"},
    P: {A: "IS T", U: "IS", B: "IS FS T", D: "IS FS", C: "FS"},
    A: {N: "IS", P: "IS T", U: "IS", B: "IS FS T"},
    U: {N: "IS"},
    B: {N: "IS", P: "IS T"},
    D: {P: "IS FS", B: "FS", C: "FS"},
    C: {U: "Manager", B: "FS", D: "FS"},
}
NAMES = {"T": "Telemarketing"}


def may(present: str | None, wanted: str | None, *roles: str, owner: tuple[str, ...] = ()) -> Verdict:
    return judge(VOCABULARY, present, wanted, roles, owner)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("present", TABLE)
def test_every_pair_is_judged_by_the_table(present: str | None, role: str) -> None:
    for wanted in (N, P, A, U, B, D, C):
        cell = {NAMES.get(word, word) for word in TABLE[present].get(wanted, "").split()}
        allowed = bool(cell) and (role in cell or role in ("Manager", "Ops"))
        assert may(present, wanted, role, owner=("Telemarketing",)).allowed is allowed, (present, wanted)


@pytest.mark.parametrize("present", ["", "OPEN", "連絡済み", "open_deal"])
def test_open_and_unknown_values_read_like_blank(present: str) -> None:
    assert may(present, N, "IS").allowed
    assert not may(present, P, "IS").allowed


@pytest.mark.parametrize("wanted", ["OPEN", "", None, "new", "HOT"])
def test_nobody_sets_open_blank_or_the_unknown(wanted: str | None) -> None:
    assert may(N, wanted, *ROLES) == Verdict(allowed=False, reason="step_refused")


def test_telemarketing_may_only_on_its_own_contacts() -> None:
    assert may(N, P, "Telemarketing", owner=("Telemarketing",)).allowed
    assert may(N, P, "Telemarketing", owner=("IS",)) == Verdict(
        allowed=False, reason="role_refused", roles=("IS", "Telemarketing")
    )


def test_a_second_role_helps() -> None:
    assert may(N, P, "Telemarketing", "IS").allowed
    assert may(D, B, "IS", "FS").allowed


def test_the_ops_admin_overrides_with_a_reason_only() -> None:
    assert may(D, U, "Ops") == Verdict(allowed=False, reason="step_refused", needs_override_reason=True)
    assert judge(VOCABULARY, D, U, ["Ops"], [], "entered by mistake").allowed
    assert not judge(VOCABULARY, D, U, ["Manager"], [], "entered by mistake").allowed
    assert not judge(VOCABULARY, D, "OPEN", ["Ops"], [], "entered by mistake").allowed


def test_somebody_without_a_role_may_nothing() -> None:
    assert may(N, P) == Verdict(allowed=False, reason="role_refused", roles=("IS", "Telemarketing"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("OPEN_DEAL", D),
        ("open deal", D),
        ("オープン取引", D),
        ("連携試行済み", A),
        ("連絡済み", A),
        ("ＮＥＷ", N),
        (" 進行中 ", P),
        ("ﾀｲﾐﾝｸﾞ悪し", B),
        ("closed", None),
        ("", None),
    ],
)
def test_a_status_is_read_as_people_type_it(typed: str, value: str | None) -> None:
    assert read_status(VOCABULARY, typed) == value
