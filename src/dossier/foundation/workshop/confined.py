"""What a process gives up before it opens what somebody sent: memory, time, space on the disk, the network, other programs.

Parsers meet what was made to break them. What one of them dies of, or is made to do, reaches nobody else.
Limits are kept by every system; that no socket is opened and no program begun, by Linux (seccomp, without any right); a network
of its own, where the system lets it have one.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from contextlib import suppress
from typing import Any, NamedTuple


class Limits(NamedTuple):
    """`memory`: bytes of address space. `processor`, `seconds`: of the processor, and of the clock. `file`: bytes of a file that it writes.

    `programs`: whether it may begin other programs, and speak to them on this machine, as LibreOffice does.
    """

    memory: int = 1_000_000_000
    processor: int = 10
    seconds: float = 20
    file: int = 0
    programs: bool = False

    def sent(self) -> dict[str, Any]:
        """As JSON has it."""
        return self._asdict()


_DEATH, _PRIVILEGES, _SECCOMP = 1, 38, 22  # prctl: PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP
_FILTER = 2  # SECCOMP_MODE_FILTER
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # CLONE_NEWNET, CLONE_NEWUSER
_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of a filter
_NUMBER, _MACHINE, _FIRST = 0, 4, 16  # where in struct seccomp_data: the call, the architecture, its first argument
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # SECCOMP_RET_…; refused with EPERM
_ON_THIS_MACHINE = 1  # AF_UNIX
_OTHER_ABI = 0x40000000  # the x32 calls of x86-64

# Architecture as the kernel names it; socket; execve, execveat; ptrace, io_uring_setup (whose requests no filter sees).
_MACHINES: dict[str, tuple[int, int, tuple[int, ...], tuple[int, ...]]] = {
    "x86_64": (0xC000003E, 41, (59, 322), (101, 425)),
    "aarch64": (0xC00000B7, 198, (221, 281), (117, 425)),
}


def confine(limits: Limits) -> None:
    """From now on. What a system does not know is left out; the limits of time and memory every one knows."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large is an error where it is written
    if sys.platform == "linux":
        _confine_on_linux(limits)


def _confine_on_linux(limits: Limits) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DEATH, signal.SIGKILL, 0, 0, 0)  # it ends with the server
    libc.unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_NETWORK | _NEW_USER)
    if (machine := _MACHINES.get(platform.machine())) and libc.prctl(_PRIVILEGES, 1, 0, 0, 0) == 0:
        program = _filter(*machine, programs=limits.programs)
        held = ctypes.create_string_buffer(program)
        libc.prctl(_SECCOMP, _FILTER, ctypes.byref(_Program(len(program) // 8, ctypes.addressof(held))), 0, 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _filter(machine: int, socket: int, begins: tuple[int, ...], never: tuple[int, ...], *, programs: bool) -> bytes:
    """A filter of calls: what stands for another architecture is killed, what is not wanted is refused, the rest allowed."""
    refused = never if programs else (socket, *begins, *never)
    tests = [(_EQUALS, call) for call in refused] + [(_AT_LEAST, _OTHER_ABI)]
    code = [(_LOAD, 0, 0, _MACHINE), (_EQUALS, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    if programs:  # a socket only of this machine
        code += [(_EQUALS, 0, 4, socket), (_LOAD, 0, 0, _FIRST), (_EQUALS, 0, 1, _ON_THIS_MACHINE)]
        code += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code += [(how, len(tests) - at, 0, call) for at, (how, call) in enumerate(tests)]
    code += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *each) for each in code)
