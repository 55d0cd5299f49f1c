"""S8: files 0600 and folders 0700 under every umask; a written file is whole or as it was."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from msreg.errors import Conflict, Unavailable
from msreg.store.files import check_private, create_private, private_dir, write_private


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "a" / "b"
    private_dir(folder)
    write_private(folder / "written", b"x")
    create_private(folder / "created")
    assert [mode(each) for each in (folder.parent, folder)] == [0o700, 0o700]
    assert [mode(each) for each in sorted(folder.iterdir())] == [0o600, 0o600]
    assert check_private(folder) == check_private(folder / "written") == []


def test_a_written_file_replaces_and_leaves_no_other(tmp_path: Path) -> None:
    write_private(tmp_path / "f", b"old")
    write_private(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["f"]


def test_an_existing_file_can_be_kept(tmp_path: Path) -> None:
    write_private(tmp_path / "f", b"old")
    with pytest.raises(Conflict):
        write_private(tmp_path / "f", b"new", replace=False)
    with pytest.raises(Conflict):
        create_private(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    for attempt in (
        lambda: private_dir(tmp_path / "f"),
        lambda: private_dir(tmp_path / "f" / "g"),
        lambda: write_private(tmp_path / "f" / "g", b""),
        lambda: write_private(tmp_path / "none" / "g", b""),
    ):
        with pytest.raises(Unavailable) as told:
            attempt()
        assert str(tmp_path) in str(told.value)


def test_an_empty_open_folder_is_closed_one_with_files_is_left(tmp_path: Path) -> None:
    for name in ("empty", "full"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    (tmp_path / "full" / "f").write_text("x")
    private_dir(tmp_path / "empty")
    private_dir(tmp_path / "full")
    assert mode(tmp_path / "empty") == 0o700
    assert mode(tmp_path / "full") == 0o755


def test_each_problem_is_named(tmp_path: Path) -> None:
    open_file = tmp_path / "open"
    open_file.write_text("x")
    open_file.chmod(0o644)
    (tmp_path / "link").symlink_to(open_file)
    os.mkfifo(tmp_path / "pipe", 0o600)
    kinds = {
        name: [each.kind for each in check_private(tmp_path / name)]
        for name in ("open", "link", "pipe", "none")
    }
    assert kinds == {"open": ["mode"], "link": ["symlink"], "pipe": ["kind"], "none": ["missing"]}
    (problem,) = check_private(open_file)
    assert "0644" in problem.text()
    assert "0600" in problem.text()


@pytest.mark.parametrize("owner", [65534])
def test_a_file_of_another_user_is_named(tmp_path: Path, owner: int) -> None:
    path = tmp_path / "f"
    write_private(path, b"x")
    if os.geteuid() == 0:
        os.chown(path, owner, owner)
        assert [each.kind for each in check_private(path)] == ["owner"]
    else:
        assert "owner" in [each.kind for each in check_private(Path("/"))]
