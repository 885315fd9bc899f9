"""Hosts: addresses, reserved names, scripts and look-alikes, against the tables of the standards."""

import pytest

from harness.corpus import hosts
from harness.model import url as urls

# Unicode Technical Standard #39, 5.1, table 1a "Mixed-Script Examples" (version 15.1): text, whether it is mixed.
UTS39 = [
    ("Circle", False),
    ("\u0421\u0456\u0433\u0441\u04c0\u0435", False),
    ("\u0421ir\u0441l\u0435", True),
    ("Circ1e", False),
    ("C\U0001d5c2\U0001d5cb\U0001d5bc\U0001d5c5\U0001d5be", False),
    ("\U0001d5a2\U0001d5c2\U0001d5cb\U0001d5bc\U0001d5c5\U0001d5be", False),
    ("\u3006\u5207", False),
    ("\u306d\u30ac", False),
]


@pytest.mark.parametrize(("text", "mixed"), UTS39)
def test_mixed_scripts_as_in_the_standard(text: str, mixed: bool) -> None:
    assert hosts.mixed(text) is mixed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("p\u0430ypal", "paypal"),
        ("\u0421\u0456\u0433\u0441\u04c0\u0435", "Circle"),  # UTS #39, table 1a
        ("\u0430\u0440\u0440\u04cf\u0435", "appie"),  # the whole-script spoof of apple.com of 2017
        ("\u03bd\u03b1\u03b9", "vai"),
        ("paypal", ""),
        ("b\u00fccher", ""),
        ("\u044f\u043d\u0434\u0435\u043a\u0441", ""),
    ],
)
def test_what_a_label_can_be_taken_for(text: str, read: str) -> None:
    assert hosts.reading(text) == read


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("http://0x7f.1/", "0x7f.1"),
        ("http://me:pa@ss@2130706433:80/a@b", "2130706433"),
        ("https://[::1]:8443/", "[::1]"),
        ("http://one.test?x@y", "one.test"),
        ("http://one.test#x@y", "one.test"),
    ],
)
def test_spelling_is_that_of_the_author(url: str, spelling: str) -> None:
    assert hosts.spelling(url) == spelling
    assert urls.parse(url).hostname in (spelling, "127.0.0.1")


@pytest.mark.parametrize(
    ("host", "reserved", "local"),
    [
        ("one.test", True, False),
        ("one.test.", True, False),
        ("example.org", True, False),
        ("notexample.org", False, False),
        ("test", True, True),
        ("printer.local", True, True),
        ("a.home.arpa", True, True),
        ("bbc.co.uk", False, False),
        ("192.0.2.1", True, False),  # RFC 5737
        ("[2001:db8::1]", True, False),  # RFC 3849
        ("8.8.8.8", False, False),
        ("127.0.0.1", True, True),
        ("[::1]", True, True),
        ("192.168.1.1", True, True),
        ("[fd00::1]", True, True),
    ],
)
def test_reserved_and_local(host: str, reserved: bool, local: bool) -> None:
    assert (hosts.reserved(host), hosts.local(host)) == (reserved, local)
