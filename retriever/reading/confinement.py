"""Takes away from this process what reading a file does not need: memory, files, processes and the network.

In: limits, and the folders of the program's code. Out: what could not be taken away here. One decision: each measure is
tried by itself. macOS, Windows, old kernels and some containers lack one or another, and files are read there too.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ..settings import Limits

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
"""prctl(2): PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP and SECCOMP_MODE_FILTER."""

# landlock(7): the system calls, alike on all processors, and the constants.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
"""Since which version of Landlock how many rights on files are known."""
_TCP, _TCP_SINCE = 0b11, 4
_SCOPES, _SCOPES_SINCE = 0b11, 6

_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/nix/store")
"""Where shared libraries and their data are."""

_EPERM, _ENOSYS, _CLONE_THREAD = 1, 38, 0x10000
_CLONE3 = 435
"""Its flags are out of a filter's reach. The C library goes back to `clone` where it is missing."""
_PROCESSORS = {"x86_64": (0xC000003E, 56), "aarch64": (0xC00000B7, 220)}
"""Processor -> its number for filters, and its number of `clone`."""
_REFUSED = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "io_uring_setup": (425, 425),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
"""System call -> its numbers on x86_64 and aarch64; None where there is none."""
_X32 = 0x40000000
"""Above are the calls of a second table on x86_64."""


def confine(limits: Limits, code: Sequence[str]) -> tuple[str, ...]:
    """Take away from this process what it doesn't need. This can't be undone.

    Args:
        limits: how much memory it may use.
        code: the folders that modules are imported from. With the system's libraries, they stay readable.

    Returns:
        What could not be taken away, in words, such as `a limit on memory`.
    """
    measures: tuple[tuple[str, Callable[[], None]], ...] = (
        ("a limit on memory", lambda: _limit("RLIMIT_AS", limits.memory_bytes)),
        ("a limit on written files", lambda: _limit("RLIMIT_FSIZE", 0)),
        ("a ban on core dumps", lambda: _limit("RLIMIT_CORE", 0)),
        ("a ban on other users' rights", _give_up_privileges),
        ("a ban on other files", lambda: _give_up_files(code)),
        ("a ban on processes and the network", _give_up_processes_and_network),
    )
    return tuple(what for what, take in measures if not _is_taken(take))


def code_folders(package: Path) -> list[str]:
    """The folders that Python's modules are imported from, and the shared libraries that they need.

    A folder on the module path that holds no installed packages, such as a checkout, may hold documents. It is left
    out.

    Args:
        package: the folder of this package.
    """
    places = [str(package), sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    places += [os.path.dirname(os.__file__), *os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)]
    places += [place for place in sys.path if place.endswith(".zip") or any(Path(place or ".").glob("*.dist-info"))]
    return sorted({os.path.realpath(place) for place in places if place})


def _is_taken(take: Callable[[], None]) -> bool:
    try:
        take()
    except (OSError, ValueError, AttributeError, KeyError):  # the system has no such thing, or refuses it
        return False
    return True


def _limit(name: str, most: int) -> None:
    """Set a limit of this process, at most as high as the system's."""
    number = getattr(resource, name)
    _, hard = resource.getrlimit(number)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(number, (wanted, wanted))


def _give_up_privileges() -> None:
    """No program that this process starts can have more rights than it."""
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _give_up_files(code: Sequence[str]) -> None:
    """Only the program's code can be read; nothing can be written, renamed, removed or run (Landlock)."""
    version = _system_call(_CREATE_RULESET, None, 0, _VERSION)
    rights = (1 << max(count for since, count in _RIGHTS if since <= version)) - 1
    fields = [rights, _TCP if version >= _TCP_SINCE else 0, _SCOPES if version >= _SCOPES_SINCE else 0]
    known = struct.pack(f"={1 + (version >= _TCP_SINCE) + (version >= _SCOPES_SINCE)}Q", *filter(None, fields))
    rules = _system_call(_CREATE_RULESET, known, len(known), 0)
    try:
        for place in (*_SYSTEM, *code):
            with suppress(OSError):  # not on this system
                _allow_reading(rules, place)
        _system_call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow_reading(rules: int, place: str) -> None:
    handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_FOLDER if os.path.isdir(place) else 0)
        _system_call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _give_up_processes_and_network() -> None:
    """No connection, no other process, none of another process's memory, no change of a file's rights (seccomp)."""
    machine = platform.machine()
    column = list(_PROCESSORS).index(machine)
    refused = [numbers[column] for numbers in _REFUSED.values()]
    code = b"".join(_filter(*_PROCESSORS[machine], [number for number in refused if number is not None]))
    steps = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(steps))
    _call("prctl", _SECCOMP, _FILTER, program, 0, 0)


def _filter(processor: int, clone: int, refused: Sequence[int]) -> Iterator[bytes]:
    """The program that judges each system call, in the code of Berkeley's packet filter (seccomp(2))."""
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    refuse, allow = 0x00050000, 0x7FFF0000

    def step(kind: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", kind, yes, no, value)

    def give(error: int) -> bytes:
        return step(answer, refuse | error)

    yield step(load, 4)  # the processor
    yield step(equal, processor, 1, 0)
    yield give(_EPERM)
    yield step(load, 0)  # the system call
    yield step(at_least, _X32, 0, 1)
    yield give(_EPERM)
    yield step(equal, _CLONE3, 0, 1)
    yield give(_ENOSYS)
    for number in refused:
        yield step(equal, number, 0, 1)
        yield give(_EPERM)
    yield step(equal, clone, 0, 3)
    yield step(load, 16)  # the low half of its first argument
    yield step(any_bit, _CLONE_THREAD, 1, 0)
    yield give(_EPERM)
    yield step(answer, allow)


def _system_call(number: int, *values: int | bytes | None) -> int:
    return _call("syscall", number, *values)


def _call(name: str, *values: int | bytes | None) -> int:
    """Call a function of the C library.

    Raises:
        OSError: it failed, or this is not Linux, where a number means another call.
    """
    if sys.platform != "linux":
        raise OSError(_ENOSYS, os.strerror(_ENOSYS))
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    function.restype = ctypes.c_long
    result = int(function(*(ctypes.c_long(value) if isinstance(value, int) else value for value in values)))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
