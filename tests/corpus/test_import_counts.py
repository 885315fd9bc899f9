"""What an import says it did agrees with a count by pandas and the standard library alone."""

import random
from pathlib import Path

import pytest

from bench import corpora

HEAD = "url,category_code,category_description,date_added,source,notes\n"
CODES = ["PORN", "GMB", "NEWS", "NEWS", "PUBH", "GAYL", "ALDR", "HACK", "MILX", "UNHEARD"]
HOSTS = [
    "a.test",
    "www.a.test",
    "B.Example",
    "bücher.test",
    "xn--bcher-kva.test",
    "192.0.2.{}",
    "[2001:db8::{}]",
    "c.test:8080",
]
PATHS = ["", "/", "/x", "/X", "/x?q=1", "/x?", "/ü", "/a b", "/x#part", "/%20", "//x"]


def addresses(rng: random.Random, rows: int, scheme: bool) -> list[str]:
    """Made up so that many mean the same request or the same page."""
    found = []
    for _ in range(rows):
        host, path = rng.choice(HOSTS), rng.choice(PATHS)
        prefix = rng.choice(["http://", "https://", "HTTPS://"]) if scheme else rng.choice(["", "", "http://"])
        if prefix == "http://" and ":" not in host and rng.random() < 0.2:
            host += ":80"
        number = rng.randrange(1, 90)
        found.append(f"{prefix}{host.format(number) if '{' in host else f'{number}.{host}'}{path}")
    return found


def made_up(folder: Path, seed: int) -> None:
    """Both kinds of lists, with every kind of row."""
    rng = random.Random(seed)
    lists, blacklists = folder / "lists", folder / "blacklists"
    lists.mkdir(parents=True)
    for name in ("global", "gb", "fr"):
        rows = [f"{text},{rng.choice(CODES)},,2026-01-01,,\n" for text in addresses(rng, 300, scheme=True)]
        (lists / f"{name}.csv").write_text(HEAD + "".join(rows), "utf-8")
    (lists / "00-LEGEND-category_codes.csv").write_text("CategoryCode,CategoryName\nGMB,Gambling\n")
    for name in ("gambling", "press", "mixed_adult", "unheard"):
        (blacklists / name).mkdir(parents=True)
        for kind in ("domains", "urls"):
            text = "# a list\n\n" + "".join(f"{line}\n" for line in addresses(rng, 200, scheme=False))
            (blacklists / name / kind).write_text(text, "utf-8")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_figures_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int) -> None:
    made_up(tmp_path, seed)
    assert corpora.compare(tmp_path) == 0
    found = [line.split() for line in capsys.readouterr().out.splitlines()]
    figures = {line[0]: (int(line[1]), int(line[2])) for line in found if len(line) == 3 and line[1].isdigit()}
    assert figures.keys() == {"rows", "cases", "unmapped", "conflicts", "duplicates", "ips", "idns"}
    assert all(ours == theirs > 0 for ours, theirs in figures.values())


def test_a_figure_that_differs_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tmp_path, 1)
    monkeypatch.setattr(corpora, "_is_ip", lambda host: False)
    assert corpora.compare(tmp_path) == 1
    assert capsys.readouterr().out.count("DIFFERS") == 2
