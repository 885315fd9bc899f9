"""The bench of block pages counts what it says, on sets written for this test."""

import random
from pathlib import Path

import pytest

from bench import pagesets
from bench.blockpages import changed, judged, rate
from bench.pagesets import Sample, document
from harness.classify.live import Finding
from harness.model.words import Verdict

STORY = "<title>Garden</title>\n" + "\n".join(f"<p>Bed {number} of the garden has roses.</p>" for number in range(60))
NOTICE = "<title>Access to this page is blocked</title>"


def sample(kind: str, source: str, text: str) -> Sample:
    return Sample(kind, "set", source, source, False, text)


def test_a_rate_counts_the_blocked_with_bounds_of_pages_and_of_sources() -> None:
    """1 of 20: 0.13 % to 24.87 % (Clopper and Pearson's table); two sources of ten pages are worth two pages."""
    findings = [Finding(Verdict.BLOCKED if number == 3 else Verdict.INDETERMINATE, "") for number in range(20)]
    pairs = [(sample("fault", str(number % 2), ""), finding) for number, finding in enumerate(findings)]
    found = rate(pairs)
    assert found.startswith("1 of 20, 5.00% (0.13% to 24.87%; by source ")
    assert rate([]) == "none"


def test_a_page_is_judged_alone_and_beside_a_control() -> None:
    samples = [sample("block", "a", NOTICE), sample("ordinary", "b", STORY)]
    assert [item.rule_id for item in judged(samples, "alone", (), 1)] == [
        "live.blocked.notice-alone",
        "live.allowed.page-alone",
    ]
    assert [item.rule_id for item in judged(samples, "beside a control", (), 1)] == [
        "live.blocked.notice",
        "live.allowed.same-page",
    ]


def test_another_visit_is_not_quite_the_same() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    again = changed(text, random.Random(1))
    assert 1 <= sum(one != two for one, two in zip(text.splitlines(), again.splitlines(), strict=True)) <= 10
    assert changed("", random.Random(1)) == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é".encode(), "é"),
        (b'<meta charset="windows-1252">\xe9', '<meta charset="windows-1252">é'),
        (b"<meta charset=nonsense>\xe9", "<meta charset=nonsense>й"),
        (b"&eacute;&#233; &lt;p&gt;", "éé &lt;p&gt;"),
    ],
)
def test_documents_are_read_as_browsers_do(data: bytes, text: str) -> None:
    assert document(data) == text


def test_sets(tmp_path: Path) -> None:
    for name in ("en/ERR_ACCESS_DENIED", "en/ERR_DNS_FAIL", "en/ERR_ACL_TIME_QUOTA_EXCEEDED", "templates/ERR_DNS_FAIL"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('<body id="%c">')
    (tmp_path / "en-gb").symlink_to("en")
    found = list(pagesets.squid(tmp_path))
    assert [(item.kind, item.name) for item in found] == [
        ("block", "en/ERR_ACCESS_DENIED"),
        ("fault", "en/ERR_DNS_FAIL"),
    ]
    assert found[0].document == '<body id="ERR_ACCESS_DENIED">'
    for name in ("isp_ru_x_block", "isp_ru_x_forward", "nat_qa", "prod_squid_error_page", "isp_ru_kaspnet_block"):
        (tmp_path / f"{name}.html").write_text("x")
    assert [(item.source, item.kind, item.tuned) for item in pagesets.captured(tmp_path)] == [
        ("isp_ru_x", "block", True),
        ("isp_ru_x", "block", True),
        ("nat_qa", "block", True),
        ("prod_squid", "fault", True),
    ]


def test_apaches_pages_are_taken_apart_by_language(tmp_path: Path) -> None:
    part = "Content-language: {0}\nBody:----------{0}--\n"
    part += '<!--#set var="TITLE" value="No {0}!" -->\nTold {0}.\n----------{0}--\n'
    (tmp_path / "HTTP_FORBIDDEN.html.var").write_text(part.format("cs") + "\n" + part.format("pt-br"))
    found = list(pagesets.apache(tmp_path))
    assert [item.source for item in found] == ["cs", "pt-br"]
    assert "<title>No cs!</title>" in found[0].document
    assert "Told cs." in found[0].document
    assert "pt-br" not in found[0].document
