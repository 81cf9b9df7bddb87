"""The private PostgreSQL of root: its account reaches it, and no directory of anybody else is changed for that."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bianmin.kit.embedded import EmbeddedError, EmbeddedPostgres, reach
from tests.databases import query

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A directory that only root can enter; what was put elsewhere for it is removed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    yield closed
    data = closed / "var/postgres/data"
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent)


def test_g7_below_a_closed_directory_the_data_is_where_the_account_reaches_it(closed: Path) -> None:
    (closed / "var").mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "var/postgres", fsync=False)
    for _ in range(2):
        server.start()
        assert query(server, "CREATE TABLE IF NOT EXISTS kept (n int)", "SELECT count(*) FROM kept") == 0
        assert server.fault() is None
        server.stop()
    assert [path.stat().st_mode & 0o777 for path in (closed, closed / "var")] == [0o700, 0o700]
    data = (closed / "var/postgres/data").resolve()
    assert data.is_relative_to(reach.SHARED)
    assert data.stat().st_mode & 0o777 == 0o700


def test_g7_data_that_the_account_cannot_reach_any_more_is_refused_and_nothing_is_opened(tmp_path: Path) -> None:
    home = tmp_path / "var/postgres"
    server = EmbeddedPostgres(home, fsync=False)
    server.start()
    server.stop()
    assert not (home / "data").is_symlink()
    (tmp_path / "var").chmod(0o700)
    with pytest.raises(EmbeddedError, match="进不了"):
        server.start()
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


def test_g7_programs_that_the_account_cannot_reach_are_copied_once(closed: Path) -> None:
    found = reach.binaries()
    copies = {reach.copy_programs(found) for _ in range(2)}
    [copy] = copies
    assert copy.is_relative_to(reach.SHARED)
    account = reach.account_of(closed / "nothing")
    try:
        assert reach.closed_on(copy / "postgres", account) is None
        command = [str(copy / "postgres"), "--version"]
        done = subprocess.run(command, user=account.pw_uid, capture_output=True, text=True, check=True, cwd="/")
        assert reach.VERSION in done.stdout
    finally:
        shutil.rmtree(reach.SHARED / copy.relative_to(reach.SHARED).parts[0])
