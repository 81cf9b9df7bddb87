"""The secret of a data directory, of which the environment `dev` makes its secrets."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from bianmin.kit.crypto import SHORTEST_SECRET
from bianmin.kit.variables import SettingsError


def dev_secret_file(data: Path) -> Path:
    """Return the path of the secret below a data directory."""
    return data / "dev.secret"


def read_dev_secret(data: Path) -> bytes:
    """Return the secret of a data directory; the first process makes it, so that all take each other's tokens.

    Raises `SettingsError` where the directory cannot be used and where the file is too short.
    """
    path = dev_secret_file(data)
    try:
        if not path.exists():
            data.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=data, prefix=".dev.secret-") as draft:  # mode 0600
                draft.write(secrets.token_hex(32).encode())
                draft.flush()
                os.fsync(draft.fileno())
                with suppress(FileExistsError):  # whole or absent: the first process makes it, all read the same
                    os.link(draft.name, path)
        secret = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"数据目录 {data} 不可读写（{type(error).__name__}）；请检查权限和磁盘空间，或用 BIANMIN_DATA 换一个目录。"
            f"(cannot use {data})"
        ) from None
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"{path} 已损坏，请删除后重试。({path} is damaged: delete it)")
    return secret
