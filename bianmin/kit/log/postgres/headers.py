"""Headers as one text: JSON, each value's bytes as the characters of the same numbers."""

import json

Headers = tuple[tuple[str, bytes], ...]


def pack(headers: Headers) -> str | None:
    """None for the usual case, that there are none."""
    if not headers:
        return None
    return json.dumps([[name, value.decode("latin-1")] for name, value in headers])


def unpack(packed: str | None) -> Headers:
    if packed is None:
        return ()
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(packed))
