"""What the browser is told of a name server's answers, against an interpreter of its rules of a few lines."""

import asyncio
import socket
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.errors import UsageError
from harness.products.emulated import Emulation

WORLD, PAGE_PORT, UPSTREAM = "198.18.0.1", 8079, 8078
HOSTS = st.from_regex(r"[a-z0-9]{1,5}\.(test|example)\.?", fullmatch=True)
ADDRESSES = st.sampled_from(["", "0.0.0.0", "127.0.0.3", WORLD, "192.0.2.9"])


@pytest.fixture(scope="module")
def emulation() -> Iterator[Emulation]:
    with asyncio.Runner() as runner:
        made = runner.run(Emulation.start(WORLD))
        yield made
        made.close()


def target(argument: str, host: str, port: int) -> str:
    """Where Chromium connects to: the first rule that matches counts (net/base/host_mapping_rules.cc)."""
    for rule in argument.removeprefix("--host-resolver-rules=").split(" , "):
        verb, pattern, *to = rule.split(" ")
        name, _, only = pattern.partition(":")
        if verb == "MAP" and fnmatchcase(host, name) and only in ("", str(port)):
            return to[0]
    raise AssertionError(f"{host} would be resolved")


@given(st.dictionaries(HOSTS, ADDRESSES, min_size=1, max_size=20))
def test_every_host_meets_what_was_answered_for_it(emulation: Emulation, answers: dict[str, str]) -> None:
    route = emulation.route(answers, UPSTREAM, PAGE_PORT)
    (argument,) = route.arguments
    assert route.proxy == f"http://127.0.0.1:{UPSTREAM}"
    assert set(route.bypass) == {host for host, address in answers.items() if address in ("", "0.0.0.0", "127.0.0.3")}
    refusing = {target(argument, host, 443) for host in route.bypass if answers[host]}
    assert len(refusing) <= 1
    for host in route.bypass:
        nowhere = "".join(refusing) if answers[host] else "~NOTFOUND"
        assert target(argument, host, 443) == nowhere
        assert target(argument, host, 80) == (f"127.0.0.3:{PAGE_PORT}" if answers[host] == "127.0.0.3" else nowhere)
    assert target(argument, "not-asked.test", 80) == "~NOTFOUND"


def test_more_than_a_command_line_takes_is_said(emulation: Emulation) -> None:
    hosts = [f"a-host-with-a-rather-long-name-{number}.test" for number in range(3000)]
    with pytest.raises(UsageError, match="3000 blocked hosts are more"):
        emulation.route(dict.fromkeys(hosts, "0.0.0.0"), UPSTREAM, PAGE_PORT)
    assert emulation.route(dict.fromkeys(hosts, ""), UPSTREAM, PAGE_PORT).bypass == tuple(hosts)


def test_a_connection_that_is_to_be_refused_is_refused(emulation: Emulation) -> None:
    (argument,) = emulation.route({"bad.test": "0.0.0.0"}, UPSTREAM, PAGE_PORT).arguments
    host, _, port = target(argument, "bad.test", 80).partition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))
