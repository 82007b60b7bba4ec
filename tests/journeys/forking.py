"""A process that has imported the program, made a round of it, and forks for each run: a start takes a hundredth of a
second, not one, and the run finds compiled what the round asked of the database.

Each run is a process of its own, with its own arguments, environment, folder, output and exit code.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import resource
import signal
import socket
import sys
from typing import Any

from sqlalchemy import Engine, event

from jobs.command_line import main
from jobs.commands import act, plan, show
from jobs.cycle import quiet, run_cycle
from jobs.output import set_up_logs
from jobs.settings import load_settings
from jobs.wiring import Parts
from tests.every_command import every_command
from tests.statements import share_statements


def warm_up(folder: str) -> None:
    """All that any command imports; a round, and what follows it, in an empty database of this folder that nobody asks for afterwards."""
    event.listen(Engine, "engine_connect", lambda connection: share_statements(connection.engine))
    every_command()
    os.chdir(folder)
    set_up_logs(logging.WARNING)
    parts = Parts(load_settings(), pause=lambda _seconds: None)
    run_cycle(parts)
    plan.plan(parts)
    show.findings(parts, None, None)
    act.apply_plan(parts, None, quiet)
    run_cycle(parts)
    parts.engine.dispose()


def serve(address: str) -> None:
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            asking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                run(asking)
                return
            asking.close()


def run(asking: socket.socket) -> None:
    """Start what is asked for, tell its process id, wait for it and tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order, outputs, *_ = socket.recv_fds(asking, 100_000, 2)
    child = os.fork()
    if child == 0:
        asking.close()
        become(json.loads(order), outputs)
        main()
        return
    with asking:
        asking.sendall(f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def become(order: dict[str, Any], outputs: list[int]) -> None:
    for number, descriptor in enumerate(outputs, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["mimawari", *order["arguments"]]
    if order["largest_file"]:
        # Python ignores the signal; writing fails as on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)


if __name__ == "__main__":
    warm_up(sys.argv[2])
    serve(sys.argv[1])
