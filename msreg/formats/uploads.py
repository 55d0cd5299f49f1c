"""The gate for documents of a case: what a file is by its content, judged in a child process (security F1).

`taken` copies a file once, `inspect` says whether that copy may be stored, `text_of` gives its words so that
a notifier can be warned of what names somebody. Nothing here opens a file of a stranger in this process.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from msreg.errors import Refused, Unavailable
from msreg.formats import upload_child, upload_limits
from msreg.formats.upload_faults import FAULTS, WARNED, fault
from msreg.formats.upload_names import Kind, clean_name, kind_of
from msreg.formats.upload_taking import Taken, taken
from msreg.vocabulary import N_

__all__ = [
    "Kind",
    "Taken",
    "Text",
    "Verdict",
    "clean_name",
    "inspect",
    "inspect_all",
    "kind_of",
    "taken",
    "text_of",
    "texts_of",
]

_AT_ONCE = 50


class Verdict(NamedTuple):
    """What is thought of a document. `refused` says why it is not taken, and what to do; it can be raised.

    `warned`: what it tells that its name does not, messages with `{file}`.
    """

    name: str
    kind: Kind | None
    refused: Refused | None = None
    warned: tuple[str, ...] = ()


class Text(NamedTuple):
    """The words of a document, and whether these are all: those that a picture shows in its pixels are not found."""

    text: str
    whole: bool


def inspect(document: Taken) -> Verdict:
    """Judge one document in a process of its own. Raises `Unavailable` only when no process can be started."""
    return inspect_all([document])[0]


def inspect_all(documents: Sequence[Taken]) -> list[Verdict]:
    """Judge documents, each in a process of its own; many are judged faster together than one by one."""
    kinds = [kind_of(each.name) for each in documents]
    known = [(each.file, kind) for each, kind in zip(documents, kinds, strict=True) if kind]
    answers = _answers("judge", known)
    return [
        _verdict(each.name, kind, next(answers))
        if kind
        else Verdict(each.name, None, fault("kind", each.name))
        for each, kind in zip(documents, kinds, strict=True)
    ]


def text_of(file: BinaryIO, kind: Kind) -> Text:
    """The words of a document that was judged: of its pages, notes and fields, and of who made it.

    Of a picture only what stands beside its pixels. Never raises for what the document holds: words that
    cannot be read are none, and `whole` is false.
    """
    return texts_of([(file, kind)])[0]


def texts_of(documents: Sequence[tuple[BinaryIO, Kind]]) -> list[Text]:
    """The words of documents; of many small ones faster together, of large ones all words are in memory at once."""
    return [_text(answer) for answer in _answers("text", documents)]


def _text(answer: Any) -> Text:
    match answer:
        case ["text", str(text), bool(whole)]:
            return Text(text[: upload_limits.MAX_TEXT], whole)
        case _:
            return Text("", whole=False)


def _verdict(name: str, kind: Kind, answer: Any) -> Verdict:
    match answer:
        case ["fine", list(codes)] if all(type(code) is str and code in WARNED for code in codes):
            return Verdict(name, kind, warned=tuple(WARNED[code] for code in codes))
        case ["fault", str(code)] if code in FAULTS:
            return Verdict(name, kind, fault(code, name, kind.value))
        case _:  # it was stopped, or says what our child does not say
            return Verdict(name, kind, fault("memory", name, kind.value))


def _answers(task: str, documents: Sequence[tuple[BinaryIO, Kind]]) -> Iterator[Any]:
    """What the child says of each document, in their order; None where it says nothing."""
    size = _AT_ONCE if hasattr(os, "fork") else 1
    for at in range(0, len(documents), size):
        some = documents[at : at + size]
        lines = _asked(task, some).splitlines()
        for number in range(len(some)):
            try:
                yield json.loads(lines[number]) if number < len(lines) else None
            except (ValueError, RecursionError):
                yield None


def _asked(task: str, documents: Sequence[tuple[BinaryIO, Kind]]) -> bytes:
    one = len(documents) == 1
    handles = [file.fileno() for file, _kind in documents]
    jobs = [
        [0 if one else handle, kind.value] for handle, (_file, kind) in zip(handles, documents, strict=True)
    ]
    each = upload_limits.JUDGING_SECONDS if task == "judge" else upload_limits.TEXT_SECONDS
    limits = [str(each), str(upload_limits.MEMORY_BYTES)]
    with subprocess.Popen(
        [sys.executable, "-I", "-S", upload_child.__file__, task, json.dumps(jobs), *limits, *_folders()],
        stdin=handles[0] if one else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a crash report could hold a patient's value
        env={},
        cwd="/",
        pass_fds=() if one else handles,
        start_new_session=hasattr(os, "killpg"),
    ) as process:
        assert process.stdout is not None
        alarm = threading.Timer(upload_limits.WALL_FACTOR * each * len(documents), _end, [process])
        alarm.daemon = True
        alarm.start()
        try:
            return process.stdout.read(upload_limits.MAX_ANSWER_BYTES * len(documents))
        finally:
            alarm.cancel()
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a child with those that it started. Nobody waited for it yet, so its number is nobody else's."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _folders() -> list[str]:
    found = importlib.util.find_spec("pypdf")
    if found is None or found.origin is None:
        raise Unavailable(N_("The library pypdf is missing; install msreg again."))
    return [str(Path(__file__).parents[2]), str(Path(found.origin).parents[1])]
