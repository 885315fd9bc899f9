"""Small corpora for the tests of check, cleaning and page."""

from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

HEAD = "case_id,url,category,expectation,fixture,language,status,lookalike_of,weight,source\n"
SHEET = 'name = "small"\ntitle = "Small"\nversion = "1"\nlicence = "none"\ndescription = "A test"\n'
FIXTURES = {
    "a.html": b'<!doctype html><HTML class=x lang="en-GB"><p>one',
    "b.html": b'<!doctype html><html lang="en-GB"><p>two',
    "same.html": b'<!doctype html><html lang="en-GB"><p>two',
    "silent.html": b"<p>three",
    "head.http": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Language: cy\r\n\r\n<p>four",
    "x.png": b"png",
}


def corpus(folder: Path, rows: Iterable[str], sheet: str = SHEET) -> str:
    """A corpus with these rows below `HEAD`, whose path it is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.toml").write_text(sheet, "utf-8")
    (folder / "cases.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return str(folder)


def with_fixtures(folder: Path, rows: Iterable[str]) -> str:
    path = corpus(folder, rows)
    for name, data in FIXTURES.items():
        (folder / name).write_bytes(data)
    return path


def many(n: int, label: str = "adult,block", host: str = "{0}.test", path: str = "p") -> list[str]:
    return [f"{label[:2]}{i},http://{host.format(f'{label[:2]}{i}')}/{path},{label},,en,,,,list" for i in range(n)]


FIELD = st.sampled_from
ROW = st.tuples(
    FIELD(["a", "b", "c", "", "-x"]),
    FIELD(
        [
            "http://one.test/",
            "HTTP://one.test:80",
            "https://one.test/",
            "http://one.test/#f",
            "http://two.test/",
            "ftp://x",
            "x",
        ]
    ),
    FIELD(["adult", "news", "fashion"]),
    FIELD(["block", "allow", "maybe"]),
    FIELD(["", "a.html", "gone.html", "../a.html"]),
    FIELD(["", "en"]),
    FIELD(["", "dead", "live"]),
    FIELD(["", "adult"]),
    FIELD(["", "2", "x", "0"]),
    FIELD(["", "list"]),
).map(",".join)
