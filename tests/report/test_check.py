"""Verification of what is derived: every file beside the evidence that does not follow from it is named."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import addenda, seal
from harness.evidence.folder import RunFolder
from harness.evidence.readme import README
from harness.model import canonical
from harness.model.addendum import Invalidation
from harness.model.errors import EvidenceError, UsageError
from harness.report import attestation, check, outputs, rescore, result
from harness.report.derive import derive
from tests import builders
from tests.report import runs

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
DERIVED = (
    "attestation.dsse.json",
    "derived/decisions.json",
    "derived/verdicts.parquet",
    "derived/witnesses.parquet",
    "formats/earl.jsonld",
    "formats/oscal.json",
    "formats/rates.csv",
    "formats/results.sarif",
    "formats/verdicts.csv",
    "junit.xml",
    "report.html",
    "result.json",
)


def write_results(folder: RunFolder) -> None:
    derived = derive(folder)
    outputs.write(folder, derived)
    (folder.path / "attestation.dsse.json").write_text(attestation.attest(folder, derived, KEY), "utf-8")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed run that passes, with all its results."""
    folder = runs.run(tmp_path_factory.mktemp("check") / "run", runs.cases(12, 12))
    seal.sign(folder, KEY)
    write_results(folder)
    return folder.path


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run, had the product failed."""
    fates = {f"adult-{number:02}": "arrives" for number in range(12)}
    folder = runs.run(tmp_path_factory.mktemp("failed") / "run", runs.cases(12, 12), fates)
    seal.sign(folder, KEY)
    write_results(folder)
    return folder.path


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(pristine, tmp_path / "run")))


def test_all_that_stands_is_counted(folder: RunFolder) -> None:
    heard: list[str] = []
    checked = check.checked(folder, KEY.public_key(), heard.append)
    derived = derive(folder)
    assert checked == check.Checked([], DERIVED, 24, len(derived.rates), 2)
    assert len(derived.rates) > 4
    assert len(heard) == 3
    assert check.problems(folder) == []


def test_results_may_be_missing(folder: RunFolder) -> None:
    shutil.rmtree(folder.derived)
    shutil.rmtree(folder.path / "formats")
    for name in ("attestation.dsse.json", "junit.xml", "report.html", "result.json"):
        (folder.path / name).unlink()
    checked = check.checked(folder)
    assert (checked.problems, checked.compared, checked.verdicts, checked.decisions) == ([], (), 24, 2)


@pytest.mark.parametrize("name", DERIVED)
@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
        lambda data: b"",
        lambda data: b"\xff\xfe\0",
        lambda data: b"[" * 100_000,
    ],
    ids=["cut", "longer", "flipped", "empty", "binary", "deep"],
)
def test_each_changed_file_is_named(folder: RunFolder, name: str, edit: Callable[[bytes], bytes]) -> None:
    path = folder.path / name
    path.write_bytes(edit(path.read_bytes()))
    checked = check.checked(folder)
    if checked.problems:
        (problem,) = checked.problems
        assert problem.startswith(f"{path}: ")
        assert name not in checked.compared
    else:  # a table is compared by value, and some bytes of its file carry none
        assert name.endswith(".parquet")
        before = path.read_bytes()
        result.write_derived(derive(folder), folder.derived)
        assert pq.read_table(pa.BufferReader(before)).equals(pq.read_table(path))


@pytest.mark.parametrize("name", DERIVED)
def test_results_of_another_run_are_named(folder: RunFolder, failed: Path, name: str) -> None:
    """The likeliest fraud: a better report beside honest evidence."""
    shutil.copy(failed / name, folder.path / name)
    (problem,) = check.problems(folder)
    assert problem.startswith(f"{folder.path / name}: ")
    assert "follow from the evidence" in problem


def test_a_table_with_one_other_value_is_named(folder: RunFolder) -> None:
    path = folder.derived / "verdicts.parquet"
    table = pq.read_table(path)
    verdicts = table.column("verdict").to_pylist()
    at = table.column_names.index("verdict")
    pq.write_table(table.set_column(at, "verdict", pa.array(["allowed", *verdicts[1:]])), path)
    assert "verdicts.parquet: does not follow" in check.problems(folder)[0]
    pq.write_table(table, path, compression="none")
    assert check.problems(folder) == []


def test_a_table_of_another_length_is_not_even_read(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file can hold very many rows."""
    path = folder.derived / "verdicts.parquet"
    pq.write_table(pa.concat_tables([pq.read_table(path)] * 2), path)
    read = []

    def read_table(path: Path) -> pa.Table:
        read.append(path)
        return pa.table({})

    monkeypatch.setattr(pq, "read_table", read_table)
    assert any("verdicts.parquet: does not follow" in problem for problem in check.problems(folder))
    assert read == [folder.derived / "witnesses.parquet"]


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "report.htm",
        "derived/more.json",
        "derived/other/verdicts.parquet",
        "journal/readme",
        "blobs/report.html",
        "addenda/000001.json",
        "REPORT.HTML",
        "spec.json.bak",
    ],
)
def test_a_file_that_does_not_belong_is_named(folder: RunFolder, name: str) -> None:
    path = folder.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("more")
    assert check.problems(folder) == [f"{path}: not a file of this run"]


def test_links_and_other_things_are_named(folder: RunFolder, failed: Path) -> None:
    (folder.path / "report.html").unlink()
    (folder.path / "report.html").symlink_to(failed / "report.html")
    (folder.path / "junit.xml").unlink()
    os.mkfifo(folder.path / "junit.xml")
    (folder.path / "elsewhere").symlink_to(failed)
    names = ("elsewhere", "junit.xml", "report.html")
    assert check.problems(folder) == [f"{folder.path / name}: not a file of this run" for name in names]


