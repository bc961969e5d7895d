"""A filter on system calls: no network, no other process or program, no way around the rules for files.

Threads, memory, and reading and writing what is open stay as they are.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterator

from reelgate.sandbox.kernel import LIBC, checked

# Each call's number on x86-64 and, after the stroke, in the common table of newer processors; "-" where it has none.
_DENIED = """
socket 41/198 socketpair 53/199 connect 42/203 bind 49/200 listen 50/201 accept 43/202 accept4 288/242
sendmmsg 307/269 execve 59/221 execveat 322/281 fork 57/- vfork 58/- ptrace 101/117 process_vm_readv 310/270
process_vm_writev 311/271 kcmp 312/272 pidfd_open 434/434 pidfd_getfd 438/438 pidfd_send_signal 424/424
process_madvise 440/440 process_mrelease 448/448 tkill 200/130 rt_sigqueueinfo 129/138
chmod 90/- fchmod 91/52 fchmodat 268/53 chown 92/- fchown 93/55 lchown 94/- fchownat 260/54 setxattr 188/5
lsetxattr 189/6 fsetxattr 190/7 removexattr 197/14 lremovexattr 198/15 fremovexattr 199/16 utime 132/-
utimes 235/- futimesat 261/- utimensat 280/88 truncate 76/45 link 86/- linkat 265/37 symlink 88/-
symlinkat 266/36 mknod 133/- mknodat 259/33 chroot 161/51 pivot_root 155/41 name_to_handle_at 303/264
open_by_handle_at 304/265 mount 165/40 umount2 166/39 move_mount 429/429 open_tree 428/428 fsopen 430/430
fsconfig 431/431 fsmount 432/432 fspick 433/433 mount_setattr 442/442 unshare 272/97 setns 308/268
io_uring_setup 425/425 io_uring_enter 426/426 io_uring_register 427/427 bpf 321/280 perf_event_open 298/241
userfaultfd 323/282 fanotify_init 300/262 inotify_init 253/- inotify_init1 294/26 keyctl 250/219
add_key 248/217 request_key 249/218 personality 135/92 shmget 29/194 shmat 30/196 shmctl 31/195
semget 64/190 semop 65/193 semctl 66/191 semtimedop 220/192 msgget 68/186 msgsnd 69/189 msgrcv 70/188
msgctl 71/187 mq_open 240/180 mq_unlink 241/181 init_module 175/105 finit_module 313/273
delete_module 176/106 kexec_load 246/104 kexec_file_load 320/294 reboot 169/142 swapon 167/224
sched_setattr 314/274 swapoff 168/225 acct 163/89 quotactl 179/60 quotactl_fd 443/443 syslog 103/116
vhangup 153/58 iopl 172/-
ioperm 173/- settimeofday 164/170 clock_settime 227/112 clock_adjtime 305/266 adjtimex 159/171
sethostname 170/161 setdomainname 171/162 setuid 105/146 setgid 106/144 setreuid 113/145 setregid 114/143
setresuid 117/147 setresgid 119/149 setgroups 116/159 setfsuid 122/151 setfsgid 123/152 capset 126/91
migrate_pages 256/238 move_pages 279/239 lookup_dcookie 212/18 modify_ldt 154/- uselib 134/- _sysctl 156/-
"""
_CLONE, _CLONE3 = "56/220", "435/435"
_TO_ITSELF = "62/129 234/131 297/240"  # kill, tgkill, rt_tgsigqueueinfo: abort() and raise() send themselves signals
_PRLIMIT, _IOCTL = "302/261", "16/29"
_SET_CLASS = "144/119"  # sched_setscheduler
_ORDINARY_CLASSES = (0, 3, 5)  # SCHED_OTHER, SCHED_BATCH, SCHED_IDLE; a library as root may want real-time ones
_LAST_KNOWN = 450
"""What is newer is answered as if the kernel were older; libraries know how to do without."""

_CLONE_THREAD = 0x10000
_INTO_A_TERMINAL = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: they type into the operator's shell
_AUDIT_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "riscv64": 0xC00000F3}

_LOAD, _EQUAL, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06  # classic BPF
_NUMBER, _ARCH, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data, of arguments their lower halves
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_SET_MODE_FILTER, _ALL_THREADS, _NO_SLOWER_MEMORY = 1, 1, 4
_SECCOMP = {"x86_64": 317, "aarch64": 277, "riscv64": 277}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def supported() -> bool:
    """Tell whether calls are known by number on this processor; whether the kernel filters them, `restrict` learns."""
    return sys.byteorder == "little" and os.uname().machine in _AUDIT_ARCHES and sys.maxsize > 2**32


def restrict() -> None:
    """Filter this process's calls from now on, on all its threads. Raise OSError when the kernel does not take it.

    The calling thread must have no new privileges (`prctl`).
    """
    machine = os.uname().machine
    if not supported():
        raise OSError(errno.ENOSYS, f"system calls of {machine} are not known here")
    code = b"".join(_filter(machine, os.getpid()))
    program = _Program(len(code) // 8, code)
    # Without the second flag kernels before 5.16 switch speculative reads off, which costs some of the speed.
    flags = _ALL_THREADS | _NO_SLOWER_MEMORY
    number = ctypes.c_long(_SECCOMP[machine])
    done = LIBC.syscall(number, ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(flags), ctypes.byref(program))
    if done > 0:
        raise OSError(errno.EAGAIN, "a thread has a filter of its own")
    checked(done)


def _filter(machine: str, pid: int) -> Iterator[bytes]:
    column = 0 if machine == "x86_64" else 1

    def numbers(table: str) -> list[int]:
        found = [word.split("/")[column] for word in table.split() if "/" in word]
        return [int(number) for number in found if number != "-"]

    denied, missing, allowed = _return(_ERROR | errno.EPERM), _return(_ERROR | errno.ENOSYS), _return(_ALLOW)
    yield _load(_ARCH) + _step(_EQUAL, _AUDIT_ARCHES[machine], 1, 0) + denied
    yield _load(_NUMBER) + _step(_GREATER, _LAST_KNOWN, 0, 1) + missing
    for number in numbers(_CLONE3):  # its flags lie in memory; without it, libraries call clone
        yield _step(_EQUAL, number, 0, 1) + missing
    for number in numbers(_DENIED):
        yield _step(_EQUAL, number, 0, 1) + denied
    for number in numbers(_CLONE):
        yield _step(_EQUAL, number, 0, 4) + _load(_FIRST) + _step(_ANY_BIT, _CLONE_THREAD, 1, 0) + denied + allowed
    for number in numbers(_TO_ITSELF):
        yield _step(_EQUAL, number, 0, 4) + _load(_FIRST) + _step(_EQUAL, pid, 1, 0) + denied + allowed
    for number in numbers(_PRLIMIT):
        own = _step(_EQUAL, 0, 2, 0) + _step(_EQUAL, pid, 1, 0)
        yield _step(_EQUAL, number, 0, 5) + _load(_FIRST) + own + denied + allowed
    for number in numbers(_SET_CLASS):
        ordinary = b"".join(_step(_EQUAL, one, 3 - at, 0) for at, one in enumerate(_ORDINARY_CLASSES))
        yield _step(_EQUAL, number, 0, 6) + _load(_SECOND) + ordinary + denied + allowed
    for number in numbers(_IOCTL):
        typing = _step(_EQUAL, _INTO_A_TERMINAL[0], 1, 0) + _step(_EQUAL, _INTO_A_TERMINAL[1], 0, 1)
        yield _step(_EQUAL, number, 0, 5) + _load(_SECOND) + typing + denied + allowed
    yield allowed


def _step(code: int, value: int, if_so: int, if_not: int) -> bytes:
    return struct.pack("<HBBI", code, if_so, if_not, value)


def _load(offset: int) -> bytes:
    return _step(_LOAD, offset, 0, 0)


def _return(what: int) -> bytes:
    return _step(_RETURN, what, 0, 0)
