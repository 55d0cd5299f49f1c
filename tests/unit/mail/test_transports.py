"""Which way mails go, by the settings; files in a folder; where the password comes from (R3, C6)."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import MsregError, Unavailable, Usage
from msreg.mail.password import password_source, read_password
from msreg.mail.smtp import SmtpTransport
from msreg.mail.transports import Away, Envelope, FolderTransport, is_loopback, make_transport

SMTP = {
    "MSREG_MAIL_TRANSPORT": "smtp",
    "MSREG_MAIL_HOST": "mail.example.org",
    "MSREG_MAIL_SENDER": "post@example.org",
    "MSREG_WEB_URL": "https://vragen.example.org",
}
MAIL = Envelope("post@example.org", "jan@example.org", b"From: x\r\n\r\nhallo\r\n", "<abc-1@example.org>")


def nobody() -> str:
    raise AssertionError("nobody asked for a password")


def made(home: Mapping[str, str], **more: str | None) -> object:
    environ = {key: value for key, value in {**home, **more}.items() if value is not None}
    return make_transport(load_settings(environ), nobody)


def test_without_settings_mails_are_files_for_their_owner_only(home: Mapping[str, str]) -> None:
    transport = made(home)
    assert isinstance(transport, FolderTransport)
    assert transport.sender.address == "msreg@localhost"
    for _ in range(2):
        transport.send(MAIL)
    folder = Path(home["MSREG_HOME"]) / "outbox"
    (file,) = folder.iterdir()
    assert (file.name, file.read_bytes()) == ("abc-1.eml", MAIL.content)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_folder_can_be_another(home: Mapping[str, str], tmp_path: Path) -> None:
    transport = made(home, MSREG_MAIL_FOLDER=str(tmp_path / "post"), MSREG_OFFICE_EMAIL="bureau@example.org")
    assert isinstance(transport, FolderTransport)
    assert transport.sender.address == "bureau@example.org"
    transport.send(MAIL)
    assert [each.name for each in (tmp_path / "post").iterdir()] == ["abc-1.eml"]


def test_a_folder_that_takes_no_file_is_away_and_leaves_nothing(
    home: Mapping[str, str], tmp_path: Path
) -> None:
    blocked = tmp_path / "post"
    blocked.write_text("a file stands in the way")
    transport = made(home, MSREG_MAIL_FOLDER=str(blocked))
    assert isinstance(transport, FolderTransport)
    with pytest.raises(Away) as told:
        transport.send(MAIL)
    assert told.value.told.exit_code == 9
    assert str(blocked) in told.value.told.text()


def test_smtp_with_all_its_settings_reaches_nothing_yet(home: Mapping[str, str]) -> None:
    transport = made(home, **SMTP, MSREG_OFFICE_EMAIL="bureau@example.org", MSREG_OFFICE_MAIL_NAME="Bureau")
    assert isinstance(transport, SmtpTransport)
    assert transport.sender == ("post@example.org", "Bureau", "bureau@example.org")
    assert transport._server == ("mail.example.org", 587, "starttls", None)
    same = made(home, **SMTP, MSREG_OFFICE_EMAIL="post@example.org", MSREG_MAIL_SECURITY="tls")
    assert isinstance(same, SmtpTransport)
    assert (same.sender.reply_to, same._server.port) == (None, 465)


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [({"MSREG_MAIL_HOST": None}, "mail.host"), ({"MSREG_MAIL_SENDER": None}, "mail.sender"),
     ({"MSREG_WEB_URL": None}, "web.url"), ({"MSREG_WEB_URL": "http://vragen.example.org"}, "web.url"),
     ({"MSREG_MAIL_SECURITY": "none"}, "mail.security"),
     ({"MSREG_MAIL_SECURITY": "none", "MSREG_MAIL_HOST": "localhost", "MSREG_MAIL_USER": "x"}, "mail.security")],
)  # fmt: skip
def test_a_setting_that_lacks_or_does_not_fit_is_named(
    home: Mapping[str, str], wrong: dict[str, str | None], setting: str
) -> None:
    with pytest.raises(Usage) as told:
        made(home, **{**SMTP, **wrong})
    assert told.value.field == setting
    assert told.value.exit_code == 2
    assert setting in f"{told.value.text()} {told.value.hint_text()}"


def test_a_server_on_this_machine_needs_no_encryption_and_no_pages_of_others(home: Mapping[str, str]) -> None:
    local = {**SMTP, "MSREG_MAIL_HOST": "127.0.0.1", "MSREG_MAIL_SECURITY": "none", "MSREG_WEB_URL": None}
    transport = made(home, **local)
    assert isinstance(transport, SmtpTransport)
    assert transport._server == ("127.0.0.1", 25, "none", None)


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
     ("LOCALHOST", True), ("localhost.example.org", False), ("0.0.0.0", False), ("10.0.0.1", False),
     ("mail", False), ("", False)],
)  # fmt: skip
def test_this_machine_is_known_by_its_very_name(host: str, here: bool) -> None:
    assert is_loopback(host) is here


# -- the password ---------------------------------------------------------------------------------------


def secret(path: Path, text: str = "geheim\n", mode: int = 0o600) -> Path:
    path.touch(mode=mode)
    path.write_text(text)
    path.chmod(mode)
    return path


def read(home: Mapping[str, str], **more: str) -> str:
    return read_password(load_settings({**home, **more}), "registry")


def test_the_password_comes_from_the_first_place_that_is_set_up(
    home: Mapping[str, str], tmp_path: Path
) -> None:
    file = {"MSREG_MAIL_PASSWORD_FILE": str(secret(tmp_path / "one", "een"))}
    command = {"MSREG_MAIL_PASSWORD_CMD": "printf twee"}
    (tmp_path / "credentials").mkdir()
    secret(tmp_path / "credentials" / "msreg-smtp", "drie\n")
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    assert read(home, **file) == "een"
    assert read(home, **file, **command) == "twee"
    assert read(home, **file, **command, **given) == "drie"
    assert password_source(load_settings(home)).name == "keyring"
    (tmp_path / "credentials" / "msreg-smtp").chmod(0o644)
    with pytest.raises(Unavailable):
        read(home, **file, **command, **given)


def test_a_variable_with_the_password_itself_is_refused(home: Mapping[str, str]) -> None:
    with pytest.raises(Usage) as told:
        read(home, MSREG_MAIL_PASSWORD="geheim")
    assert "geheim" not in told.value.text()


@pytest.mark.parametrize("fault", ["mode", "link", "missing", "folder", "pipe"])
def test_a_file_that_others_can_read_or_change_is_not_read(
    home: Mapping[str, str], tmp_path: Path, fault: str
) -> None:
    path = tmp_path / "password"
    if fault == "mode":
        secret(path, mode=0o640)
    elif fault == "link":
        path.symlink_to(secret(tmp_path / "other"))
    elif fault == "folder":
        path.mkdir()
    elif fault == "pipe":
        os.mkfifo(path, 0o600)
    with pytest.raises(Unavailable) as told:
        read(home, MSREG_MAIL_PASSWORD_FILE=str(path))
    assert str(path) in told.value.text()


@pytest.mark.parametrize("text", ["", "\n", "een\ntwee\n", "a\x00b", "a\tb", "x" * 1001])
def test_what_is_no_password_is_refused_without_being_told(
    home: Mapping[str, str], tmp_path: Path, text: str
) -> None:
    with pytest.raises(MsregError) as told:
        read(home, MSREG_MAIL_PASSWORD_FILE=str(secret(tmp_path / "password", text)))
    assert "geheim" not in told.value.text()


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("false", Unavailable),
        ("no-such-program-here", Unavailable),
        ("'", Usage),
        ("sh -c 'echo geheim; exit 3'", Unavailable),
    ],
)
def test_a_command_that_fails_gives_no_password(
    home: Mapping[str, str], command: str, error: type[MsregError]
) -> None:
    with pytest.raises(error) as told:
        read(home, MSREG_MAIL_PASSWORD_CMD=command)
    assert "MSREG_MAIL_PASSWORD_CMD" in told.value.text()
    assert "geheim" not in told.value.text()
