"""The reference filter's rules: which URLs its lists cover, which texts its phrases catch."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import url as urls
from harness.model.errors import UsageError
from harness.products.lists import BlockList
from harness.products.reference.rules import Match, Phrase, Rules, read_phrases


def block(*domains: str, name: str = "bad", ips: tuple[str, ...] = (), paths: tuple[str, ...] = ()) -> BlockList:
    return BlockList(name, domains, ips, paths, ())


def covers(entries: BlockList, url: str) -> bool:
    return Rules([entries], []).match_url(url) is not None


def score(html: str, *phrases: Phrase) -> int | None:
    found = Rules([], phrases).match_text(html, -1000)
    return None if found is None else int(found.detail.partition(":")[0])


@pytest.mark.parametrize(
    ("url", "blocked"),
    [
        ("http://example.test/", True),
        ("https://example.test:8443/a?b=c", True),
        ("http://a.b.example.test/", True),
        ("http://www.example.test/", True),
        ("http://EXAMPLE.Test/", True),
        ("http://example.test./", True),
        ("http://notexample.test/", False),
        ("http://example.test.example/", False),
        ("http://test/", False),
        ("http://other.test/?u=example.test", False),
        ("http://example.test@other.test/", False),
    ],
)
def test_a_domain_covers_itself_and_its_sub_domains(url: str, blocked: bool) -> None:
    assert covers(block("example.test"), url) is blocked


def test_an_idn_host_matches_its_punycode_entry() -> None:
    assert covers(block("xn--caf-dma.test"), "http://www.café.test/")
    assert covers(block("xn--caf-dma.test"), "http://CAFÉ.test/")
    assert not covers(block("xn--caf-dma.test"), "http://cafe.test/")


@pytest.mark.parametrize(
    ("url", "blocked"),
    [
        ("http://192.0.2.7/a", True),
        ("http://192.0.2.7.:8080/", True),
        ("http://0xC0000207/", True),
        ("http://192.0.2.70/", False),
        ("http://92.0.2.7/", False),
        ("http://192.0.2.7.example.test/", False),
        ("http://[2001:DB8:0::1]/", True),
        ("http://[2001:db8::2]/", False),
    ],
)
def test_an_ip_covers_the_equal_host_only(url: str, blocked: bool) -> None:
    assert covers(block(ips=("192.0.2.7", "[2001:db8::1]")), url) is blocked


@pytest.mark.parametrize(
    ("entry", "url", "blocked"),
    [
        ("h.test/bar", "http://h.test/bar", True),
        ("h.test/bar", "http://h.test/bar/", True),
        ("h.test/bar", "http://h.test/bar/baz", True),
        ("h.test/bar", "http://h.test/bar?x=1", True),
        ("h.test/bar", "http://h.test/bar&x", True),
        ("h.test/bar", "http://h.test/bar=x", True),
        ("h.test/bar", "http://h.test/bar#top", True),
        ("h.test/bar", "http://h.test/barbaz", False),
        ("h.test/bar", "http://h.test/bar.html", False),
        ("h.test/bar", "http://h.test/ba", False),
        ("h.test/bar", "http://h.test/", False),
        ("h.test/bar", "http://h.test/foo/bar", False),
        ("h.test/bar/", "http://h.test/bar", True),
        ("h.test/bar/", "http://h.test/bar/baz", True),
        ("h.test/bar/", "http://h.test/bar?x=1", False),
        ("h.test/bar/", "http://h.test/barbaz", False),
        ("h.test/", "http://h.test", True),
        ("h.test/", "http://h.test/anything", True),
        ("h.test/a?b=c", "http://h.test/a?b=c", True),
        ("h.test/a?b=c", "http://h.test/a?b=c&d=e", True),
        ("h.test/a?b=c", "http://h.test/a?b=cd", False),
        ("h.test/a?b=c", "http://h.test/a", False),
        ("h.test/a?b=c", "http://h.test/a?d=e&b=c", False),
        ("h.test/bar", "http://www.h.test/bar", True),
        ("www.h.test/bar", "http://h.test/bar", False),
        ("www.h.test/bar", "https://www.h.test./bar", True),
        ("h.test/bar", "http://m.h.test/bar", True),
        ("h.test/bar", "http://wwwh.test/bar", False),
        ("h.test/bar", "http://H.TEST:8080/BAR", True),
        ("h.test/~ann/b-r", "http://h.test/%7Eann/%42%2dr", True),
        ("h.test/%7eann", "http://h.test/~Ann", True),
        ("h.test/a%2Fb", "http://h.test/a%2fb", True),
        ("h.test/a%2Fb", "http://h.test/a/b", False),
        ("h.test/%2541", "http://h.test/%41", False),
    ],
)
def test_a_url_covers_what_begins_with_it_at_a_boundary(entry: str, url: str, blocked: bool) -> None:
    assert covers(block(paths=(entry,)), url) is blocked


def test_a_match_says_which_list_and_what_matched() -> None:
    first = block("b.test", name="first", ips=("192.0.2.7",), paths=("h.test/x", "h.test/x/y"))
    second = block("a.b.test", "b.test", name="second", paths=("h.test/x",))
    rules = Rules([first, second], [])
    assert rules.match_url("http://b.test/") == Match("first", "domain", "b.test")
    assert rules.match_url("http://c.a.b.test/") == Match("second", "domain", "a.b.test")
    assert rules.match_url("http://192.0.2.7/") == Match("first", "ip", "192.0.2.7")
    assert rules.match_url("http://h.test/x?q") == Match("first", "url", "h.test/x")
    assert rules.match_url("http://h.test/x/y/z") == Match("first", "url", "h.test/x/y")
    assert rules.match_url("http://other.test/") is None


@pytest.mark.parametrize("url", ["", "example.test", "ftp://example.test/", "http://"])
def test_what_is_no_http_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        Rules([], []).match_url(url)


LABELS = st.lists(st.sampled_from(["a", "b", "ab", "www"]), min_size=1, max_size=2)
HOSTS = LABELS.map(lambda labels: ".".join([*labels, "test"]))
PATHS = st.text("aA/?&=%", max_size=4).map(lambda tail: "/" + tail.replace("%", "%41"))
ENTRIES = st.builds(lambda host, path: host + urls.parse(f"http://{host}{path}").target, HOSTS, PATHS)
LISTS = st.lists(
    st.builds(
        lambda name, domains, paths: BlockList(name, tuple(domains), ("192.0.2.7",), tuple(paths), ()),
        st.sampled_from(["one", "two"]),
        st.lists(HOSTS, max_size=1),
        st.lists(ENTRIES, max_size=4),
    ),
    max_size=3,
)


def scan(lists: list[BlockList], url: str) -> Match | None:
    """What `match_url` must return, found by looking at each entry in turn."""

    def plain(path: str) -> str:
        return path.replace("%41", "A").lower()

    host, path = urls.parse(url).hostname.rstrip("."), plain(urls.parse(url).target)
    best: Match | None = None
    for each in lists:
        for domain in each.domains:
            if (host == domain or host.endswith("." + domain)) and (best is None or len(domain) > len(best.detail)):
                best = Match(each.name, "domain", domain)
    if best is None and host == "192.0.2.7":
        best = next((Match(each.name, "ip", host) for each in lists), None)
    if best is not None:
        return best
    found: list[tuple[int, int, Match]] = []
    for each in lists:
        for entry in each.urls:
            cut = entry.index("/")
            name, start = entry[:cut], plain(entry[cut:])
            after = path[len(start) :]
            begins = path.startswith(start) and (not after or start.endswith("/") or after[0] in "/?&=#")
            if (host == name or host.endswith("." + name)) and (begins or path + "/" == start):
                found.append((len(name), len(start), Match(each.name, "url", name + start)))
    return max(found, key=lambda item: item[:2])[2] if found else None


@given(LISTS, st.data())
def test_match_url_equals_a_scan_of_all_entries(lists: list[BlockList], data: st.DataObject) -> None:
    entries = [entry for each in lists for entry in (*each.domains, *each.urls)]
    host, _, path = data.draw(st.sampled_from([*entries, "192.0.2.7", "test/a"])).partition("/")
    front = data.draw(st.sampled_from(["", "a", "a.", "www."])) if host[0].isalpha() else ""
    dot, tail = data.draw(st.sampled_from(["", "."])), data.draw(st.text("a/?&=#", max_size=3))
    url = f"http://{front}{host}{dot}/{path}{tail}"
    assert Rules(lists, []).match_url(url) == scan(lists, url)


SEX = Phrase("adult", 50, "sex")
PORRIDGE = Phrase("food", 20, "hot porridge")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>sex</p>", 50),
        ("<title>Sex</title>", 50),
        ("a SEX-shop", 50),
        ("s&#101;x", 50),
        ("<b>se</b>x", 50),
        ("𝐬𝐞𝐱", 50),
        ("<p>Essex, Middlesex, sexton, sex_ed</p>", None),
        ("<li>se</li><li>x</li>", None),
        ("<script>sex</script><style>sex</style>", None),
        ("<script>if (a < b) { sex }</script>plain", None),
        ("<style>p {}</style>sex", 50),
        ("<!-- sex --><p title='sex'>", None),
        ("<![if x]>sex<![endif]>", 50),
        ("<![x[y]]>sex", 50),
        ("<p>hot <i>Porridge</i></p>", 20),
        ("<p>hot,\n  porridge</p>", 20),
        ("<p>porridge, hot</p>", None),
        ("", None),
    ],
)
def test_phrases_match_whole_words_of_the_visible_text(html: str, expected: int | None) -> None:
    assert score(html, SEX, PORRIDGE) == expected


def test_an_occurrence_counts_twice_at_most() -> None:
    assert score("sex sex", SEX) == 100
    assert score("sex sex sex sex", SEX) == 100


def test_overlapping_phrases_all_count() -> None:
    assert score("real sex shop", SEX, Phrase("adult", 30, "sex shop"), Phrase("adult", 7, "real sex")) == 87


def test_scripts_without_spaces_match_substrings_and_others_keep_their_marks() -> None:
    assert score("在线色情网站", Phrase("adult", 40, "色情")) == 40
    assert score("真人百家乐", Phrase("gambling", 40, "百家乐"), Phrase("gambling", 5, "真人")) == 45
    assert score("গাঁজা", Phrase("drugs", 40, "গাঁজা")) == 40
    assert score("গাঁজাখুরি", Phrase("drugs", 40, "গাঁজা")) is None
    assert score("cafe\u0301 noir", Phrase("food", 40, "CAFÉ")) == 40


def test_context_speaks_against_every_category() -> None:
    phrases = (SEX, PORRIDGE, Phrase("*", -30, "helpline"))
    assert score("sex helpline", *phrases) == 20
    assert score("hot porridge helpline", *phrases) == -10
    assert score("helpline", *phrases) is None
    assert Rules([], phrases).match_text("sex helpline helpline helpline", 0) is None


def test_the_highest_category_wins_if_it_reaches_the_threshold() -> None:
    rules = Rules([], [SEX, PORRIDGE, Phrase("food", 35, "oats")])
    page = "<p>sex, hot porridge, oats</p>"
    assert rules.match_text(page, 55) == Match("food", "phrase", "55: hot porridge, oats")
    assert rules.match_text(page, 56) is None
    assert Rules([], []).match_text(page, 0) is None


@given(st.text(st.sampled_from("<>!-[]/?&#;'\"= \nabpscriptyle"), max_size=60))
def test_no_markup_breaks_the_matcher(html: str) -> None:
    Rules([], [SEX]).match_text(html, 1)


def phrases_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "phrases.csv"
    path.write_text("category,weight,phrase\n" + "".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_phrases_are_read_in_order(tmp_path: Path) -> None:
    path = phrases_file(tmp_path, "adult,50,sex", '*,-30,"advice, help"', "adult,40,色情")
    assert read_phrases(path) == (SEX, Phrase("*", -30, "advice, help"), Phrase("adult", 40, "色情"))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (",5,sex", "category"),
        ("", "category"),
        ("adult", "weight"),
        ("adult,0,sex", "weight"),
        ("adult,5.5,sex", "weight"),
        ("adult,many,sex", "weight"),
        ("*,30,helpline", "weight"),
        ("adult,5", "phrase"),
        ("adult,5,...", "phrase"),
        ("adult,5,no, thanks", "phrase"),
        ("food,9,HOT  porridge", "phrase"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, key: str) -> None:
    path = phrases_file(tmp_path, "food,20,hot porridge", line)
    with pytest.raises(UsageError) as caught:
        read_phrases(path)
    assert str(caught.value).startswith(f"{path}:3: {key}: ")


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.csv"
    with pytest.raises(UsageError, match="cannot be read"):
        read_phrases(path)
    path.write_bytes(b"category,weight,phrase\nadult,5,caf\xe9\n")
    with pytest.raises(UsageError, match="cannot be read"):
        read_phrases(path)
    for text in ("", "adult,5,sex\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=r"phrases\.csv:1: expected the columns"):
            read_phrases(path)
