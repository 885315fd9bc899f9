"""Run as a customer of the ISP lab: prints, as JSON, what came of every case by the ISP and by the other way."""

import csv
import http.client
import json
import os
import re
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import dns.resolver

AROUND = os.environ["LAB_ADDRESS"]
CONTEXT = ssl.create_default_context(cafile=os.environ["LAB_CA"])


def by_isp(host: str) -> str:
    """The address that programs get."""
    return str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])


def around(host: str) -> str:
    """The address that the name server has which filters nothing."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [os.environ["LAB_RESOLVER"]]
    return str(resolver.resolve(host, "A", source=AROUND)[0])


def visit(url: str, other_way: bool) -> str:
    """Status and title, where it is moved to, or the error."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    try:
        address = around(host) if other_way else by_isp(host)
        source = (AROUND, 0) if other_way else None
        connection = socket.create_connection((address, 443 if secure else 80), 10, source)
        if secure:
            connection = CONTEXT.wrap_socket(connection, server_hostname=host)
        client = http.client.HTTPConnection(host, timeout=10)
        client.sock = connection
        client.request("GET", parts.path)
        answer = client.getresponse()
        document = answer.read().decode()
    except (dns.resolver.NXDOMAIN, socket.gaierror):
        return "no such name"
    except ConnectionRefusedError:
        return "refused"
    except (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return "ended"
    title = re.search("<title>(.*)</title>", document)
    return f"{answer.status} {answer.headers.get('Location') or (title[1] if title else document)}"


def main() -> None:
    with (Path(os.environ["LAB_CORPUS"]) / "cases.csv").open(encoding="utf-8", newline="") as file:
        urls = {row["case_id"]: row["url"] for row in csv.DictReader(file)}
    urls |= {"allow": os.environ["LAB_ALLOW"], "block": os.environ["LAB_BLOCK"]}
    said = {
        "seen": {case_id: [visit(url, False), visit(url, True)] for case_id, url in urls.items()},
        "answers": json.loads(Path(os.environ["LAB_ANSWERS"]).read_text("utf-8")),
        "uid": os.geteuid(),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
