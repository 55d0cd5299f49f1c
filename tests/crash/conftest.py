"""Registries and batch files that the crash tests copy; each is made once by each worker."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from benchmarks.batch import write_csv
from msreg.config import load_settings
from msreg.services import access
from msreg.services.centres import add_centre
from msreg.services.exports import Style, export
from msreg.services.made_up import fill
from msreg.services.made_up.lists import centres
from msreg.services.patients import Asked
from msreg.store.registry import Registry
from tests.conftest import environment
from tests.crash.forked import TODAY, run
from tests.crash.killing import Ground, copied
from tests.crash.states import State, sound

PATIENTS, COURSES = 400, 24
EARLIER = 40
"""Patients whom the registry has before the large batch comes, with other answers."""


@pytest.fixture(scope="session")
def empty(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry without patients that knows the centres of all made-up people."""
    folder = copied(template, tmp_path_factory.mktemp("empty") / "copy")
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        with registry.light() as db:
            missing = [each for each in centres() if access.centre_by_code(db, each.code) is None]
        for each in missing:
            add_centre(registry, by=by, code=each.code, name=each.name)
    return folder


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of 10,000 rows of one hospital."""
    batch = tmp_path_factory.mktemp("large") / "batch"
    write_csv(batch, PATIENTS, COURSES, TODAY)
    assert sum(len(rows(each)) for each in batch.iterdir()) == PATIENTS * (COURSES + 1)
    return batch


@pytest.fixture(scope="session")
def started(empty: Path, large: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that has some of the patients of the large batch, with other answers in half of their rows."""
    place = tmp_path_factory.mktemp("started")
    earlier = place / "earlier"
    earlier.mkdir()
    known = {row["patient_number"] for row in rows(large / "patients.csv")[:EARLIER]}
    for path in large.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            names = csv.DictReader(file).fieldnames or []
        with (earlier / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            for at, row in enumerate(rows(path)):
                if row["patient_number"] in known:
                    writer.writerow(_otherwise(row) if at % 2 else row)
    folder = copied(empty, place / "copy")
    ended = run(folder, "imports", "run", earlier, "--yes", "--json")
    assert (ended.code, ended.err) == (0, ""), ended
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by the names of its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _otherwise(row: dict[str, str]) -> dict[str, str]:
    other = {"email": "earlier@example.org", "mri_new_t2": "unknown"}
    return row | {key: text for key, text in other.items() if row.get(key)}


@pytest.fixture(scope="session")
def loading(started: Path, large: Path, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The load of the large batch, which adds most of its rows and changes some."""
    words = ("imports", "run", large, "--yes")  # as JSON it would tell what became of each row
    return Ground.of(started, words, tmp_path_factory.mktemp("loading"), again=0)


@pytest.fixture(scope="session")
def undoing(loading: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Taking the large batch back."""
    place = tmp_path_factory.mktemp("undoing")
    folder = copied(loading.folder, place / "loaded")
    assert run(folder, *loading.words).code == 0
    return Ground.of(folder, ("imports", "undo", "2", "--yes"), place, again=8)


@pytest.fixture(scope="session")
def batch(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of CSV files with 2,000 rows and some, of every kind of record."""
    folder = copied(empty, tmp_path_factory.mktemp("source") / "copy")
    settings = load_settings(environment(folder))
    out = folder / "batch"
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        fill(registry, by=by, seed=3, patients=175, today=TODAY)
        with registry.light() as db:
            # Courses that somebody left half answered: a registry that does not have them refuses them.
            db.execute("DELETE FROM course WHERE open_questions > 0")
        done = export(
            registry, by=by, format="csv", out=out, asked=Asked(), today=TODAY, style=Style(False, "en")
        )
    assert sum(done.rows.values()) >= 2000
    return out


@pytest.fixture(scope="session")
def whole(empty: Path, batch: Path, tmp_path_factory: pytest.TempPathFactory) -> State:
    """What a registry holds that has loaded `batch` once."""
    folder = copied(empty, tmp_path_factory.mktemp("whole") / "copy")
    ended = run(folder, "imports", "run", batch, "--yes", "--json")
    assert (ended.code, ended.err) == (0, ""), ended
    return sound(folder)


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Path:
    """A copy of the registry without patients."""
    shutil.copytree(empty, tmp_path / "copy")
    return tmp_path / "copy"
