"""Every name has one address and nothing else, and nothing that arrives upsets the name server."""

import asyncio
import socket

import dns.asyncquery
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.internet.names import Names, answer, listen

ADDRESS = "198.18.0.1"
LABEL = st.text("abcxyzABCXYZ0189-_", min_size=1, max_size=20)
NAMES = st.lists(LABEL, min_size=1, max_size=8).map(".".join)
OTHERS = ["AAAA", "HTTPS", "SVCB", "TXT", "MX", "NS", "DS", "PTR", "SOA", "CNAME"]


def replied(query: dns.message.Message) -> dns.message.Message:
    """The reply, which dnspython takes for one to this query."""
    wire = answer(query.to_wire(), ADDRESS)
    assert wire
    reply = dns.message.from_wire(wire)
    assert query.is_response(reply)
    return reply


@settings(max_examples=40)
@given(NAMES, st.booleans())
def test_every_name_has_the_address(name: str, edns: bool) -> None:
    reply = replied(dns.message.make_query(name, "A", use_edns=edns))
    (found,) = reply.answer
    assert [str(item) for item in found] == [ADDRESS]
    assert found.name.to_text() == name + "."  # in the letters of the query, which some resolvers check
    assert reply.rcode() == dns.rcode.NOERROR
    assert reply.flags & dns.flags.RA


@settings(max_examples=40)
@given(NAMES, st.sampled_from(OTHERS))
def test_no_name_has_anything_else(name: str, kind: str) -> None:
    """NODATA as RFC 2308, section 2.2 has it: no error, no answer, an SOA record."""
    reply = replied(dns.message.make_query(name, kind))
    assert (reply.rcode(), reply.answer) == (dns.rcode.NOERROR, [])
    assert [item.rdtype for item in reply.authority] == [dns.rdatatype.SOA]


def test_what_is_no_plain_query() -> None:
    notify = dns.message.make_query("a.test", "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert replied(notify).rcode() == dns.rcode.NOTIMP
    empty = dns.message.QueryMessage(id=7)
    reply = answer(empty.to_wire(), ADDRESS)
    assert reply
    assert dns.message.from_wire(reply).rcode() == dns.rcode.FORMERR
    assert answer(dns.message.make_response(dns.message.make_query("a.test", "A")).to_wire(), ADDRESS) is None


@given(st.binary(max_size=600))
def test_noise_is_survived(noise: bytes) -> None:
    assert answer(noise, ADDRESS) is None or len(noise) >= 12


@given(st.data(), st.binary(min_size=1, max_size=4))
def test_damaged_queries_are_survived(data: st.DataObject, damage: bytes) -> None:
    wire = bytearray(dns.message.make_query("a.long.name.test", "A", use_edns=True).to_wire())
    place = data.draw(st.integers(0, len(wire) - 1))
    wire[place : place + len(damage)] = damage
    reply = answer(bytes(wire), ADDRESS)
    assert reply is None or reply[:2] == wire[:2]


@pytest.mark.parametrize("noise", [b"", b"\x00\x03abc"])
def test_it_answers_by_udp_and_tcp(noise: bytes) -> None:
    async def life() -> None:
        udp, tcp = listen("127.0.0.1", 0)
        port = udp.getsockname()[1]
        names = Names(ADDRESS)
        await names.serve(udp, tcp)
        with socket.create_connection(("127.0.0.1", port)) as lout, socket.socket(type=socket.SOCK_DGRAM) as whisper:
            lout.sendall(noise)
            whisper.sendto(noise, ("127.0.0.1", port))
            query = dns.message.make_query("a.test", "A")
            for ask in (dns.asyncquery.udp, dns.asyncquery.tcp):
                assert ADDRESS in (await ask(query, "127.0.0.1", timeout=5, port=port)).answer[0].to_text()
        names.close()

    asyncio.run(life())
