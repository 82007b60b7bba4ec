from __future__ import annotations

import pytest

from connector.errors import AccessRefused, CrmError, CrmRefused, CrmUnavailable
from connector.failures import Failure, Trouble, as_error, codes_of, names_of, read_failure, refusal_in_words

TEN = '{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT"'


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (429, TEN + ',"policyName":"TEN_SECONDLY_ROLLING"}', Trouble.TEN_SECONDLY),
        (429, TEN + "}", Trouble.TEN_SECONDLY),  # without a policy the sentence tells
        (429, '{"message":"You have reached your secondly limit.","category":"RATE_LIMITS"}', Trouble.SECONDLY),
        (429, '{"message":"You have reached your daily limit.","policyName":"DAILY"}', Trouble.DAILY),
        (429, "", Trouble.SECONDLY),
        (423, "", Trouble.LOCKED),
        (477, "", Trouble.MOVING),
        (502, "<html><body>Bad Gateway</body></html>", Trouble.DOWN),
        (524, "", Trouble.DOWN),
        (408, "", Trouble.DOWN),
        (401, "{}", Trouble.TOKEN),
        (403, "[]", Trouble.SCOPE),
        (400, '{"category":"VALIDATION_ERROR"}', Trouble.REFUSED),
        (404, '{"message":"resource not found"}', Trouble.REFUSED),
        (414, "", Trouble.REFUSED),
    ],
)
def test_an_answer_outside_2xx_is_understood(status: int, body: str, trouble: Trouble) -> None:
    assert read_failure(status, {}, body).trouble is trouble


def test_names_and_codes_are_kept_and_values_are_not() -> None:
    body = (
        '{"category":"VALIDATION_ERROR","correlationId":"c-1","message":"secret@person.example is no mail address",'
        '"errors":[{"code":"INVALID_EMAIL","message":"secret@person.example","context":{"propertyName":["email"]}}]}'
    )
    found = read_failure(400, {"Retry-After": "3"}, body)
    assert found == Failure(Trouble.REFUSED, 400, 3.0, ("VALIDATION_ERROR", "INVALID_EMAIL"), ("email",), "c-1")


@pytest.mark.parametrize(
    ("failure", "error", "words"),
    [
        (Failure(Trouble.TOKEN, 401), AccessRefused, "HUBSPOT_ACCESS_TOKEN"),
        (Failure(Trouble.SCOPE, 403, names=("crm.lists.read",)), AccessRefused, "the permission crm.lists.read"),
        (Failure(Trouble.DAILY, 429), CrmUnavailable, "calls for today are used up"),
        (Failure(Trouble.DOWN, 503), CrmUnavailable, "the next run continues here"),
        (Failure(Trouble.REFUSED, 400, codes=("INVALID_OPTION",)), CrmRefused, "INVALID_OPTION"),
    ],
)
def test_the_error_says_what_where_and_what_to_do(failure: Failure, error: type[CrmError], words: str) -> None:
    made = as_error(failure, "reading owners", 3)
    assert isinstance(made, error)
    assert "HubSpot, reading owners" in str(made)
    assert "3 tries" in str(made)
    assert words in str(made)


def test_mistakes_that_stand_in_the_sentence_only_are_found() -> None:
    envelope = {
        "category": "VALIDATION_ERROR",
        "message": 'Property values were not valid: [{"isValid":false,"error":"INVALID_OPTION","name":"lead_rank"}]',
    }
    assert refusal_in_words(codes_of(envelope), names_of(envelope)) == (
        "the value is not one of the options of lead_rank (INVALID_OPTION)"
    )


def test_when_to_come_back_is_handed_on() -> None:
    error = as_error(Failure(Trouble.MOVING, 477, retry_after=3600.0), "reading owners", 1)
    assert isinstance(error, CrmUnavailable)
    assert error.retry_after == 3600.0
