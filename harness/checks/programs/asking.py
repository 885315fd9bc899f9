"""Make requests as one browser would, one after the other: `asking JSON`, a list of {url, method, body, headers}.
Prints what came of each, a line of JSON each: {status, seconds}, status 0 where there was no answer."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from http.cookiejar import CookieJar
from typing import Any

SECONDS = 5.0


def make(requests: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, float]]:
    """What came of each; they share their cookies, and go by the proxy that the environment names."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    yield from (_one(opener, item) for item in requests)


def _one(opener: urllib.request.OpenerDirector, item: Mapping[str, Any]) -> dict[str, float]:
    body = item["body"].encode() if item["method"] == "POST" else None
    kind = "application/json" if item["body"].startswith("{") else "application/x-www-form-urlencoded"
    headers = {**({"Content-Type": kind} if body is not None else {}), **item["headers"]}
    request = urllib.request.Request(item["url"], body, headers, method=item["method"])
    began = time.monotonic()
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            status = int(answer.status)
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError:
        status = 0
    return {"status": status, "seconds": round(time.monotonic() - began, 3)}


if __name__ == "__main__":
    for one in make(json.loads(sys.argv[1])):
        print(json.dumps(one), flush=True)
