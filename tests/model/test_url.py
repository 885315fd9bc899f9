"""URLs as the browser reads them."""

import pytest

from harness.model.url import join, parse, site


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("http://a.test", "a.test/"),
        ("HTTP://A.Test:80/X", "a.test/X"),
        ("https://a.test:443/", "a.test/"),
        ("https://a.test:8443/", "a.test:8443/"),
        ("http://a.test?q=1", "a.test/?q=1"),
        ("http://a.test/p?q=1#part", "a.test/p?q=1"),
        ("http://user:word@a.test/", "a.test/"),
        ("http://bücher.test/", "xn--bcher-kva.test/"),
        ("http://a.test/a/../b", "a.test/b"),
        ("http://a.test/caf\u00e9", "a.test/caf%C3%A9"),
        ("http://a.test/%7Ea", "a.test/%7Ea"),
        ("http://a.test./", "a.test./"),
        ("http://[2001:DB8:0::1]:8080/", "[2001:db8::1]:8080/"),
        ("http://0x7f.1/", "127.0.0.1/"),
        ("http://a.test/p?", "a.test/p?"),
        ("http://a.test?#part", "a.test/?"),
        ("http://us:er@a.test:81/p@q:r", "a.test:81/p@q:r"),
    ],
)
def test_key(text: str, key: str) -> None:
    assert parse(text).key == key


@pytest.mark.parametrize(
    ("reference", "href"),
    [
        ("/x?", "https://a.test/x?"),
        ("?", "https://a.test/b/c?"),
        ("d", "https://a.test/b/d"),
        ("//b.test", "https://b.test/"),
        (r"\\b.test\x", "https://b.test/x"),
        ("HTTP://B.test/../x", "http://b.test/x"),
    ],
)
def test_where_a_reference_leads(reference: str, href: str) -> None:
    assert join("https://a.test/b/c", reference).href == href


@pytest.mark.parametrize("reference", ["mailto:a@b.test", "http://", "about:blank"])
def test_what_leads_to_no_web_page(reference: str) -> None:
    with pytest.raises(ValueError, match=r"URL|Invalid"):
        join("https://a.test/b/c", reference)


def test_scheme_and_port() -> None:
    assert (parse("https://a.test/").scheme, parse("https://a.test/").port) == ("https", 443)
    assert (parse("http://a.test/").scheme, parse("http://a.test/").port) == ("http", 80)


def test_href_is_stable() -> None:
    href = parse("HTTP://A.Test:80/b/../ü").href
    assert href == "http://a.test/%C3%BC"
    assert parse(href).href == href


@pytest.mark.parametrize(
    "text",
    [
        "",
        " http://a.test/",
        "http://a.test/\n",
        "http://a.test/\x7f",
        "a.test",
        "/path",
        "//a.test/",
        "http:a.test",
        "http://",
        "http:///path",
        "http://a b.test/",
        "http://a.test:99999/",
        "http://[::1/",
        "http://?q",
        "ftp://a.test/",
        "file://a.test/etc",
        "javascript://a.test/",
        "http://999.1.1.1/",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"URL"):
        parse(text)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.example", "b.example"),
        ("www.shop.co.uk", "shop.co.uk"),
        ("www.shop.test.", "shop.test"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_site(host: str, domain: str) -> None:
    """By the public suffix list's own rules; the unlisted endings of reserved names count as suffixes."""
    assert site(host) == domain
