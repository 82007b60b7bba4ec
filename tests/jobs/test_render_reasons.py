"""Every reason for telling or not telling has words."""

from __future__ import annotations

import re
from pathlib import Path

import jobs
from slack_app.texts.catalogue import catalogue

SOURCE = Path(jobs.__file__).parent
DECIDERS = ("remind.py", "escalate.py", "reminder_policy.py", "readers.py", "ledger/rests.py")


def test_words_are_there_for_reasons_that_there_are() -> None:
    named = {word for name in DECIDERS for word in re.findall(r'"([a-z_]+)"', (SOURCE / name).read_text())}
    words = {key.partition(".")[2] for key in catalogue("ja").sentences if key.startswith("reason.")}
    assert words
    assert words - named == set()
