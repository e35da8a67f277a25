"""How schemathesis writes a body of one object a line; it loads this by `SCHEMATHESIS_HOOKS`."""

from typing import Any

import msgspec
import schemathesis


@schemathesis.serializer("application/x-ndjson")
def one_a_line(_context: Any, value: Any) -> bytes:
    """Write whatever was generated as one line, or each item of a list as one."""
    items = value if isinstance(value, list) else [value]
    return b"\n".join(msgspec.json.encode(item, enc_hook=str) for item in items)
