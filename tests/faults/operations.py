"""Run a function in a process whose every change to the disk can be stopped, torn, refused or forgotten.

The process is traced (ptrace), and a filter (seccomp) stops it only before the calls that change files, so that SQLite,
Tantivy, FAISS and Python itself are all caught, in the midst of what they do. Linux on x86-64 only.
"""

import ctypes
import errno
import os
import platform
import random
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

AVAILABLE = sys.platform == "linux" and platform.machine() == "x86_64"

_LIBC = ctypes.CDLL(None, use_errno=True)
_TRACEME, _CONT, _GETREGS, _SETREGS, _SYSCALL, _SETOPTIONS = 0, 7, 12, 13, 24, 0x4200
# Stop before filtered calls, follow threads and children, and let none survive the tracer.
_OPTIONS = 0x80 | 0x02 | 0x04 | 0x08 | 0x100000
_SECCOMP_EVENT = 7
_ALL_CHILDREN = 0x40000000
_REGISTERS = """r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base
ds es fs gs""".split()
_ON_HANDLE = {1: "write", 18: "pwrite", 20: "writev", 77: "truncate", 285: "allocate", 74: "sync", 75: "sync"}
_ON_PATH = {82: "rename", 83: "mkdir", 84: "rmdir", 87: "unlink", 86: "link", 90: "chmod"}
_ON_PLACE = {257: "open", 258: "mkdir", 263: "unlink", 264: "rename", 316: "rename", 265: "link"}
_CREATE = os.O_CREAT
_NEEDS_ROOM = {"write", "pwrite", "writev", "allocate", "mkdir", "open", "link"}


class Fault(StrEnum):
    """What happens at the chosen operation."""

    KILL = "killed"
    TEAR = "killed in the midst of a write"
    POWER = "power cut"
    FULL = "disk full from then on"
    BROKEN = "input/output error"
    READ_ONLY = "read-only from then on"
    NO_HANDLES = "no file handles from then on"


_ERRNO = {
    Fault.FULL: errno.ENOSPC,
    Fault.BROKEN: errno.EIO,
    Fault.READ_ONLY: errno.EROFS,
    Fault.NO_HANDLES: errno.EMFILE,
}


@dataclass(slots=True)
class Ran:
    """What a traced process did.

    Attributes:
        said: its lines.
        operations: what it changed, in order, the one that the fault met included.
        reached: whether the fault's operation came.
        status: exit status; negative for a signal.
        disk: what a power cut would leave, where that is the fault.
    """

    said: list[str] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    reached: bool = False
    status: int = 0
    disk: "Disk | None" = None


@dataclass(slots=True)
class Disk:
    """What a disk is sure to hold of some files: what was synced; the rest it may hold or not, each write by itself."""

    sure: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)

    def write(self, path: str, offset: int, data: bytes | None) -> None:
        """Note a write; None cuts the file at the offset."""
        if path not in self.sure and path not in self.pending:
            self.sure[path] = Path(path).read_bytes()  # it was there before
        self.pending.setdefault(path, []).append((offset, data))

    def sync(self, path: str) -> None:
        content = bytearray(self.sure.get(path, b""))
        for offset, data in self.pending.pop(path, []):
            _apply(content, offset, data)
        self.sure[path] = bytes(content)

    def rename(self, old: str, new: str) -> None:
        for noted in (self.sure, self.pending):
            for path in [path for path in noted if path == old or path.startswith(f"{old}/")]:
                noted[new + path[len(old) :]] = noted.pop(path)

    def forget(self, path: str) -> None:
        self.sure.pop(path, None)
        self.pending.pop(path, None)

    def cut(self, draw: random.Random) -> None:
        """Leave in the files what was synced, and of the rest some writes, chosen by chance."""
        for path, writes in self.pending.items():
            if not Path(path).is_file():
                continue
            content, share = bytearray(self.sure.get(path, b"")), draw.choice((0.0, 0.5, 0.9))
            for offset, data in writes:
                if draw.random() < share:
                    _apply(content, offset, data)
            Path(path).write_bytes(content)


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
    content.extend(bytes(max(0, offset - len(content))))
    if data is not None:
        content[offset : offset + len(data)] = data


