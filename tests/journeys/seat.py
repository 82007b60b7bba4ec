"""A person at the page of the stand-in Slack, in a real browser, who finds things by the names a screen reader says."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slack_app.texts.catalogue import Catalogue, catalogue
from tests.journeys.stage import Stage, slack_id

LOCALES = {"ja": "ja-JP", "en": "en-US"}
# Where pictures of each step go, for whoever wants to look at them; nowhere without it.
PICTURES = os.environ.get("MIMAWARI_PICTURES")


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Skips where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


class Seat:
    """`say` are the words of the person's language: what is looked for on the page."""

    def __init__(self, browser: Any, stage: Stage, owner: str, language: str, story: str) -> None:
        self.stage, self.owner, self.language = stage, owner, language
        self.say: Catalogue = catalogue(language)
        self._story, self._step = story, 0
        stage.in_slack("update_user", user=slack_id(owner), locale=LOCALES[language])
        stage.program.directory().forget(slack_id(owner))  # pyright: ignore[reportOptionalMemberAccess]
        self.page = browser.new_page(viewport={"width": 1280, "height": 860})
        self.page.set_default_timeout(60_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sits_down(self, place: str = "app", tab: str = "messages") -> None:
        # Only what follows the sign changes: by itself that loads nothing.
        self.page.goto("about:blank")
        self.page.goto(f"{self.stage.slack_page()}#user={slack_id(self.owner)}&place={place}&tab={tab}")
        self.page.wait_for_selector("#sidebar button", state="attached")

    def leaves(self) -> None:
        self.page.close()
        assert self.errors == []

    # What is seen

    def sees(self, key: str, **values: str | int) -> Any:
        """The newest place that says it, once it is there. A gap that nothing fills may hold anything."""
        return self.finds(self.page, self.say.plain(key, **values))

    def finds(self, within: Any, words: str) -> Any:
        found = within.get_by_text(words).last
        found.wait_for()
        return found

    def message(self, contact_id: str) -> Any:
        """The newest message that shows the contact."""
        return self.page.locator("li.message", has=self.page.locator(f"[data-block^='contacts:{contact_id}:']")).last

    def buttons_of(self, contact_id: str) -> Any:
        """The row of buttons about the contact, in the newest message."""
        return self.message(contact_id).locator(f".bk-of-actions[data-block^='contacts:{contact_id}:']")

    def window(self) -> Any:
        return self.page.get_by_role("dialog")

    # What is done

    def press(self, within: Any, key: str, **values: str | int) -> None:
        within.get_by_role("button", name=self.say.plain(key, **values), exact=True).last.click()

    def types(self, words: str) -> None:
        """A command, as one types it and sends it with Enter."""
        box = self.page.locator("#words")
        box.fill(words)
        box.press("Enter")

    def picture(self, of: str) -> None:
        self._step += 1
        if PICTURES:
            name = f"{self._story}-{self.language}-{self._step:02}-{of}.png"
            self.page.screenshot(path=str(Path(PICTURES) / name))
