"""A call of the program with a folder that is a small disk of its own: when that is full, it is really full.

The disk is a file system in memory, mounted where only the call sees it. That takes root, or a name space of the
user's own.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from functools import cache
from pathlib import Path

from tests.crash.forked import Ended, run, small_files

MADE, NOT_ALLOWED, TROUBLE = 0, 98, 99
_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000  # of sched.h
_RECURSIVE, _PRIVATE = 1 << 14, 1 << 18  # of sys/mount.h
_PAGE = 4096


@cache
def mountable() -> bool:
    """Whether this system lets us have a disk of our own; else a limit on the size of files stands for it.

    That limit holds for the files of the registry too, which then cannot log what it is asked.
    """
    child = os.fork()
    if not child:
        os._exit(MADE if _own_mounts() else NOT_ALLOWED)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == MADE


def run_on_small_disk(disk: Path, room: int, folder: Path, *words: object) -> Ended:
    """Run the program on the registry in `folder`, with so much room beside what is in the folder `disk`.

    What the call leaves on the disk is in that folder afterwards.
    """
    if not mountable():
        return run(folder, *words, first=small_files(room))
    apart = folder / "apart"
    shutil.rmtree(apart, ignore_errors=True)
    apart.mkdir()
    child = os.fork()
    if not child:
        code = TROUBLE
        try:
            code = _on_disk(disk, room, apart, folder, words)
        except BaseException as trouble:
            (apart / "trouble").write_text(repr(trouble))
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == MADE, (apart / "trouble").read_text()
    shutil.rmtree(disk)
    (apart / "after").rename(disk)
    code, out, err, seconds = json.loads((apart / "ended").read_text())
    return Ended(code, out, err, seconds)


def _on_disk(disk: Path, room: int, apart: Path, folder: Path, words: tuple[object, ...]) -> int:
    """In the child: go where the disk is mounted, run the program there, and take what it left out."""
    assert _own_mounts()
    shutil.copytree(disk, apart / "before")
    files = [each for each in disk.rglob("*") if each.is_file()]
    taken = sum(-(-each.stat().st_size // _PAGE) * _PAGE for each in files)
    # A file system in memory that has no size is one without a limit.
    assert _mount(b"none", disk, b"tmpfs", 0, f"size={max(taken + room, _PAGE)},mode=700")
    shutil.copytree(apart / "before", disk, dirs_exist_ok=True)
    ended = run(folder, *words)
    shutil.copytree(disk, apart / "after")
    (apart / "ended").write_text(json.dumps([ended.code, ended.out, ended.err, ended.seconds]))
    return MADE


def _own_mounts() -> bool:
    """Leave the mounts of everybody else, so that what is mounted from here on is seen by this process only."""
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None).unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)):
        return False
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return _mount(b"none", Path("/"), None, _RECURSIVE | _PRIVATE, None)


def _mount(what: bytes, where: Path, kind: bytes | None, flags: int, options: str | None) -> bool:
    data = None if options is None else options.encode()
    return bool(ctypes.CDLL(None).mount(what, os.fsencode(where), kind, ctypes.c_ulong(flags), data) == 0)
