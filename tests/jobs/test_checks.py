"""The words of the looks at the set-up: none is missing, none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import jobs
import slack_app
from slack_app.texts.catalogue import catalogue

# The rest of these keys comes from what they are about; tests of the manifest and of the scopes name them.
MADE = ("doctor.name_", "doctor.scope_", "doctor.rests_", "doctor.address_")


def test_every_word_of_the_doctor_is_said_somewhere() -> None:
    folders = (Path(jobs.__file__).parent, Path(slack_app.__file__).parent)
    source = "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    said = set(re.findall(r"""["'](doctor\.[a-z_]+)["']""", source))
    known = {key for key in catalogue("ja").sentences if key.startswith("doctor.")}
    assert said - known == set()
    assert {key for key in known - said if not key.startswith(MADE)} == set()
