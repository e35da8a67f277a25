"""A page for the person who opens the address in a browser: what is here, and one line to try it."""

from collections.abc import Awaitable, Callable, Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from pdm.gateway.operations import Operation

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{plant} - predictive maintenance</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
pre {{ background: #f3f3f3; padding: 1rem; overflow: auto; }}
td {{ padding: .2rem 1rem .2rem 0; vertical-align: top; }}
</style>
<h1>{plant}</h1>
<p>Readings in; machines, events and advice out.</p>
<table>
{rows}
</table>
<h2>Deliver a reading</h2>
<pre>curl -H 'Content-Type: application/json' {url}v1/readings -d \\
'{{"asset": "pump-7", "channel": "de-velocity", "quantity": "vibration",
  "time": "'$(date -u +%FT%TZ)'", "value": 2.3, "unit": "mm/s"}}'</pre>
</html>
"""


def page(plant: str, operations: Sequence[Operation]) -> Callable[[Request], Awaitable[Response]]:
    """Make the page."""
    rows = "\n".join(_row(operation) for operation in operations)

    async def links(request: Request) -> Response:
        """Show a page with links."""
        text = _PAGE.format(plant=escape(plant), rows=rows, url=escape(str(request.base_url)))
        return Response(text, headers=_HEADERS, media_type="text/html")

    return links


def _row(operation: Operation) -> str:
    """Write a line of the table; a link where there is something to see."""
    path = escape(operation.path)
    if operation.method == "GET" and "{" not in path:
        path = f'<a href="{path}">{path}</a>'
    return f"<tr><td>{operation.method}<td>{path}<td>{escape(operation.summary)}"
