"""Headers as one JSON text, with the bytes of each value as latin-1 characters."""

import json
from functools import lru_cache

Headers = tuple[tuple[str, bytes], ...]


def pack(headers: Headers) -> str | None:
    """The text of the headers; None where there are none, as usual."""
    if not headers:
        return None
    return json.dumps([[name, value.decode("latin-1")] for name, value in headers])


@lru_cache(maxsize=4096)  # the services of one process read the same records
def unpack(packed: str | None) -> Headers:
    """The headers that `pack` wrote."""
    if packed is None:
        return ()
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(packed))
