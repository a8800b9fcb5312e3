"""What a server process asks of its operating system: to end with its parent, to let nobody new come, to take memory back."""

import ctypes
import multiprocessing
import os
import socket
import threading
from contextlib import suppress
from multiprocessing.connection import wait

_ATTACH_FILTER = 26  # SO_ATTACH_FILTER of Linux, which Python has no name for
_FLAGS, _SYN = 13, 0x02  # where the flags stand in a TCP header, and the one of who wants to connect


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("then", ctypes.c_uint8),
        ("otherwise", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def let_nobody_come(listening: socket.socket) -> None:
    """Ignore new connections to a listening socket, in whichever process it is; those that are there can be accepted still.

    A socket that is closed while connections wait in its queue resets them. Who is ignored tries again a second later, and
    finds the next server, or none. Only Linux can do it (socket(7), SO_ATTACH_FILTER); elsewhere nothing changes.
    """
    code = (_Instruction * 4)(
        _Instruction(0x30, 0, 0, _FLAGS),  # load the byte
        _Instruction(0x45, 0, 1, _SYN),  # if the flag is set …
        _Instruction(0x06, 0, 0, 0),  # … drop the packet
        _Instruction(0x06, 0, 0, 0xFFFFFFFF),  # else take it
    )
    program = _Program(len(code), code)
    with suppress(OSError):
        listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, bytes(program))


def give_memory_back() -> None:
    """Let the system have what was needed for a while, as at the start: some megabytes; only glibc keeps them."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def end_with_parent() -> None:
    """End this process at once when the one that started it does: it must not keep the port for itself."""
    parent = multiprocessing.parent_process()
    assert parent

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
