"""The private PostgreSQL at run time: processes start it, join it, and the last one stops it."""

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

from bianmin.kit.embedded.cluster import PORT, SUPERUSER, Cluster, last_error
from bianmin.kit.embedded.reach import EmbeddedError

START_TIMEOUT = 600.0
"""Seconds a start may take: after a crash everything written since the last checkpoint is replayed first."""

_LARGEST_LOG = 8 * 1024**2  # bytes
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # the one message that the server answers before a login

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """One server for all processes that use the same directory. Blocking: call it in a thread.

    The first process starts it and the last one stops it; a killed process counts as gone. Its users are counted by
    locks of the kernel (flock), which end with their process; a pid in a file proves nothing.
    """

    def __init__(self, data_dir: Path, *, fsync: bool = True, timeout: float = START_TIMEOUT) -> None:
        self._home = data_dir.resolve()
        self._sockets = self._home / "run"
        self._log = self._home / "postgres.log"
        self._fsync = fsync
        self._timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None
        self._users: int | None = None
        self._user_process = 0
        self._leave_running = False

    def start(self, *, own: bool = False) -> None:
        """Start the server or join it; return when it takes connections. Raises `EmbeddedError`.

        A server without users, left behind by a kill, is used and left running in the end, unless `own` is set.
        """
        if self._users is not None:
            return
        try:
            cluster = Cluster.at(self._home)
            with self._gate():
                users = _open_lock_file(self._home / "users.lock")
                try:
                    alone = _try_lock(users, fcntl.LOCK_EX)
                    found = self._find_running()
                    if not found:
                        self._launch(cluster)
                    _try_lock(users, fcntl.LOCK_SH)
                except BaseException:
                    os.close(users)
                    raise
                self._users, self._user_process = users, os.getpid()
                self._is_running()
                self._leave_running = found and alone and not own
        except OSError as error:
            raise EmbeddedError(
                f"不能使用数据目录 {self._home}（{error.strerror or type(error).__name__}）；请检查权限和磁盘空间。"
            ) from error
        atexit.register(self.stop)

    def stop(self) -> None:
        """Leave the server; its last user shuts it down and waits until all data is written. Raises `EmbeddedError`."""
        if self._users is None or self._user_process != os.getpid():
            return  # a forked child shares our locks: if it changed them it would change ours
        atexit.unregister(self.stop)
        if not self._home.is_dir():
            self._quit()
            os.close(self._users)
            self._users = None
            return
        with self._gate():
            last = _try_lock(self._users, fcntl.LOCK_EX)
            os.close(self._users)
            self._users = None
            if last and not self._leave_running:
                self._shut_down()

    def fault(self) -> str | None:
        """Return why the server cannot be used any more, for the operator; None while it can.

        A server that was killed is started again. One whose data was deleted is killed: it takes no more writes.
        """
        if self._users is None or self._is_running():
            return None
        data = self._home / "data"
        if not (data / "PG_VERSION").exists():
            self._quit()
            return (
                f"数据目录 {data} 已被删除或移走，数据库已停止；请恢复数据目录后重新启动。(the data directory is gone)"
            )
        try:
            with self._gate():
                if self._users is not None and not self._find_running():
                    log.warning("postgres.restarting", data=str(data))
                    self._launch(Cluster.at(self._home))
        except EmbeddedError as error:
            return str(error)
        except OSError as error:
            return f"不能重新启动 {data} 的数据库（{error.strerror}）。(cannot restart PostgreSQL)"
        return None

    def _is_running(self) -> bool:
        """Whether the server's process is there and its data too; two look-ups, since this is asked all the time."""
        try:
            with (self._home / "data" / "postmaster.pid").open() as file:
                self._pid = int(file.readline())
            os.kill(self._pid, 0)
        except PermissionError:
            return True  # it runs as another account
        except (OSError, ValueError):
            return False
        return True

    def _quit(self) -> None:
        """Have the server end at once, without its files."""
        if self._pid is not None:
            with suppress(OSError):
                os.kill(self._pid, signal.SIGQUIT)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        where = {"host": str(self._sockets), "port": str(PORT)}
        url = URL.create("postgresql+asyncpg", SUPERUSER, database=database, query=where)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """A lock: one process at a time starts, joins, leaves or stops."""
        gate = _open_lock_file(self._home / "gate.lock")
        try:
            if not self._until(lambda: _try_lock(gate, fcntl.LOCK_EX), self._timeout):
                raise EmbeddedError(f"另一个进程一直在启动或停止 {self._home} 的数据库；请等它结束后再试。")
            yield
        finally:
            os.close(gate)

    def _has_processes(self) -> bool:
        """Whether any process of the server runs: all of them inherit and hold one lock."""
        life = _open_lock_file(self._home / "server.lock")
        try:
            return not _try_lock(life, fcntl.LOCK_EX)
        finally:
            os.close(life)

    def _server_pid(self) -> int | None:
        """The pid of the server if it takes connections."""
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

    def _find_running(self) -> bool:
        """Whether a server runs already. Waits for one that is starting or ending."""

        def seen() -> str:
            return "running" if self._server_pid() else "" if self._has_processes() else "gone"

        if not (found := self._until(seen, self._timeout)):
            raise EmbeddedError(f"{self._home} 的数据库不应答也不结束，等了 {self._timeout:.0f} 秒；见 {self._log}。")
        return found == "running"

    def _launch(self, cluster: Cluster) -> None:
        began = time.monotonic()
        cluster.make(fsync=self._fsync)
        self._sockets = cluster.socket_directory()
        cluster.configure(self._sockets, fsync=self._fsync)
        cluster.remove_stale_pid_file()
        if self._log.exists() and self._log.stat().st_size > _LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))
        logged = self._log.stat().st_size if self._log.exists() else 0
        try:
            self._process = process = self._spawn(cluster)
            # reaped at once: the next server would take a zombie for a running process
            threading.Thread(target=process.wait, name="postgres reaper", daemon=True).start()
            if not self._until(lambda: self._server_pid() or process.returncode is not None, self._timeout):
                raise EmbeddedError(f"数据库 {self._timeout:.0f} 秒内没有就绪；日志见 {self._log}。")
            if process.returncode is not None:
                output = self._log.read_bytes()[logged:].decode(errors="replace")
                raise EmbeddedError(f"私有 PostgreSQL 没有启动成功：{last_error(output)}日志见 {self._log}。")
        except BaseException:
            self._shut_down()
            raise
        log.info("postgres.started", seconds=round(time.monotonic() - began, 2))

    def _spawn(self, cluster: Cluster) -> subprocess.Popen[bytes]:
        life = _open_lock_file(self._home / "server.lock")
        try:
            fcntl.flock(life, fcntl.LOCK_EX)
            with open(self._log, "ab", opener=_open_private) as out:
                return subprocess.Popen(
                    [cluster.programs / "postgres", "-D", cluster.data.resolve()],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    pass_fds=(life,),
                    start_new_session=True,  # Ctrl-C is for us: we finish our work, then stop it
                    **cluster.process_options(),
                )
        finally:
            os.close(life)

    def _shut_down(self) -> None:
        for order, seconds in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0)):  # fast, then immediate
            if self._process is not None and self._process.returncode is None:
                self._process.send_signal(order)
            elif (pid := self._server_pid()) is not None:
                os.kill(pid, order)
            if self._until(lambda: not self._has_processes() and not self._server_pid(), seconds):
                self._process = None
                with suppress(OSError):
                    self._sockets.rmdir()
                return
            log.warning("postgres.does_not_stop", signal=order.name, seconds=seconds)
        raise EmbeddedError(f"{self._home} 的数据库没有停下；日志见 {self._log}。")

    def _until(self, condition: Callable[[], object], seconds: float) -> object:
        """The first true value of the condition; None after so many seconds."""
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


def _open_lock_file(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
