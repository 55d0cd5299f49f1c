"""Security F1: no hostile document is taken, every good one is, and none harms who judges it."""

from __future__ import annotations

import json
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from msreg.formats import upload_child, upload_limits
from msreg.formats.upload_faults import FAULTS
from msreg.formats.uploads import Kind, Taken, Verdict, clean_name, inspect, inspect_all, taken, text_of
from tests.uploads_good import documents
from tests.uploads_hostile import Hostile, changed, seeds
from tests.uploads_make import jpeg, pdf, png, stream_of

SECONDS, MEMORY = 2, 300 * 2**20
"""What one document may take (F1)."""


def copy(name: str, data: bytes, folder: Path) -> Taken:
    path = folder / "document"
    path.write_bytes(data)
    found = taken(path, folder)
    return Taken(clean_name(name), found.file, found.size, found.sha256)


def verdicts(files: Iterable[tuple[str, bytes]], folder: Path) -> list[Verdict]:
    copies = [copy(name, data, folder) for name, data in files]
    try:
        return inspect_all(copies)
    finally:
        for each in copies:
            each.close()


def code(verdict: Verdict) -> str | None:
    return next(
        (key for key, (text, _hint) in FAULTS.items() if verdict.refused and verdict.refused.message == text),
        None,
    )


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes longer or more is stopped by the system, and that shows as another fault."""
    monkeypatch.setattr(upload_limits, "JUDGING_SECONDS", SECONDS)
    monkeypatch.setattr(upload_limits, "MEMORY_BYTES", MEMORY)


def test_the_limits_of_the_program_are_these() -> None:
    assert upload_limits.MEMORY_BYTES == MEMORY
    assert upload_limits.MAX_UPLOAD_BYTES == 50 * 2**20


def judged(corpus: list[Hostile], folder: Path) -> None:
    faults = []
    for each, verdict in zip(
        corpus, verdicts([(each.name, each.data) for each in corpus], folder), strict=True
    ):
        told = code(verdict)
        if told in (None, "memory") or (each.code and told != each.code):
            faults.append((each.what, each.name, each.code, told))
    assert not faults


@pytest.mark.usefixtures("tight")
def test_no_seed_is_taken_and_each_is_told_for_what_it_is(tmp_path: Path) -> None:
    corpus = list(seeds())
    assert len(corpus) >= 200
    assert len({each.what for each in corpus}) == len(corpus)
    assert {each.code for each in corpus} >= set(FAULTS) - {"empty", "large", "no_file", "memory"}
    judged(corpus, tmp_path)


@pytest.mark.usefixtures("tight")
def test_no_change_of_one_is_taken(tmp_path: Path) -> None:
    corpus = list(changed())
    assert len(corpus) >= 300
    judged(corpus, tmp_path)


@pytest.mark.usefixtures("tight")
def test_every_good_document_is_taken(tmp_path: Path) -> None:
    good = list(documents())
    kinds = Counter(Kind(each.name.rpartition(".")[2].lower().replace("jpeg", "jpg")) for each in good)
    assert len(good) >= 50
    assert set(kinds) == set(Kind)
    found = verdicts([(each.name, each.data) for each in good], tmp_path)
    assert [
        (each.what, verdict.refused) for each, verdict in zip(good, found, strict=True) if verdict.refused
    ] == []


@pytest.mark.usefixtures("tight")
def test_one_document_in_one_process(tmp_path: Path) -> None:
    """The same verdicts as of many together, with the processor time and memory that the system counted."""
    wanted = (
        "bomb",
        "bomb (docx)",
        "flood of pixels",
        "arrays within arrays",
        "command of Word",
        "nought in a text",
    )
    chosen = [each for each in seeds() if each.what in wanted]
    good = [
        each
        for each in documents()
        if each.what in ("letter of three pages", "photo", "laboratory with a chart")
    ]
    assert len(chosen) == len(wanted)
    for each in (*chosen, *good):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with copy(each.name, each.data, tmp_path) as document:
            verdict = inspect(document)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert (verdict.refused is not None) == isinstance(each, Hostile), each.what
        assert code(verdict) != "memory", each.what
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS, each.what


def test_bytes_that_are_changed_at_random_stop_nobody(tmp_path: Path) -> None:
    """Taken or refused with a sentence; neither the time nor the memory of a document runs out."""
    chance = random.Random(6)
    files = []
    for each in (each for each in documents() if len(each.data) < 20_000):
        data = bytearray(each.data)
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
        files.append((each.name, bytes(data)))
    found = verdicts(files, tmp_path)
    assert len(found) > 30
    assert all(verdict.refused is None or code(verdict) not in (None, "memory") for verdict in found)


def test_sizes_from_one_byte_to_50_mb(tmp_path: Path) -> None:
    """SPEC N5: the largest document that is taken, in one go."""
    scan = stream_of(os.urandom(2**20), filters="")
    data = pdf(dict.fromkeys(range(10, 59), scan))
    rest = upload_limits.MAX_UPLOAD_BYTES - len(data)
    exact = pdf({**dict.fromkeys(range(10, 59), scan), 60: stream_of(b" " * (rest - 200), filters="")})
    exact += b"\n" * (upload_limits.MAX_UPLOAD_BYTES - len(exact))
    assert len(exact) == upload_limits.MAX_UPLOAD_BYTES
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with copy("scan.pdf", exact, tmp_path) as document:
        assert inspect(document).refused is None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS
    [small] = verdicts([("a.txt", b"a")], tmp_path)
    assert small.refused is None


def test_what_a_picture_tells_is_told(tmp_path: Path) -> None:
    from tests.uploads_make import exif, segment

    place = jpeg(segment(0xE1, b"Exif\0\0" + exif({0x013B: b"A. Voorbeeld"}, gps=True)))
    [plain, told] = verdicts([("a.jpg", jpeg()), ("a.jpg", place)], tmp_path)
    assert plain.warned == ()
    assert [each.split("{file} ")[1][:5] for each in told.warned] == ["tells", "holds"]


def test_nobody_is_started_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_child, "__file__", str(tmp_path / "missing.py"))
    assert inspect_all([]) == []
    [verdict] = verdicts([("a.exe", b"MZ")], tmp_path)
    assert code(verdict) == "kind"


@pytest.mark.parametrize(
    "said",
    [
        "", "{", '["fine"]', '["fine", ["other"]]', '["fine", "place"]', '["fault", "no such"]', '["text", "a", true]',
        "[" * 100_000, "null", '["fine", [[]]]',
    ],
)  # fmt: skip
def test_a_child_that_lies_takes_no_document_in(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "child.py"
    script.write_text(f"print({said!r})")
    monkeypatch.setattr(upload_child, "__file__", str(script))
    [verdict] = verdicts([("a.pdf", pdf())], tmp_path)
    assert code(verdict) == "memory"


@pytest.mark.parametrize("ending", ["os.abort()", "time.sleep(60)", "os.fork() or time.sleep(60)"])
def test_a_child_that_crashes_or_hangs(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "child.py"
    script.write_text(f"import os, time\n{ending}\n")
    monkeypatch.setattr(upload_child, "__file__", str(script))
    monkeypatch.setattr(upload_limits, "JUDGING_SECONDS", 1)
    monkeypatch.setattr(upload_limits, "WALL_FACTOR", 0.5)
    start = time.monotonic()
    [verdict] = verdicts([("a.pdf", pdf())], tmp_path)
    assert code(verdict) == "memory"
    assert time.monotonic() - start < 20


def test_one_that_is_stopped_takes_no_other_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that takes all time is refused; the ones before and behind it are judged."""
    monkeypatch.setattr(upload_limits, "JUDGING_SECONDS", 1)
    slow = pdf(dict.fromkeys(range(10, 6000), "[" + "<< /A (a) /B [1 2 3] >> " * 300 + "]"))
    found = verdicts([("a.png", png()), ("b.pdf", slow), ("c.png", png())], tmp_path)
    assert [code(each) for each in found] == [None, "memory", None]


def test_the_child_can_write_no_file_and_sees_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its limits, seen from within."""
    monkeypatch.setenv("MSREG_SECRET", "a")
    script = tmp_path / "child.py"
    source = Path(upload_child.__file__).read_text()
    source = source.replace("def _answer(", "def _unused(").replace(
        'if __name__ == "__main__":',
        """
def _answer(task, handle, kind, seconds):
    import resource
    try:
        with open(os.path.join(sys.argv[0] + ".out"), "w") as file:
            file.write("a")
        wrote = True
    except OSError:
        wrote = False
    told = [wrote, sorted(os.environ), [resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]]
    return ["text", json.dumps(told), True]

if __name__ == "__main__":""",
    )
    script.write_text(
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        + source.replace("from __future__ import annotations\n", "")
    )
    monkeypatch.setattr(upload_child, "__file__", str(script))
    with script.open("rb") as file:
        wrote, environment, limits = json.loads(text_of(file, Kind.TXT).text)
    assert wrote is False
    assert set(environment) <= {"LC_CTYPE"}
    assert limits == [MEMORY, 0]
