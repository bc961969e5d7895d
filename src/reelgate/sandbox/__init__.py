"""What a process that opens untrusted files may do: compute, read the files that it was given, write to the places
that it was given. A decoder that a hostile file has taken over then finds no secret, no network, no other process and
no other file. A restriction that the system can't apply is reported, never skipped: `confine` returns it, and the
server logs it and shows it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from reelgate.sandbox import descriptors, kernel, landlock, seccomp
from reelgate.sandbox.landlock import EVERYTHING, READ, RUN, WRITE, Rules

__all__ = [
    "EVERYTHING",
    "READ",
    "RUN",
    "WRITE",
    "all_but",
    "confine",
    "confine_calls",
    "confine_files",
    "descriptors",
    "environment",
]

_KEPT = (
    *("PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "TZ", "TZDIR"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUTF8", "PYTHONNOUSERSITE"),
)
"""Of the environment: what finds programs and libraries, and how text is written."""

_LIBRARIES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"),
)
_MACHINE = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")

FILES = "its access to files is not confined"
CALLS = "its system calls are not filtered, so it may reach the network and start programs"


def environment(more: Mapping[str, str] | None = None, keep: Iterable[str] = ()) -> dict[str, str]:
    """Return this process's environment without what a program does not need to run: keys above all.

    Of `keep` a name that ends in `*` stands for all that begin so. `more` is added.
    """
    names = (*_KEPT, *keep)
    plain = {name for name in names if not name.endswith("*")}
    starts = tuple(name[:-1] for name in names if name.endswith("*"))
    kept = {name: value for name, value in os.environ.items() if name in plain or (starts and name.startswith(starts))}
    return kept | dict(more or {})


def confine(*, write: Path | None = None, descriptors: int, threads: bool = True) -> tuple[str, ...]:
    """Shut this process in, for good, and return in words what the system can't do of that.

    Only the installed programs can be read then, and files in `write` be made, changed and removed. No network, no
    further process, no privilege. At most `descriptors` files are open at once. Call it from the only thread:
    the rules for files are for the calling thread and those that it starts. Where system calls can't be filtered, a
    process that needs no `threads` gets none, and with them no processes.
    """
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_NOFILE", descriptors)
    rules = [(path, READ) for path in _installed()]
    files = confine_files(rules + ([(write, WRITE)] if write else []))
    calls = confine_calls()
    if calls and not threads:
        _limit("RLIMIT_NPROC", 0)
    return files + calls


def confine_files(rules: Rules, *, network: bool = False) -> tuple[str, ...]:
    """Leave this thread, and those that it starts, the named folders and files alone, each for what its rule says.

    Return in words what the system can't do of that.
    """
    if sys.platform != "linux":
        return (f"{FILES}: only Linux can",)
    try:
        kernel.give_up_privileges()
        if not landlock.version():
            return (f"{FILES}: the kernel has no Landlock, or it is switched off",)
        threads = sum(1 for _ in Path("/proc/self/task").iterdir())
        landlock.restrict(rules, network=network)
    except OSError as error:
        return (f"{FILES}: {error.strerror}",)
    return (f"{FILES} on {threads - 1} threads that began before",) if threads > 1 else ()


def confine_calls() -> tuple[str, ...]:
    """Have the kernel refuse the calls that this process has no use for; return in words what it can't do of that."""
    if sys.platform != "linux":
        return (f"{CALLS}: only Linux can",)
    try:
        kernel.give_up_privileges()
        seccomp.restrict()
    except OSError as error:
        return (f"{CALLS}: {error.strerror}",)
    return ()


def all_but(private: Path) -> Iterator[Path]:
    """Yield what, with all that lies below, is every file and folder there is now but those in `private`."""
    below = private.resolve()
    for folder in below.parents:
        with contextlib.suppress(OSError):
            yield from (child for child in folder.iterdir() if child != below)
        below = folder


def _limit(name: str, most: int) -> None:
    """Lower a limit, soft and hard; one that is lower already stays."""
    number = getattr(resource, name)
    hard = resource.getrlimit(number)[1]
    lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(number, (lowest, lowest))


def _installed() -> Iterator[Path]:
    """Yield where Python, its packages and the system's libraries lie, and what tells about the machine."""
    paths = sysconfig.get_paths()
    libraries = [Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    libraries += [Path(folder) for folder in site.getsitepackages()]
    libraries += [Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix)]
    if site.ENABLE_USER_SITE:
        libraries.append(Path(site.getusersitepackages()))
    yield from libraries
    yield from map(Path, (*_LIBRARIES, *_MACHINE, *_DEVICES))
    for entry in map(Path, sys.path):
        if not any(entry.is_relative_to(folder) for folder in libraries):
            yield from _packages(entry)


def _packages(folder: Path) -> Iterator[Path]:
    """Yield the packages and modules of a folder that is imported from: a project's other files may lie beside them."""
    try:
        children = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    except OSError:
        return
    for child in children:
        if child.suffix in (".py", ".so", ".zip", ".libs") or child.suffix.endswith("-info") or _is_package(child):
            yield child


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").is_file()
