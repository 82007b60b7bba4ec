"""What the form asks for before a status is set is what the rule about that status looks for afterwards."""

from __future__ import annotations

import dataclasses

import pytest

from rules.evidence import lacking, unproven
from tests.rules.portal import SUNDAY, Portal, jst, shipped_rules

CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


@pytest.mark.parametrize(
    ("object_type", "at", "said", "asked"),
    [
        (None, "11-10", {}, True),
        ("calls", "11-10", {"hs_call_disposition": CONNECTED}, False),
        ("calls", "11-01", {"hs_call_disposition": CONNECTED}, True),  # before the inquiry of 11-02
        ("emails", "11-10", {"hs_email_direction": "INCOMING_EMAIL"}, False),
        ("emails", "11-10", {"hs_email_direction": "EMAIL"}, True),
        ("notes", "11-10", {"hs_note_body": "【会話】来期に"}, False),
    ],
)
def test_what_counts_as_a_conversation_is_read_off_the_rule(
    portal: Portal, object_type: str | None, at: str, said: dict[str, str], asked: bool
) -> None:
    contact = portal.contact("a lead", "IN_PROGRESS", jst("11-18"), inquiry_date=jst("11-02"))
    if object_type:
        portal.activity(contact, object_type, jst(at), **said)
    found = unproven(portal.rule_set)
    assert found is not None
    assert found.status == "BAD_TIMING"
    portal.derive(SUNDAY, [contact])
    query = lacking(portal.rule_set, found, portal.schema, portal.world(SUNDAY), contact)
    assert (portal.connection.execute(query).first() is not None) is asked


def test_without_such_a_rule_nothing_is_asked() -> None:
    shipped = shipped_rules()
    others = tuple(rule for rule in shipped.rules if rule.code != "H6")
    assert unproven(dataclasses.replace(shipped, rules=others)) is None