def test_what_a_killed_process_left_does_no_harm(folder: RunFolder) -> None:
    for name in (".lock", ".report.html.part", "derived/.verdicts.parquet.part", "journal/.part"):
        (folder.path / name).write_text("half")
    assert check.problems(folder) == []


def test_the_readme_of_a_bundle_is_compared(folder: RunFolder) -> None:
    readme = folder.path / "README.txt"
    readme.write_text(README, "utf-8")
    assert check.problems(folder) == []
    readme.write_text(README.replace("got from the laboratory itself", "as it lies here"), "utf-8")
    assert "README.txt: does not follow" in check.problems(folder)[0]


def test_changed_evidence_ends_the_check(folder: RunFolder) -> None:
    folder.plan_file.write_bytes(folder.plan_file.read_bytes() + b"\n")
    checked = check.checked(folder)
    assert "plan.jsonl: changed since the seal" in checked.problems[0]
    assert (checked.verdicts, checked.compared) == (0, ())


def test_another_key_than_the_trusted_one(folder: RunFolder) -> None:
    (problem,) = check.problems(folder, OTHER.public_key())
    assert problem.startswith(f"{folder.signature_file}: signed by another key")


def test_addenda_of_another_key_than_the_trusted_one(folder: RunFolder) -> None:
    said = Invalidation(case_id="adult-00", setting="", author="Ann", reason="broken", blind=True, date=builders.NOW)
    addenda.append(folder, said, OTHER)
    (problem,) = check.problems(folder, KEY.public_key())
    assert problem.startswith(f"{folder.path / 'addenda' / 'seal.sig.json'}: signed by another key")


def test_results_must_follow_from_the_addenda_too(folder: RunFolder) -> None:
    said = Invalidation(
        case_id="adult-00", setting="", author="Ann Other", reason="its page is broken", blind=True, date=builders.NOW
    )
    addenda.append(folder, said, KEY)
    named = [Path(problem.split(": ")[0]).name for problem in check.problems(folder)]
    assert named == [Path(name).name for name in DERIVED if "witnesses" not in name]
    for name in ("attestation.dsse.json", "result.json"):
        (folder.path / name).unlink()
    write_results(folder)
    assert check.problems(folder) == []
    (folder.path / "addenda" / "000001.jsonl").write_text("{}\n")
    assert all("addenda" in problem for problem in check.problems(folder))


def test_other_scorings_of_the_run_must_follow_too(folder: RunFolder) -> None:
    derived = derive(folder)
    stricter = builders.criteria(*(item.model_copy(update={"bound": 0.01}) for item in derived.criteria.criterion))
    after = derive(folder, stricter)
    place = rescore.write(folder, after, rescore.difference(derived, after))
    files = sorted(f"derived/{place.name}/{path.name}" for path in place.iterdir())
    assert len(files) == 4
    checked = check.checked(folder)
    assert checked.problems == []
    assert sorted(checked.compared) == sorted([*DERIVED, *files])
    for name in files:
        path = folder.path / name
        kept = path.read_bytes()
        path.write_bytes(kept.replace(b"pass", b"fail").replace(b"PAR1", b"PAR2"))
        assert any(name in problem for problem in check.problems(folder)), name
        path.write_bytes(kept)
    (place / "more.json").touch()
    assert check.problems(folder) == [f"{place / 'more.json'}: not a file of this run"]
    (place / "difference.json").write_text("{}")
    assert len(check.problems(folder)) == 5


def test_no_run_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a run folder"):
        check.problems(RunFolder(tmp_path))


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1e308, 2**70, "", "x", "[", "\ud800", [], [None], {}, {"": {}}]
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*at, key)
        yield from places(item, (*at, key))


def replaced(value: Any, at: tuple[Any, ...], by: Any) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = by
    return copy


def forged(folder: RunFolder, spec: Any, records: list[Any]) -> None:
    """Write this as a run whose chain is whole and seal it. Raises EvidenceError where a seal is refused."""
    folder.spec_file.write_text(json.dumps(spec), "utf-8")
    head, lines = canonical.digest(folder.spec_file.read_bytes()), []
    for record in records:
        lines.append(json.dumps({**record, "prev": head}) + "\n")
        head = canonical.digest(lines[-1])
    (folder.journal / "000001.jsonl").write_text("".join(lines), "utf-8")
    folder.seal_file.unlink(missing_ok=True)
    seal.write(folder)


@pytest.fixture(scope="module")
def forgery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunFolder]:
    patch = pytest.MonkeyPatch()
    patch.setattr(os, "fsync", lambda handle: None)
    yield runs.run(tmp_path_factory.mktemp("forgery") / "run", runs.cases(2, 1))
    patch.undo()


@given(data=st.data())
def test_sealed_nonsense_is_said_to_be_that(forgery: RunFolder, data: st.DataObject) -> None:
    """Whoever makes a seal may seal anything; it is refused in words, or scored, and never ends in a traceback."""
    journal = forgery.journal / "000001.jsonl"
    kept = {path: path.read_bytes() for path in (forgery.spec_file, journal)}
    spec = json.loads(kept[forgery.spec_file])
    records = [json.loads(line) for line in kept[journal].splitlines()]
    both = [spec, records]
    at = data.draw(st.sampled_from([place for place in places(both) if len(place) > 1]))
    try:
        spec, records = replaced(both, at, data.draw(JUNK))
        forged(forgery, spec, records)
    except (EvidenceError, AttributeError, LookupError, TypeError, ValueError):
        pass  # even the forger's own seal finds fault with it
    else:
        for problem in check.problems(forgery):
            assert re.fullmatch(rf"{re.escape(str(forgery.path))}\S*: [^\n]+", problem), problem
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
