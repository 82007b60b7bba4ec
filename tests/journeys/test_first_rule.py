"""The page that leads an admin to the first rule: every file and command on it, in the order in which they stand there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from rules.load import LIBRARY
from tests.architecture.source import ROOT
from tests.journeys.program import Ended
from tests.journeys.site import Site

RULE = "material-request-unanswered"


def steps(page: str) -> list[tuple[str, str]]:
    """(language, text) of each block."""
    return re.findall(r"```(yaml|sh)\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)


def write(file: Path, text: str) -> None:
    """As the page says: a new file, a line that is changed, lines at the end."""
    if text.startswith("format:"):
        file.write_text(text, encoding="utf-8")
        return
    before = file.read_text(encoding="utf-8")
    changed = re.sub(r"^    mode: \w+\n", text, before, flags=re.MULTILINE) if "mode:" in text else before + text
    assert changed != before
    file.write_text(changed, encoding="utf-8")


@pytest.fixture
def asked(site: Site) -> tuple[str, str]:
    """Two contacts who asked for material: long ago on Friday, and half a business hour ago."""
    site.stage.set(contacts=60, seed=1)  # a small portal: a page is some ten runs of the program
    contacts = site.stage.crm.state(object="contacts")["objects"]["contacts"]
    untouched = {"notes_last_contacted": "", "lead_rank": ""}
    fresh = [
        i
        for i, one in contacts.items()
        if not one["archived"] and all((one["properties"].get(name) or "") == said for name, said in untouched.items())
    ]
    said = {"hs_lead_status": "NEW", "inquiry_source": "material_request"}
    late, early = fresh[:2]
    site.stage.person_sets(late, **said, inquiry_date="2026-11-20T13:00:00+09:00")
    site.stage.person_sets(early, **said, inquiry_date="2026-11-24T08:00:00+09:00")
    return late, early


# The steps are the same in both: the long run takes them in English, too.
@pytest.mark.parametrize("page", [pytest.param("first-rule.md", marks=pytest.mark.soak), "first-rule.ja.md"])
def test_every_step_of_the_page_does_what_it_says(site: Site, asked: tuple[str, str], page: str) -> None:
    late, early = asked
    file = site.stage.folder / "rules" / "library" / "material-request.yaml"
    shutil.copytree(LIBRARY, file.parent, ignore=shutil.ignore_patterns("tests"))
    assert site.round()
    ended: dict[str, Ended] = {}
    ranks: list[str | None] = []
    for language, text in steps(page):
        if language == "yaml":
            write(file, text)
            continue
        for line in text.splitlines():
            # As `apply` has told: the plan with this rule's lines is the newest of those it wrote.
            plans = re.findall(r"undo (plan \d+)", ended["apply --yes"].out) if "undo" in line else ["plan 1"]
            words = shlex.split(line.replace("501", late).replace("plan 1", plans[-1]))
            assert words[0] == "mimawari"
            ended[" ".join(words[1:])] = done = site.run(*words[1:], COLUMNS="200")
            assert done.exit_code == 0, done.out + done.err
            ranks.append(site.stage.contact(late).get("lead_rank"))
    assert f"contacts:{late}" in ended[f"findings --rule {RULE}"].out
    assert f"contacts:{early}" not in ended[f"findings --rule {RULE}"].out
    assert RULE in ended["rules backtest --from 2026-11-17 --to 2026-11-20"].out
    assert f"✓  {RULE}" in ended[f"explain contacts {late} --rule {RULE}"].out
    assert (ranks[0] or "", ranks[-2], ranks[-1] or "") == ("", "HOT", "")
    near = site.run("explain", "contacts", early, "--rule", RULE).out
    assert "it will match from Tue 24 Nov 13:00 if nothing changes" in near
