"""A run over an open and a sealed corpus, through a real product: same figures as in the open, and not a word kept."""

from pathlib import Path

import pandas as pd
import pytest

from harness.evidence import scratch
from harness.model.case import Case
from tests import live

WORD = b"quokka"  # in every host, path, title and text of the sealed corpus, and nowhere else
PAGE = "<title>{0}</title><p>A {0} said so on a page of its own, and it said little else.</p>"


def cases(kind: str) -> list[Case]:
    found = []
    for number in range(8):
        url = f"{'https' if number % 2 else 'http'}://{kind}{number}.test/{kind}/{number}"
        make = live.block if number < 4 else live.allow
        found.append(make(f"{kind}-{number}", url, f"{kind}-{number}.html"))
    return found


def corpus(folder: Path, kind: str) -> Path:
    made = cases(kind)
    return live.write_corpus(folder / kind, made, {case.fixture: PAGE.format(case.case_id).encode() for case in made})


def held(folder: Path) -> list[Path]:
    """Files with the word in their name or in them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if WORD in (path.name.encode() + path.read_bytes()).lower()]


@pytest.mark.browser
@pytest.mark.product("squid")
def test_nothing_of_a_sealed_case_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, lists = tmp_path / "lab.age", tmp_path / "lists" / "adult"
    recipient = live.command("corpus", "keygen", key).out.split()[-1]
    secret, known = corpus(tmp_path, "quokka"), corpus(tmp_path, "garden")
    made = live.command("corpus", "seal", secret, "--to", recipient, "--into", tmp_path / "sealed")
    assert made.code == 0, made.err
    assert held(tmp_path / "sealed") == []
    lists.mkdir(parents=True)
    (lists / "domains").write_text("".join(f"{name}{n}.test\n" for name in ("garden", "quokka") for n in (0, 1, 2)))
    seen: list[tuple[Path, list[Path]]] = []

    def remove(folder: Path) -> None:
        seen.append((folder, held(folder)))
        taken(folder)

    taken = scratch.remove
    monkeypatch.setattr(scratch, "remove", remove)
    out = tmp_path / "run"
    criteria = live.write_criteria(tmp_path / "criteria.toml", minimum_n=4)
    given = ("--criteria", criteria, "--param", f"blocklists={lists.parent}", "--quiet")
    ended = live.command(
        "certify", "squid", "--corpus", known, "--sealed", tmp_path / "sealed", "--unseal", key, "--out", out, *given
    )
    assert ended.code in (0, 1), ended.err
    assert held(out) == []
    # What the product itself keeps of the names it meets (its certificates, its list) and the browser's profile lay in
    # memory, and are gone.
    assert len(seen) >= 2
    for folder, holding in seen:
        assert folder.parent == scratch.MEMORY
        assert not folder.exists()
        ours = folder / "product"
        assert [path for path in holding if not path.is_relative_to(ours)] == []
        assert {path.relative_to(ours).parts[0] for path in holding} <= {"hosts", "ssl_db"}
    found = pd.read_parquet(out / "derived" / "verdicts.parquet")
    sealed = found[found["case_id"].str.startswith("sealed-")]
    assert len(found) == 2 * len(sealed) == 16
    # The same answers as in the open.
    opened = live.command("certify", "squid", "--corpus", secret, "--out", tmp_path / "open", *given)
    assert opened.code in (0, 1), opened.err
    other = pd.read_parquet(tmp_path / "open" / "derived" / "verdicts.parquet")
    facts = ["category", "expectation", "verdict", "rule_id", "mechanism", "outcome"]
    assert sorted(map(tuple, sealed[facts].values.tolist())) == sorted(map(tuple, other[facts].values.tolist()))
    assert "Open and sealed part" in (out / "report.html").read_text("utf-8")
    assert live.command("verify", out).code == 0
    # Without the key it can be scored and verified, and not run.
    refused = live.command("resume", out)
    assert (refused.code, "only its laboratory's key opens" in refused.err) == (4, True)
