"""A process that has imported the program and forks for each run of it: a start takes a hundredth of a second, not one.

Each run is a process of its own, with its own arguments, environment, folder, output and exit code.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from typing import Any

from jobs.command_line import main


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
    serve(sys.argv[1])
