"""Tries from inside what a shut-in process must not be able to do: `python -m tests.sandbox.shut_in FOLDER [USER]`.

Prints a line of JSON for each: what was tried, and the error that it met with, "" where it worked.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reelgate import sandbox

OWN = Path(sys.argv[1])
BESIDE = OWN.parent / "secret"
PARENT = os.getppid()
OPEN = socket.socket()


def read(path: str | Path) -> None:
    with Path(path).open("rb") as file:
        file.read(1)


def run_a_thread() -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(read, "/dev/null").result()


def read_beside_in_a_thread() -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(read, BESIDE).result()


def write_and_rename() -> None:
    (OWN / "a").write_bytes(b"x")
    (OWN / "a").replace(OWN / "b")
    read(OWN / "b")
    (OWN / "b").unlink()


def call(number_on_x86: int, *arguments: int) -> None:
    """Call the kernel by number, as code that has taken a decoder over would."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(ctypes.c_long(number_on_x86), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def raise_the_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (100_000, 100_000))


def of_another_process() -> None:
    resource.prlimit(PARENT, resource.RLIMIT_NOFILE)


MAY: dict[str, Callable[[], object]] = {
    "threads": run_a_thread,
    "files of its own": write_and_rename,
    "modules that are loaded late": lambda: __import__("wave"),
    "signals to itself": lambda: os.kill(os.getpid(), 0),
    "the class of what is idle": lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
}

MUST_NOT: dict[str, Callable[[], object]] = {
    "/etc/passwd": lambda: read("/etc/passwd"),
    "a file beside its folder": lambda: read(BESIDE),
    "a file beside its folder, in a thread": read_beside_in_a_thread,
    "a file by a way up": lambda: read(OWN / ".." / "secret"),
    "its parent's environment": lambda: read(f"/proc/{PARENT}/environ"),
    "its parent's memory": lambda: read(f"/proc/{PARENT}/mem"),
    "the folder above": lambda: list(OWN.parent.iterdir()),
    "a file beside, to write": lambda: (OWN.parent / "new").write_bytes(b""),
    "a file beside, to remove": BESIDE.unlink,
    "a file beside, to truncate": lambda: os.truncate(BESIDE, 0),
    "its rights": lambda: BESIDE.chmod(0o777),
    "a symbolic link": lambda: (OWN / "link").symlink_to(BESIDE),
    "a hard link": lambda: (OWN / "hard").hardlink_to(BESIDE),
    "a pipe in its folder": lambda: os.mkfifo(OWN / "pipe"),
    "a socket": socket.socket,
    "a socket of IPv6": lambda: socket.socket(socket.AF_INET6),
    "a socket of Unix": lambda: socket.socket(socket.AF_UNIX),
    "a pair of sockets": socket.socketpair,
    "a socket that was open": lambda: socket.socket(fileno=OPEN.fileno()).connect(("127.0.0.1", 9)),
    "a fork": os.fork,
    "a program": lambda: subprocess.run(["/bin/true"], check=True),
    "another program instead": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    "a signal to its parent": lambda: os.kill(PARENT, 0),
    "a signal to everybody": lambda: os.kill(-1, signal.SIGCONT),
    "more descriptors": raise_the_descriptors,
    "limits of another process": of_another_process,
    "root by another name": lambda: os.setuid(1),
    "a real-time class": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "a root of its own": lambda: os.chroot(OWN),
}

ON_X86: dict[str, Callable[[], object]] = {
    "ptrace": lambda: call(101, 16, PARENT, 0, 0),
    "io_uring": lambda: call(425, 8, 0),
    "a namespace": lambda: call(272, 0x10000000),
    "a clone that is no thread": lambda: call(56, signal.SIGCHLD, 0, 0, 0, 0),
    "a clone by its newest call": lambda: call(435, 0, 0),
    "a call of the 32-bit table": lambda: call(0x40000000 + 41, 2, 1, 0),
    "a call that nobody knows yet": lambda: call(999, 0),
    "the keys of the kernel": lambda: call(250, 0, 0),
}


def tell(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Shut this process in, then try; as another user where one is named."""
    if len(sys.argv) > 2:
        sysconfig.get_paths()  # whose data that user may have no right to read
        os.setgroups([])
        os.setgid(int(sys.argv[2]))
        os.setuid(int(sys.argv[2]))
        del MAY["modules that are loaded late"]  # which that user may have no right to read anyway
    lacking = sandbox.confine(write=OWN, descriptors=50)
    tell({"lacking": lacking})
    tries = MAY | MUST_NOT | (ON_X86 if os.uname().machine == "x86_64" else {})
    for name, work in tries.items():
        try:
            work()
            error = ""
        except (OSError, ValueError, subprocess.SubprocessError) as failed:
            error = type(failed).__name__
        tell({"tried": name, "error": error, "may": name in MAY})


if __name__ == "__main__":
    main()
