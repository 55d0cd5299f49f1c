"""Judges documents of strangers in a process of its own. Started by `uploads.py`.

A parser that meets a hostile file may take all memory, run for ever or crash. So it runs here: with hard limits,
no environment, no way to write a file, and nothing to tell but a verdict or words.

Arguments: `judge` or `text`, a list of documents as JSON ([[handle, kind], …]), seconds of processor time for each,
bytes of memory, the folders to import from.
One line of JSON for each document: ["fine", [codes of what to look at]], ["fault", code] or ["text", words, whole].
Of several documents each is judged by a process of its own, forked from this one when the libraries are loaded.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    """Limits are set before a document is touched."""
    task, jobs, seconds, memory = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    sys.path.extend(sys.argv[5:])
    _load({kind for _handle, kind in jobs})
    _limit("RLIMIT_AS", memory)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", 0)
    if len(jobs) == 1:
        handle, kind = jobs[0]
        _say(1, _answer(task, handle, kind, seconds))
        return
    for handle, kind in jobs:
        _say(1, _forked(task, handle, kind, seconds))


def _load(kinds: set[str]) -> None:
    """Import once what the documents need; never what the PDF library could use besides."""
    for name in ("cryptography", "Crypto", "PIL", "fontTools"):
        sys.modules[name] = None  # type: ignore[assignment]
    from msreg.formats import upload_judging

    if "pdf" in kinds:
        import pypdf  # noqa: F401
    assert upload_judging


def _limit(name: str, value: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the clock of the parent and the counts while unpacking remain
        return
    try:
        limit = getattr(resource, name)
        soft = resource.getrlimit(limit)[1]
        value = value if soft == resource.RLIM_INFINITY else min(value, soft)
        resource.setrlimit(limit, (value, value))
    except (AttributeError, ValueError, OSError):  # a system that has no such limit
        return


def _answer(task: str, handle: int, kind: str, seconds: int) -> list[Any]:
    from msreg.formats.upload_judging import judged, worded
    from msreg.formats.zip_guard import Fault

    _limit("RLIMIT_CPU", seconds)
    try:
        with open(handle, "rb", closefd=False) as file:
            file.seek(0)
            data = file.read()
        return judged(data, kind) if task == "judge" else worded(data, kind, seconds)
    except Fault as fault:
        return ["fault", fault.code]
    except (MemoryError, RecursionError):
        return ["fault", "memory"]
    except Exception:  # noqa: BLE001 - a document that breaks what judges it is not taken
        return ["fault", "damaged"]


def _forked(task: str, handle: int, kind: str, seconds: int) -> bytes:
    """What a process of its own says of one document; it can reach neither the others nor our answer."""
    from msreg.formats.upload_limits import MAX_ANSWER_BYTES

    ear, mouth = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(ear)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 1)
            os.set_inheritable(mouth, False)
            _say(mouth, _answer(task, handle, kind, seconds))
            code = 0
        finally:
            os._exit(code)
    os.close(mouth)
    heard = bytearray()
    while (piece := os.read(ear, 2**16)) and len(heard) <= MAX_ANSWER_BYTES:
        heard += piece
    os.close(ear)
    os.waitpid(child, 0)
    line, end, more = bytes(heard).partition(b"\n")
    return line + end if end and not more else b'["fault","memory"]\n'


def _say(handle: int, message: list[Any] | bytes) -> None:
    line = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
    while line:
        line = line[os.write(handle, line) :]


if __name__ == "__main__":
    main()
