"""The files of the private PostgreSQL: its data directory, configuration, sockets and their owner."""

import hashlib
import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import structlog

from bianmin.kit.embedded import reach
from bianmin.kit.embedded.reach import VERSION, EmbeddedError, binaries

SUPERUSER = "postgres"
PORT = 5432
"""Part of the socket's name only: no network port is opened."""

_LONGEST_SOCKET_PATH = 99  # bytes: systems end at 103 to 107
_CONFIGURATION = """\
# Written at every start: changes made here are lost.
listen_addresses = ''
port = {port}
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
max_connections = 64
shared_buffers = 64MB
huge_pages = off
max_parallel_workers_per_gather = 0
jit = off
fsync = {fsync}
full_page_writes = {fsync}
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
min_wal_size = 32MB
max_wal_size = 512MB
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# errors go to the session that made them; in a log they would quote rows
log_min_messages = log
log_min_error_statement = panic
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data directory below `home`. `account`: the account that PostgreSQL runs as where it is not ours."""

    home: Path
    account: pwd.struct_passwd | None

    @classmethod
    def at(cls, home: Path) -> Self:
        """The cluster of a directory, which need not exist yet. Raises `EmbeddedError`, `OSError`."""
        account = reach.account_of(home / "data") if os.geteuid() == 0 else None
        if account is None:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            reach.make_passable(home)
            home.chmod(home.stat().st_mode & 0o7777 | 0o011)
        cluster = cls(home, account)
        if cluster.data.exists() and (closed := cluster.closed_to(cluster.data.resolve())):
            assert account is not None
            raise EmbeddedError(
                f"以 root 启动时 PostgreSQL 以 {account.pw_name} 运行，它进不了 {closed}；"
                f"请把 {home} 移到它能进入的目录，或用数据的主人启动。(PostgreSQL cannot reach its data)"
            )
        version = cluster.data / "PG_VERSION"
        if version.exists() and (made_by := version.read_text().strip()) != VERSION:
            raise EmbeddedError(
                f"{cluster.data} 是 PostgreSQL {made_by} 的数据，现在用的是 {VERSION}；"
                "请用原来的版本导出（pg_dumpall），换一个数据目录后导入。"
            )
        return cluster

    @property
    def data(self) -> Path:
        """The data directory, or a link to it where PostgreSQL's account cannot reach `home`."""
        return self.home / "data"

    @property
    def programs(self) -> Path:
        """The directory of PostgreSQL's programs, where its account can run them. Raises `EmbeddedError`, `OSError`."""
        found = binaries()
        return reach.copy_programs(found) if self.closed_to(found) else found

    def closed_to(self, path: Path) -> Path | None:
        """The first directory on the way to `path` that PostgreSQL's account cannot enter; None where it can."""
        return None if self.account is None else reach.closed_on(path, self.account)

    def make(self, *, fsync: bool) -> None:
        """Create the data directory where there is none, as a whole or not at all.

        Raises `EmbeddedError`, `OSError`.
        """
        if self.data.exists():
            return
        elsewhere = reach.new_directory() if self.closed_to(self.home) else None
        draft = (elsewhere or self.home) / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._chown(draft)
        command = [str(self.programs / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--no-instructions"]
        # whoever can open the socket, in its private directory, may connect; there is no other way in
        command += ["--auth-local=trust", "--auth-host=reject"]
        # sorted by code point, whatever the machine's locale: an index means the same on the next machine
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if fsync else ["--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self.process_options())
        if done.returncode != 0:
            raise EmbeddedError(f"不能在 {self.home} 建立数据库：{last_error(done.stderr)}请检查权限和磁盘空间。")
        if elsewhere is None:
            draft.rename(self.data)
            return
        draft.rename(elsewhere / "data")
        self.data.unlink(missing_ok=True)
        self.data.symlink_to(elsewhere / "data")
        log.warning("postgres.data_elsewhere", data=str(elsewhere), account=self.account and self.account.pw_name)

    def configure(self, sockets: Path, *, fsync: bool) -> None:
        """Write the configuration."""
        quoted = str(sockets).replace("\\", "\\\\").replace("'", "''").replace('"', '""')
        draft = self.data / "postgresql.conf.new"
        switch = "on" if fsync else "off"
        draft.write_text(_CONFIGURATION.format(port=PORT, sockets=quoted, fsync=switch), encoding="utf-8")
        self._chown(draft)
        draft.replace(self.data / "postgresql.conf")

    def socket_directory(self) -> Path:
        """The directory of the socket, private, reachable and with a short enough path: below `home` where that
        is. Raises `EmbeddedError`."""
        directory = self.home / "run"
        too_long = len(os.fsencode(directory / f".s.PGSQL.{PORT}")) > _LONGEST_SOCKET_PATH
        if too_long or self.closed_to(self.home):
            directory = Path("/tmp") / f"bianmin-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            self._chown(directory)
        found = directory.lstat()
        ours = {os.geteuid()} | ({self.account.pw_uid} if self.account else set())
        if directory.is_symlink() or not directory.is_dir() or found.st_uid not in ours or found.st_mode & 0o077:
            raise EmbeddedError(f"{directory} 应是只有本用户能进入的目录；请删除后重试。")
        return directory

    def remove_stale_pid_file(self) -> None:
        """Remove the pid file of a killed server whose pid another process has now.

        PostgreSQL would take that process for a running server and refuse to start. In containers pids repeat soon.
        """
        file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            pid = file.read_text().partition("\n")[0]
            try:
                running = Path(f"/proc/{pid}/cwd").samefile(self.data)
            except OSError:
                running = False
            if not running:
                file.unlink()

    def process_options(self) -> dict[str, Any]:
        """Options for subprocess: not in our directory, without our PG… variables, not as root."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        where = {"cwd": "/", "env": clean | {"LC_ALL": "C"}}
        if self.account is None:
            return where
        return where | {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _chown(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def last_error(output: str) -> str:
    """The last error in PostgreSQL's output, as a sentence; empty where there is none."""
    errors = [
        line for line in output.splitlines() if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))
    ]
    return f"{errors[-1].strip()}。" if errors else ""
