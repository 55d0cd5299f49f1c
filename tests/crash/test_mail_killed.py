"""Mails, killed at any moment: none is lost, and none comes twice but the one that was on its way (R2, R11, R13)."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGKILL

import pytest

from benchmarks.crowd import crowd, invite
from msreg.config import load_settings
from msreg.services.audit_proof import prove
from msreg.store.copies import check_database
from msreg.store.registry import Registry
from tests.conftest import environment
from tests.crash import mail_receiver
from tests.crash.forked import TODAY, Running, run
from tests.crash.killing import copied
from tests.crash.small_disk import mountable, run_on_small_disk

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

KILLS = 100
MAILS = 1_500
"""Enough that a fast machine does not run out of mails before the last kill."""
AT_ONCE = 20
LOGGED = (
    "SELECT json_extract(body, '$.about.mail'), count(*) FROM audit_event WHERE json_extract(body, '$.event') ="
    " 'mail.send' AND json_extract(body, '$.about.state') = 'sent' GROUP BY 1"
)
LOADED = (
    "commands.reminders commands.opening screen.reminders screen.mail_log services.reminders_run services.outbox"
    " services.mail_kinds mail.smtp mail.smtp_line mail.moulds forms.medicines rules.revealing"
)


@dataclass(frozen=True, slots=True)
class Post:
    """What the mail server got, in order: Message-ID and address."""

    file: Path
    port: int

    def got(self) -> list[tuple[str, str]]:
        lines = self.file.read_text().splitlines()
        return [(name, to) for name, _tab, to in (line.partition("\t") for line in lines)]


@pytest.fixture(scope="module")
def ground(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry in which so many invitations are due, and the words of the settings that are still to come."""
    for name in LOADED.split():
        importlib.import_module(f"msreg.{name}")
    importlib.import_module("jinja2")
    folder = copied(template, tmp_path_factory.mktemp("mail") / "copy")
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        crowd(db, MAILS * 8, today=TODAY)  # about one in seven is due
        invite(db, MAILS, today=TODAY)
        found = db.one("SELECT count(*) FROM patient WHERE ask_due_on <= ?", (TODAY.isoformat(),))
    assert found is not None
    assert found[0] >= MAILS
    return folder


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A mail server that nobody kills."""
    file = tmp_path / "post"
    file.touch()
    server = subprocess.Popen(
        [sys.executable, mail_receiver.__file__, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        yield Post(file, int(server.stdout.readline()))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


@pytest.fixture
def folder(ground: Path, post: Post, tmp_path: Path) -> Path:
    """A copy of the registry whose mails go to that server."""
    made = copied(ground, tmp_path / "copy")
    (made / "home" / "msreg.toml").write_text(
        f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {post.port}\nsecurity = "none"\n'
        'sender = "bureau@example.org"\n'
    )
    return made


def known(folder: Path) -> tuple[set[str], Counter[str]]:
    """The addresses of the mails that are marked or noted as sent, and how many stand in which state."""
    notes = [
        json.loads(line)
        for file in (folder / "home" / "locks").glob("*")
        for line in file.read_text().split("\n")[:-1]
    ]
    noted = {note[0] for note in notes if note[1] == "sent"}
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        assert check_database(db) == []
        sql = "SELECT ob.id, p.email, ob.state FROM outbox ob JOIN patient p ON p.id = ob.patient_id"
        rows = db.rows(sql)
    sent = {str(email) for id_, email, state in rows if state == "sent" or id_ in noted}
    return sent, Counter(str(row[2]) for row in rows)


def moments(post: Post) -> list[Callable[[Running, float], None]]:
    """A tenth before or while mails are put into the outbox, the others at any moment of the mails that follow."""
    chance = Random("mail")

    def early(share: float) -> Callable[[Running, float], None]:
        return lambda running, life: time.sleep(max(0.0, share * life - running.age()))

    def after(mails: int, more: float) -> Callable[[Running, float], None]:
        def wait(running: Running, _life: float) -> None:
            size = post.file.stat().st_size
            wanted = size + mails * 60  # a line has some 70 signs
            running.until(lambda: post.file.stat().st_size >= wanted)
            time.sleep(more)

        return wait

    found = [early(chance.random()) for _ in range(KILLS // 10)]
    return found + [
        after(1 + chance.randrange(9), chance.random() * 0.004) for _ in range(KILLS - len(found))
    ]


def test_r13_killed_a_hundred_times_no_mail_is_lost_and_at_most_one_a_kill_comes_twice(
    folder: Path, post: Post
) -> None:
    killed = doubled = 0
    life = 0.1
    for moment in moments(post):
        running = Running(folder, "reminders", "run", "--yes")
        moment(running, life)
        running.send(SIGKILL)
        ended = running.end()
        assert ended.killed, ended
        killed += 1
        got, (sent, _states) = post.got(), known(folder)
        # What is known to be there is there; and of what is there one at most is not known.
        assert sent <= {to for _name, to in got}
        assert len({to for _name, to in got} - sent) <= 1
        twice = len(got) - len(set(got))
        assert twice - doubled <= 1
        doubled = twice
    assert len(set(post.got())) < MAILS  # there was something to kill until the end
    last = run(folder, "reminders", "run", "--yes", "--json")
    assert (last.code, last.err) == (0, "")
    got, (sent, states) = post.got(), known(folder)
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        assert prove(db, registry.keys, registry.uuid, registry.settings.anchors_file).ok
        logged = db.rows(LOGGED)
    assert killed == KILLS
    assert set(states) == {"sent"}
    assert sent == {to for _name, to in got}
    assert len(sent) >= MAILS
    # One name for each: whoever gets a mail twice can see that it is the same.
    assert len({name for name, _to in got}) == len(sent) == len(set(got))
    assert len(got) - len(sent) <= KILLS
    # Every mail is in the log as sent, and once.
    assert (len(logged), {row[1] for row in logged}) == (len(sent), {1})
    assert list((folder / "home" / "locks").iterdir()) == []


def test_r11_twenty_runs_at_once_send_each_mail_once(folder: Path, post: Post) -> None:
    started = [Running(folder, "reminders", "run", "--yes", "--json") for _ in range(AT_ONCE)]
    ended = [each.end() for each in started]
    assert [(each.code, each.err) for each in ended] == [(0, "")] * AT_ONCE
    got, (sent, states) = post.got(), known(folder)
    assert set(states) == {"sent"}
    assert len(got) == len(set(got)) == len(sent) >= MAILS
    told = [json.loads(each.out) for each in ended]
    assert sum(each["queued"] for each in told) == len(sent)
    assert sum(each["sent"] for each in told) == len(sent)
    assert list((folder / "home" / "locks").iterdir()) == []
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        assert prove(db, registry.keys, registry.uuid, registry.settings.anchors_file).ok
        logged = db.rows(LOGGED)
    assert (len(logged), {row[1] for row in logged}) == (len(sent), {1})


def test_a_disk_that_is_full_stops_the_run_and_the_others_wait(ground: Path, tmp_path: Path) -> None:
    """The disk of the folder in which mails are files; the registry is on another one."""
    folder = copied(ground, tmp_path / "copy")
    disk = tmp_path / "post"
    disk.mkdir(mode=0o700)
    (folder / "home" / "msreg.toml").write_text(f'[mail]\nfolder = "{disk}"\n')
    ended = run_on_small_disk(disk, 400_000, folder, "reminders", "run", "--yes", "--json")
    files = {each.name: each.read_bytes() for each in disk.iterdir()}
    assert ended.code
    if mountable():
        told = json.loads(ended.out)
        assert ended.code == 7
        assert 20 < told["sent"] == len(files) < 120
        assert told["later"] == told["queued"] - told["sent"]
    assert all(content.endswith(b"--\r\n") for content in files.values())
    assert all(name.endswith(".eml") for name in files)
    again = run(folder, "reminders", "run", "--yes", "--json")
    assert (again.code, again.err) == (0, "")
    assert len(list(disk.iterdir())) >= MAILS
    assert {each.name: each.read_bytes() for each in disk.iterdir() if each.name in files} == files
