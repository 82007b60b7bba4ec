"""Every reason for telling or not telling has words."""

from __future__ import annotations

import re
from pathlib import Path

import jobs
from jobs.render_reasons import WORDS

SOURCE = Path(jobs.__file__).parent
DECIDERS = ("remind.py", "escalate.py", "reminder_policy.py", "ledger/rests.py")


def test_words_are_there_for_reasons_that_there_are() -> None:
    named = {word for name in DECIDERS for word in re.findall(r'"([a-z_]+)"', (SOURCE / name).read_text())}
    assert WORDS.keys() - named == set()
