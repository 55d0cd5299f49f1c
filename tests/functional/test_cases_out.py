"""`cases export` and `cases whose` as people call them; a large file passes through little memory (SPEC C4, C9)."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.services.case_files import add_file, file_row
from msreg.services.case_traces import own_words
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import cases as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Role
from tests.cases import reported

Quick = Callable[..., Any]
TODAY = date(2026, 11, 21)
LARGE = 50_000_000


def approved(registry: Registry, desk: Actor, name: str, data: bytes, **columns: Any) -> str:
    """An approved case with one file; gives its number."""
    new = reported(registry, desk, TODAY)
    with registry.light() as db:
        row = queries.by_id(db, new.id)
    assert row is not None
    with writing(registry, by=desk, event="cases.upload", action=Action.CREATE, plain=True) as work:
        facts = {"kind": name.rpartition(".")[2], "searched": own_words(row).mark, **columns}
        sha256 = hashlib.sha256(data).hexdigest()
        add_file(
            work, file_row(work, new.id, name=name, size=len(data), sha256=sha256, **facts), io.BytesIO(data)
        )
    with registry.light() as db:
        db.execute("UPDATE notification SET state = 'approved' WHERE id = ?", (new.id,))
    return str(new.number)


def test_a_file_for_the_committee(registry: Registry, desk: Actor, quick: Quick, tmp_path: Path) -> None:
    number = approved(registry, desk, "Jansen.txt", b"verslag", wanted="delivery_report")
    words = ("cases", "export", "--out", tmp_path / "c.zip", "--to", "De commissie", "--purpose", "overleg")
    done = quick(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"{tmp_path / 'c.zip'}  1 case, 1 file"
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        (name, book) = archive.namelist()
    assert book == "cases.xlsx"
    pseudonym = name.partition("/")[0]
    assert json.loads(quick("cases", "whose", pseudonym, "--json").out) == {"case": number}
    (left,) = json.loads(quick("exports", "list", "--json").out)
    assert (left["event"], left["recipient"], left["purpose"], left["patients"], left["project"]) == (
        "cases.export", "De commissie", "overleg", 1, "",
    )  # fmt: skip
    again = quick(*words)
    assert (again.code, again.out) == (8, "")
    assert quick(*words, "--overwrite").code == 0


def test_what_stays_behind_is_named_and_is_exit_7(
    registry: Registry, desk: Actor, quick: Quick, tmp_path: Path
) -> None:
    number = approved(registry, desk, "brief.txt", b"x", traces={"bsn": 1})
    approved(registry, desk, "held.txt", b"y", held=True)
    done = quick("cases", "export", "--out", tmp_path / "c.zip")
    assert done.code == 7
    assert f"  {number}  file 1: brief.txt: 1 BSN" in done.out.splitlines()
    assert "Left out, for they are in quarantine:" in done.out
    found = json.loads(quick("cases", "export", "--out", tmp_path / "d.zip", "--with-traces", "--json").out)
    assert (found["cases"], found["files"], [each["reason"] for each in found["left_out"]]) == (
        2,
        1,
        ["quarantine"],
    )
    assert set(found) == {"out", "cases", "files", "project", "log_row", "left_out"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--out", "c.pdf"], 2),
        (["--out", "c.zip", "--state", "concept"], 2),
        (["--out", "c.zip", "--state", "x"], 2),
        (["--out", "c.zip", "--theme", "x"], 3),
        (["--out", "nowhere/c.zip"], 3),
        (["--out", "c.zip", "--to", "x" * 201], 2),
        (["--out", "c.zip", "--project", "x" * 61], 2),
        (["--out", "c.zip", "--since", "2026-11-22"], 3),
        ([], 2),
    ],
)
def test_wrong_words(
    words: list[str], code: int, registry: Registry, desk: Actor, quick: Quick, tmp_path: Path
) -> None:
    approved(registry, desk, "a.txt", b"x")
    done = quick("cases", "export", *words)
    assert (done.code, done.out, bool(done.err)) == (code, "", True)
    assert not list(tmp_path.glob("*.zip"))


def test_a_coordinator_exports_and_a_notifier_does_not(
    registry: Registry, desk: Actor, quick: Quick, sit_down: Callable[..., Actor], tmp_path: Path
) -> None:
    approved(registry, desk, "a.txt", b"x")
    sit_down(Role.COORDINATOR)
    assert quick("cases", "export", "--out", tmp_path / "c.zip").code == 0
    sit_down(Role.NOTIFIER, "AMS01")
    assert quick("cases", "export", "--out", tmp_path / "d.zip").code == 5
    assert quick("cases", "whose", "A" * 16).code == 5


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_answer_fits_80_columns(
    lang: str, registry: Registry, desk: Actor, terminal: Callable[..., Any], tmp_path: Path
) -> None:
    approved(registry, desk, "b" * 90 + ".txt", b"x", traces={"bsn": 1, "date": 2})
    seen = terminal("cases", "export", "--out", "c.zip", "--lang", lang, columns=80)
    assert seen.code == 7
    assert max(map(len, seen.lines)) <= 80
    assert "bbbb" in "".join(seen.lines)


MEASURED = (
    "import sys; from msreg.__main__ import main; code = main(sys.argv[1:]);"
    " lines = open('/proc/self/status').read().splitlines();"
    " print(next(each.split()[1] for each in lines if each.startswith('VmHWM'))); sys.exit(code)"
)


def test_fifty_megabytes_pass_through_little_memory(
    registry: Registry, desk: Actor, home: Mapping[str, str], tmp_path: Path
) -> None:
    block = hashlib.sha512(b"x").digest()
    approved(registry, desk, "film.png", block * (LARGE // len(block)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "cases", "export", "--out", str(tmp_path / "c.zip")],
        env=dict(home), cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c.zip").stat().st_size > LARGE - 64
    assert int(done.stdout.splitlines()[-1]) < 100_000  # kB
