"""The private PostgreSQL at run time: who starts it, who joins, who stops it."""

import atexit
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog
from sqlalchemy import URL

from bianmin.kit.embedded.cluster import PORT, SUPERUSER, Cluster, EmbeddedError, binaries, reason

PATIENCE = 600.0
"""Seconds a start may take: after a crash everything written since the last checkpoint is replayed first."""

_LARGEST_LOG = 8 * 1024**2  # bytes
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # the one message that is answered before anybody says who they are

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """One server for every process that is given the same directory. Blocking: call it in a thread.

    Whoever comes first starts it and whoever leaves last stops it; a process that was killed has left. The locks that
    tell are the kernel's (flock): they end with their process, and a number in a file is never taken for a process.
    """

    def __init__(self, data_dir: Path, *, fsync: bool = True, patience: float = PATIENCE) -> None:
        self._home = data_dir.resolve()
        self._sockets = self._home / "run"
        self._log = self._home / "postgres.log"
        self._fsync = fsync
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._users: int | None = None
        self._user_process = 0
        self._guest = False

    def start(self, *, own: bool = False) -> None:
        """Return when it takes connections. Raises `EmbeddedError`.

        A server that runs with nobody using it, left behind by a kill, is used and left running; to `own` it is to
        stop it like one's own.
        """
        if self._users is not None:
            return
        try:
            cluster = Cluster.at(self._home)
            with self._gate():
                users = _opened(self._home / "users.lock")
                try:
                    alone = _locked(users, fcntl.LOCK_EX)
                    found = self._found()
                    if not found:
                        self._launch(cluster)
                    _locked(users, fcntl.LOCK_SH)
                except BaseException:
                    os.close(users)
                    raise
                self._users, self._user_process = users, os.getpid()
                self._guest = found and alone and not own
        except OSError as error:
            raise EmbeddedError(
                f"不能使用数据目录 {self._home}（{error.strerror or type(error).__name__}）；请检查权限和磁盘空间。"
            ) from error
        atexit.register(self.stop)

    def stop(self) -> None:
        """Leave; the last one to leave shuts it down, and returns when all is written."""
        if self._users is None or self._user_process != os.getpid():
            return  # a forked child shares our locks: if it changed them it would change ours
        atexit.unregister(self.stop)
        with self._gate():
            last = _locked(self._users, fcntl.LOCK_EX)
            os.close(self._users)
            self._users = None
            if last and not self._guest:
                self._shut_down()

    def url(self, database: str) -> str:
        """Where SQLAlchemy finds a database of it."""
        where = {"host": str(self._sockets), "port": str(PORT)}
        url = URL.create("postgresql+asyncpg", SUPERUSER, database=database, query=where)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """One process at a time starts, joins, leaves or stops."""
        gate = _opened(self._home / "gate.lock")
        try:
            if not self._until(lambda: _locked(gate, fcntl.LOCK_EX), self._patience):
                raise EmbeddedError(f"另一个进程一直在启动或停止 {self._home} 的数据库；请等它结束后再试。")
            yield
        finally:
            os.close(gate)

    def _alive(self) -> bool:
        """Whether any process of a server we started lives: all of them hold the lock it was born with."""
        life = _opened(self._home / "server.lock")
        try:
            return not _locked(life, fcntl.LOCK_EX)
        finally:
            os.close(life)

    def _answering(self) -> int | None:
        """The id of the server, if it takes connections."""
        try:
            lines = (self._home / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 8 or lines[7].strip() != "ready":
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(f"{lines[4]}/.s.PGSQL.{lines[3]}")
                probe.sendall(_SSL_REQUEST)
                if not probe.recv(1):
                    return None
            except OSError:
                return None
        self._sockets = Path(lines[4])
        return int(lines[0])

    def _found(self) -> bool:
        """Whether one runs already; what is just starting or ending is waited for."""

        def seen() -> str:
            return "running" if self._answering() else "" if self._alive() else "gone"

        if not (found := self._until(seen, self._patience)):
            raise EmbeddedError(f"{self._home} 的数据库不应答也不结束，等了 {self._patience:.0f} 秒；见 {self._log}。")
        return found == "running"

    def _launch(self, cluster: Cluster) -> None:
        began = time.monotonic()
        cluster.make(fsync=self._fsync)
        self._sockets = cluster.socket_directory()
        cluster.configure(self._sockets, fsync=self._fsync)
        cluster.forget_dead()
        if self._log.exists() and self._log.stat().st_size > _LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))
        logged = self._log.stat().st_size if self._log.exists() else 0
        try:
            self._process = process = self._born(cluster)
            # reaped at once by whom it was born to: a zombie would look alive to its successor
            threading.Thread(target=process.wait, name="postgres reaper", daemon=True).start()
            if not self._until(lambda: self._answering() or process.returncode is not None, self._patience):
                raise EmbeddedError(f"数据库 {self._patience:.0f} 秒内没有就绪；日志见 {self._log}。")
            if process.returncode is not None:
                told = self._log.read_bytes()[logged:].decode(errors="replace")
                raise EmbeddedError(f"私有 PostgreSQL 没有启动成功：{reason(told)}日志见 {self._log}。")
        except BaseException:
            self._shut_down()
            raise
        log.info("postgres.started", seconds=round(time.monotonic() - began, 2))

    def _born(self, cluster: Cluster) -> subprocess.Popen[bytes]:
        life = _opened(self._home / "server.lock")
        try:
            fcntl.flock(life, fcntl.LOCK_EX)
            with open(self._log, "ab", opener=_private) as out:
                return subprocess.Popen(
                    [binaries() / "postgres", "-D", cluster.data],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    pass_fds=(life,),
                    start_new_session=True,  # Ctrl-C is for us: we finish our work, then stop it
                    **cluster.surroundings(),
                )
        finally:
            os.close(life)

    def _shut_down(self) -> None:
        for order, seconds in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0)):  # fast, then immediate
            if self._process is not None and self._process.returncode is None:
                self._process.send_signal(order)
            elif (pid := self._answering()) is not None:
                os.kill(pid, order)
            if self._until(lambda: not self._alive() and not self._answering(), seconds):
                self._process = None
                with suppress(OSError):
                    self._sockets.rmdir()
                return
            log.warning("postgres.does_not_stop", signal=order.name, seconds=seconds)
        raise EmbeddedError(f"{self._home} 的数据库没有停下；日志见 {self._log}。")

    def _until(self, condition: Callable[[], object], seconds: float) -> object:
        """What the condition gives as soon as that is something; nothing after so many seconds."""
        began = time.monotonic()
        tell = 10.0
        while not (met := condition()):
            waited = time.monotonic() - began
            if waited > seconds:
                return None
            if waited > tell:
                log.warning("postgres.waiting", seconds=round(waited), at_most=seconds, data=str(self._home))
                tell += 30.0
            time.sleep(0.02)
        return met


def _opened(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