def can_trace() -> bool:
    """Whether this system lets a process be traced and filtered."""
    if not AVAILABLE:
        return False
    try:
        return run(lambda _: None, Path("/nonexistent")).status == 0
    except OSError:
        return False


def run(work: Callable[[Callable[..., None]], None], folder: Path, fault: Fault | None = None, at: int = 0) -> Ran:
    """Run a function in a process of its own.

    Args:
        work: gets a function that says words to the tracer.
        folder: only operations below it are counted.
        fault: what happens at the operation `at`, counted from 1.
        at: see there.
    """
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        _be_traced(work, into)
    os.close(into)
    tracer = _Tracer(child, str(folder.resolve()), fault, at)
    tracer.follow()
    with os.fdopen(out, encoding="utf-8") as said:
        tracer.ran.said = said.read().splitlines()
    return tracer.ran


def _be_traced(work: Callable[[Callable[..., None]], None], into: int) -> None:
    def say(*words: str) -> None:
        os.write(into, (" ".join(words).replace("\n", " ") + "\n").encode())

    status = 71
    try:
        _LIBC.ptrace(_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        _filter()
        work(say)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _filter() -> None:
    """Let this process stop before the calls that change files, and before no other."""
    calls = [*_ON_HANDLE, *_ON_PATH, *_ON_PLACE]
    load, equal, give = 0x20, 0x15, 0x06
    steps = [struct.pack("HBBI", load, 0, 0, 0)]
    steps += [struct.pack("HBBI", equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [struct.pack("HBBI", give, 0, 0, 0x7FFF0000), struct.pack("HBBI", give, 0, 0, 0x7FF00000)]
    code = ctypes.create_string_buffer(b"".join(steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code)))
    if _LIBC.prctl(38, 1, 0, 0, 0) or _LIBC.prctl(22, 2, program, 0, 0):
        raise OSError(ctypes.get_errno(), "this system allows no filter")


class _Tracer:
    def __init__(self, child: int, folder: str, fault: Fault | None, at: int) -> None:
        self._child, self._folder, self._fault, self._at = child, folder, fault, at
        self.ran = Ran(disk=Disk() if fault is Fault.POWER else None)

    def follow(self) -> None:
        """Go on with the process until it has ended."""
        _, status = os.waitpid(self._child, _ALL_CHILDREN)
        if not os.WIFSTOPPED(status):
            raise OSError("this system lets no process be traced")
        _ptrace(_SETOPTIONS, self._child, _OPTIONS)
        _ptrace(_CONT, self._child, 0)
        while True:
            process, status = os.waitpid(-1, _ALL_CHILDREN)
            if not os.WIFSTOPPED(status):
                if process == self._child:
                    self.ran.status = os.waitstatus_to_exitcode(status)
                    return
                continue
            event, number = status >> 16, os.WSTOPSIG(status)
            if event == _SECCOMP_EVENT:
                self._before(process)
            passed_on = 0 if event or number in (signal.SIGSTOP, signal.SIGTRAP) else number
            _ptrace(_CONT, process, passed_on, may_be_gone=True)

    def _before(self, process: int) -> None:
        """Look at the call that a process is about to make, and let the fault happen if it is the one."""
        registers = _registers(process)
        try:
            operation, path = self._operation(process, registers)
        except ProcessLookupError:  # another process has killed it meanwhile
            return
        if not operation:
            return
        ran = self.ran
        refused = self._refused(operation, len(ran.operations) + 1)
        if refused is not False:
            ran.operations.append(f"{operation} {path.removeprefix(self._folder).lstrip('/')}")
            if refused or len(ran.operations) == self._at:
                ran.reached = True
                self._happen(process, registers, operation)
                return
        if ran.disk is not None:
            self._note(ran.disk, process, registers, operation, path)

    def _refused(self, operation: str, number: int) -> bool | None:
        """Whether an operation is refused because of an earlier one; False where it isn't even counted."""
        fault = self._fault
        if fault is Fault.NO_HANDLES:
            return (number > self._at or None) if operation.startswith("open") else False
        if operation == "open to read":
            return False
        if fault is Fault.FULL:
            return (number > self._at and operation in _NEEDS_ROOM) or None
        if fault is Fault.READ_ONLY:
            return number > self._at or None
        return None

    def _happen(self, process: int, registers: dict[str, int], operation: str) -> None:
        fault = self._fault
        if fault in _ERRNO:
            if fault is Fault.FULL and operation not in _NEEDS_ROOM:
                return
            _set_registers(process, {**registers, "orig_rax": 2**64 - 1, "rax": 2**64 - _ERRNO[fault]})
            return
        if fault is Fault.TEAR and operation in ("write", "pwrite") and registers["rdx"] > 1:
            _set_registers(process, {**registers, "rdx": registers["rdx"] // 2})
            _ptrace(_SYSCALL, process, 0)
            os.waitpid(process, _ALL_CHILDREN)
        os.kill(self._child, signal.SIGKILL)

    def _operation(self, process: int, registers: dict[str, int]) -> tuple[str, str]:
        """What a call does, and to which path; empty where it changes nothing below the folder."""
        call = registers["orig_rax"]
        if call in _ON_HANDLE:
            path = _linked(f"/proc/{process}/fd/{registers['rdi']}")
            return (_ON_HANDLE[call], path) if self._is_ours(path) else ("", "")
        place = registers["rdi" if call in _ON_PATH else "rsi"]
        path = os.fsdecode(_string(process, place))
        if call in _ON_PLACE and not path.startswith("/"):
            handle = ctypes.c_int(registers["rdi"] & 0xFFFFFFFF).value
            path = os.path.join(_linked(f"/proc/{process}/" + ("cwd" if handle == -100 else f"fd/{handle}")), path)
        operation = _ON_PATH.get(call) or _ON_PLACE[call]
        if operation == "open" and not registers["rdx"] & _CREATE:
            operation = "open to read"
        return (operation, path) if self._is_ours(path) else ("", "")

    def _is_ours(self, path: str) -> bool:
        return path == self._folder or path.startswith(f"{self._folder}/")

    def _note(self, disk: Disk, process: int, registers: dict[str, int], operation: str, path: str) -> None:
        """Note what a call is about to write, for the power cut that may come later."""
        if path.endswith("-shm"):
            return  # shared memory: SQLite makes it anew
        if operation in ("write", "pwrite"):
            data = _memory(process, registers["rsi"], registers["rdx"])
            offset = registers["r10"] if operation == "pwrite" else _position(process, registers["rdi"])
            disk.write(path, offset, data)
        elif operation == "truncate":
            disk.write(path, registers["rsi"], None)
        elif operation == "sync":
            disk.sync(path)
        elif operation == "unlink":
            disk.forget(path)
        elif operation == "rename":
            by_path = registers["orig_rax"] in _ON_PATH
            new = os.fsdecode(_string(process, registers["rsi" if by_path else "r10"]))
            disk.rename(path, new)


def _ptrace(request: int, process: int, data: int, *, may_be_gone: bool = False) -> None:
    answered = _LIBC.ptrace(ctypes.c_long(request), ctypes.c_long(process), ctypes.c_void_p(0), ctypes.c_void_p(data))
    if answered == -1 and not may_be_gone:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x}")


def _registers(process: int) -> dict[str, int]:
    room = (ctypes.c_uint64 * len(_REGISTERS))()
    _ptrace(_GETREGS, process, ctypes.addressof(room), may_be_gone=True)
    return dict(zip(_REGISTERS, room, strict=True))


def _set_registers(process: int, registers: dict[str, int]) -> None:
    room = (ctypes.c_uint64 * len(_REGISTERS))(*registers.values())
    _ptrace(_SETREGS, process, ctypes.addressof(room))


def _memory(process: int, address: int, length: int) -> bytes:
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(length) or b""


def _string(process: int, address: int) -> bytes:
    page = 4096 - address % 4096
    first = _memory(process, address, page)
    return (first if b"\0" in first else first + _memory(process, address + page, 4096)).partition(b"\0")[0]


def _position(process: int, handle: int) -> int:
    return int(Path(f"/proc/{process}/fdinfo/{handle}").read_text().split()[1])


def _linked(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
