"""The stand-ins as processes of their own: what `mimawari sandbox` serves and `mimawari demo` starts."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from connector.sandbox import server as crm_server
from connector.sandbox.generator import generate
from connector.sandbox.people import demo_people
from connector.sandbox.portal_file import PortalFile, PortalFileWrong
from connector.sandbox.portal_writer import make_portal_file
from connector.sandbox.state import Portal
from connector.sandbox.truth import truth
from jobs.errors import JobError, SettingsWrong
from slack_app.sandbox import server as slack_server
from slack_app.sandbox.options import SandboxOptions as SlackOptions
from slack_app.sandbox.people import Person

# The stand-in portal's records are placed in time around this moment; its clock starts here.
START = "2026-11-22T12:00:00+09:00"
_STOP_SECONDS = 10


class SandboxFailed(JobError):
    """A stand-in did not start."""


@dataclasses.dataclass(frozen=True, slots=True)
class Contents:
    """What the stand-in CRM holds: a portal generated at each start, or one from a file."""

    contacts: int
    seed: int
    file: Path | None = None

    def portal(self) -> Portal:
        return generate(self.contacts, self.seed) if self.file is None else PortalFile(self.file).portal()


def serve_crm(
    *, port: int, contents: Contents, now: datetime, limits: str, latency_ms: int, index_lag_s: float
) -> None:
    """Serve the stand-in CRM until SIGTERM. Prints its ready line."""
    options = crm_server.SandboxOptions(
        port=port,
        portal_factory=contents.portal,
        truth=truth,
        now=now,
        limits=limits,
        latency_ms=latency_ms,
        index_lag_s=index_lag_s,
    )
    try:
        crm_server.serve(options)
    except PortalFileWrong as error:
        raise SettingsWrong(f"{error} `mimawari sandbox portal` makes one.") from error


def make_portal(
    file: Path, contacts: int, seed: int, progress: Callable[[str, int, int | None], None]
) -> dict[str, Any]:
    """Write a portal for `serve_crm` into a new file. Says what is in it."""
    if file.exists():
        raise SettingsWrong(f"{file} is there already. Remove it, or name another file.")
    begun = time.monotonic()
    progress("generate", 0, contacts)
    try:
        sizes = make_portal_file(file, contacts, seed, lambda done: progress("generate", done, contacts))
    except PortalFileWrong as error:
        raise SettingsWrong(str(error)) from error
    return {
        "file": str(file),
        "objects": {kind: size.live for kind, size in sizes.items()},
        "bytes": file.stat().st_size,
        "seconds": round(time.monotonic() - begun, 1),
    }


def serve_slack(*, port: int, app_url: str | None, crm_url: str | None, now: datetime) -> None:
    """Serve the stand-in Slack until SIGTERM, peopled like the stand-in CRM. Prints its ready line."""
    slack_server.serve(SlackOptions(port=port, app_url=app_url, crm_url=crm_url, now=now, people=workspace_people()))


def workspace_people() -> tuple[Person, ...]:
    """The CRM's owners as members of the workspace: one of them is missing there, one has another address."""
    return tuple(
        Person(
            id=f"U0{person.owner_id}",
            real_name=person.name,
            display_name=person.romaji,
            email=person.slack_mail or person.mail,
            tz=person.time_zone,
            locale=person.locale,
            deleted=person.archived,
        )
        for person in demo_people()
        if person.has_slack or person.archived
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Ready:
    """What a stand-in said when it was ready."""

    url: str
    token: str
    control_url: str
    app_token: str = ""
    signing_secret: str = ""
    page_url: str = ""


@contextlib.contextmanager
def started(arguments: Sequence[str]) -> Generator[Ready]:
    """Run `mimawari sandbox …` as a child while the block lasts."""
    command = [sys.executable, "-m", "jobs.command_line", "sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own program
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise SandboxFailed(
                    f"The stand-in `{' '.join(arguments[:1])}` ended before it was ready; see its message above."
                )
            said = orjson.loads(line)
            yield Ready(**{field.name: said[field.name] for field in dataclasses.fields(Ready) if field.name in said})
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
