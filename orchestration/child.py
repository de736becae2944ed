"""Starts a program that dies with its parent: `python child.py PARENT_PID program argument…`.

A run that is killed (kill -9) must not leave dbt or the expectations writing to the warehouse. Linux tells a process
that its parent is gone if it asks before it starts; elsewhere the program simply runs. Only the standard library, and
no import of this project: every child pays for what stands here."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def command(*arguments: str) -> list[str]:
    """The command line that starts `arguments` as a child of this process."""
    return [sys.executable, "-IS", str(Path(__file__).resolve()), str(os.getpid()), *arguments]


def main(parent: int, arguments: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask
            sys.exit(1)
    os.execvp(arguments[0], arguments)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
