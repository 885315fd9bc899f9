"""A client to run in a room: `python visit.py URL…` prints as JSON what came of each: the body, or the error's name."""

import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit

CONTEXT = ssl._create_unverified_context()
connections: dict[str, http.client.HTTPConnection] = {}


def visit(text: str) -> str:
    """Over the connection that served the same host and port before."""
    url = urlsplit(text)
    if url.scheme == "https":
        fresh: http.client.HTTPConnection = http.client.HTTPSConnection(url.netloc, context=CONTEXT, timeout=10)
    else:
        fresh = http.client.HTTPConnection(url.netloc, timeout=10)
    connection = connections.setdefault(f"{url.scheme}://{url.netloc}", fresh)
    try:
        connection.request("GET", url.path or "/")
        return connection.getresponse().read().decode()
    except OSError as error:
        return type(error).__name__


print(json.dumps([visit(url) for url in sys.argv[1:]]))
