"""S4: where the key comes from, in which order, and that an error in a source never leads to the next one."""

from __future__ import annotations

import base64
import os
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from msreg.config import Settings
from msreg.errors import MsregError, Unavailable, Usage
from msreg.store import keysources
from msreg.store.keysources import configured_source, obtain_kek, read_kek, read_key_file

KEY = bytes(range(100, 132))
REGISTRY = "0" * 32


def with_environ(settings: Settings, **environ: str) -> Settings:
    kept = {name: value for name, value in settings.environ.items() if name != "MSREG_KEY_FILE"}
    return replace(settings, environ={**kept, **environ})


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def key_file(path: Path, content: bytes = KEY, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_source_that_is_set_up_wins(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "msreg-kek").write_bytes(KEY)
    all_set = {
        "CREDENTIALS_DIRECTORY": str(tmp_path),
        "MSREG_KEY_CMD": "true",
        "MSREG_KEY_FILE": str(tmp_path / "kek"),
    }
    found = []
    for name in all_set:
        source = configured_source(with_environ(settings, **all_set))
        assert source is not None
        found.append((source.name, source.grade, source.where))
        all_set[name] = ""
    assert found == [
        ("credential", "secure", str(tmp_path / "msreg-kek")),
        ("command", "ok", "MSREG_KEY_CMD"),
        ("file", "ok", str(tmp_path / "kek")),
    ]
    assert configured_source(with_environ(settings)) is None


def test_credentials_of_other_services_are_not_ours(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(KEY)
    assert configured_source(with_environ(settings, CREDENTIALS_DIRECTORY=str(tmp_path))) is None


@pytest.mark.parametrize("variable", ["MSREG_DB_KEY", "MSREG_KEY"])
def test_a_variable_with_the_key_itself_is_refused(settings: Settings, variable: str) -> None:
    with pytest.raises(Usage) as told:
        configured_source(replace(settings, environ={**settings.environ, variable: KEY.hex()}))
    assert variable in str(told.value)
    assert KEY.hex() not in str(told.value)
    assert "MSREG_KEY_FILE" in (told.value.hint_text() or "")


@pytest.mark.parametrize(
    "content",
    [
        KEY,
        KEY.hex().encode() + b"\n",
        KEY.hex().upper().encode(),
        base64.b64encode(KEY) + b"\n",
        base64.urlsafe_b64encode(KEY),
    ],
)
def test_a_key_is_raw_hexadecimal_or_base64(tmp_path: Path, content: bytes) -> None:
    assert read_key_file(key_file(tmp_path / "kek", content)) == KEY


@pytest.mark.parametrize("content", [b"", b"secret", KEY[:31], KEY + b"x", b"\xff" * 64, b"A" * 5000])
def test_what_is_no_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unavailable) as told:
        read_key_file(key_file(tmp_path / "kek", content))
    assert "secret" not in str(told.value)
    assert str(tmp_path / "kek") in str(told.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_file_open_to_others_is_not_read(tmp_path: Path, mode: int) -> None:
    with pytest.raises(Unavailable, match=f"mode {mode:04o}"):
        read_key_file(key_file(tmp_path / "kek", mode=mode))


def test_a_key_file_is_a_plain_file(tmp_path: Path) -> None:
    key_file(tmp_path / "kek")
    (tmp_path / "link").symlink_to(tmp_path / "kek")
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    for name, word in (("link", "symbolic link"), ("pipe", "plain file"), ("folder", "plain file")):
        with pytest.raises(Unavailable, match=word):
            read_key_file(tmp_path / name)
    with pytest.raises(Unavailable, match="No such file"):
        read_key_file(tmp_path / "none")


def test_a_key_file_in_a_folder_of_everybody_is_not_read(tmp_path: Path) -> None:
    path = key_file(tmp_path / "kek")
    tmp_path.chmod(0o777)
    with pytest.raises(Unavailable, match="written by everybody"):
        read_key_file(path)
    tmp_path.chmod(0o1777)
    assert read_key_file(path) == KEY
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("owner", [65533])
def test_a_key_file_of_another_user_is_not_read(tmp_path: Path, owner: int) -> None:
    path = key_file(tmp_path / "kek")
    if os.geteuid() == 0:
        os.chown(path, owner, owner)
        with pytest.raises(Unavailable, match="another user"):
            read_key_file(path)
    else:
        # Only root can give a file away; whose own files are trusted, for they are root's to change anyhow.
        with pytest.raises(Unavailable, match="mode 0644"):
            read_key_file(Path("/etc/passwd"))


def test_a_command_gives_the_key_and_gets_no_shell(settings: Settings, tmp_path: Path) -> None:
    code = f"import sys; sys.stdout.buffer.write(bytes({list(KEY)}))"
    set_up = with_environ(settings, MSREG_KEY_CMD=python(code))
    source = configured_source(set_up)
    assert source is not None
    assert read_kek(source, set_up, REGISTRY) == KEY
    shell = with_environ(settings, MSREG_KEY_CMD=f"echo {KEY.hex()} ; touch {tmp_path / 'made'}")
    with pytest.raises(Unavailable):
        read_kek(source, shell, REGISTRY)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("command", "kind", "word"),
    [
        (python("print('not a key')"), Unavailable, "not a key:"),
        (python("import sys; print('secret', file=sys.stderr); sys.exit(3)"), Unavailable, "exit code 3"),
        ("no-such-program-here", Unavailable, "could not be started"),
        ("echo 'open quote", Usage, "not a command"),
        ("   ", Usage, "not a command"),
    ],
)
def test_a_command_that_fails_is_told(
    settings: Settings, capfd: pytest.CaptureFixture[str], command: str, kind: type[MsregError], word: str
) -> None:
    set_up = with_environ(settings, MSREG_KEY_CMD=command)
    source = configured_source(set_up)
    assert source is not None
    with pytest.raises(kind, match=word):
        read_kek(source, set_up, REGISTRY)
    assert capfd.readouterr() == ("", "")


def test_a_command_that_hangs_is_given_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keysources, "COMMAND_SECONDS", 0.2)
    set_up = with_environ(settings, MSREG_KEY_CMD=python("import time; time.sleep(60)"))
    source = configured_source(set_up)
    assert source is not None
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer"):
        read_kek(source, set_up, REGISTRY)
    assert time.monotonic() - begun < 5


def test_a_named_key_file_is_made_once_and_then_used(settings: Settings) -> None:
    source = configured_source(settings)
    assert source is not None
    first = obtain_kek(source, settings, REGISTRY)
    assert Path(source.where).stat().st_mode & 0o777 == 0o600
    assert obtain_kek(source, settings, REGISTRY) == first == read_kek(source, settings, REGISTRY)
