"""The program as a person at a terminal or a supervisor runs it: processes, their words and their exit codes."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and all it said."""

    exit_code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output; anything else there fails the test."""
        assert len(self.out.splitlines()) == 1, self.out + self.err
        found: dict[str, Any] = json.loads(self.out)
        return found


class Run:
    """A process of the program; use it in a `with`, which ends it."""

    def __init__(self, told: socket.socket, pid: int, folder: Path) -> None:
        self._told, self._pid, self._folder = told, pid, folder

    @property
    def out(self) -> str:
        return (self._folder / "out").read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        return (self._folder / "err").read_text(encoding="utf-8")

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, number)

    def ends_within(self, seconds: float) -> bool:
        return bool(select.select([self._told], [], [], seconds)[0])

    def wait(self) -> Ended:
        said = self._told.recv(100)
        assert said, "the process is lost"
        return Ended(int(said), self.out, self.err)

    def close(self) -> None:
        self.send(signal.SIGKILL)
        self._told.close()


@dataclasses.dataclass(frozen=True, slots=True)
class Program:
    """Starts runs in one folder with one environment."""

    address: str
    folder: Path
    environment: Mapping[str, str]

    def start(self, *arguments: str, largest_file: int = 0, **changes: str) -> Run:
        place = Path(tempfile.mkdtemp(dir=self.folder))
        order = {
            "arguments": arguments,
            "environment": {**self.environment, **changes},
            "folder": str(self.folder),
            "largest_file": largest_file,
        }
        told = socket.socket(socket.AF_UNIX)
        told.settimeout(_PATIENCE_SECONDS)
        told.connect(self.address)
        with (place / "out").open("wb") as out, (place / "err").open("wb") as err:
            socket.send_fds(told, [json.dumps(order).encode()], [out.fileno(), err.fileno()])
        return Run(told, int(told.recv(20)), place)

    def run(self, *arguments: str, largest_file: int = 0, **changes: str) -> Ended:
        with contextlib.closing(self.start(*arguments, largest_file=largest_file, **changes)) as run:
            return run.wait()


@contextlib.contextmanager
def forking(environment: Mapping[str, str], home: Path) -> Iterator[str]:
    """The address of a process that starts runs; it makes a first one by itself, in this folder and environment."""
    with tempfile.TemporaryDirectory(prefix="runs-") as folder:
        address = str(Path(folder) / "socket")
        command = [sys.executable, "-m", "tests.journeys.forking", address, str(home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **environment}) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield address
            process.terminate()
