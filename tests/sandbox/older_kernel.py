"""Confines itself on a kernel that lacks something: `python -m tests.sandbox.older_kernel landlock|seccomp`.

Prints what was lacking, whether a foreign file can still be read, and whether a socket can be made.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import sys
from pathlib import Path

from reelgate import sandbox
from reelgate.sandbox import kernel, landlock, seccomp


def deny(*numbers: int) -> None:
    """Have the kernel answer these calls as one that does not know them."""
    steps = [seccomp._load(seccomp._NUMBER)]
    for number in numbers:
        steps += [seccomp._step(seccomp._EQUAL, number, 0, 1), seccomp._return(seccomp._ERROR | errno.ENOSYS)]
    code = b"".join([*steps, seccomp._return(seccomp._ALLOW)])
    program = seccomp._Program(len(code) // 8, code)
    kernel.give_up_privileges()
    call = ctypes.c_long(seccomp._SECCOMP[os.uname().machine])
    kernel.checked(kernel.LIBC.syscall(call, 1, 0, ctypes.byref(program)))


def works(what: object) -> bool:
    try:
        what()  # type: ignore[operator]
    except OSError:
        return False
    return True


if sys.argv[1] == "landlock":
    deny(landlock._CREATE_RULESET)
else:
    deny(seccomp._SECCOMP[os.uname().machine])
found = sandbox.confine(descriptors=50)
sys.stdout.write(json.dumps([found, works(lambda: Path("/etc/passwd").read_bytes()), works(socket.socket)]))
