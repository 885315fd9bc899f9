"""Product profiles: the shipped ones load, and every wrong one is refused with file and key."""

from pathlib import Path

import pytest

from harness.internet.ports import free_ports
from harness.model.errors import UsageError
from harness.profile import shipped
from harness.profile.product import Product, load

HEAD = """
schema = "pas-harness/product/1"
name = "mine"
title = "Mine"
kind = "proxy"
description = "A product"
"""
SETTINGS = """
[settings]
default = "moderate"
[settings.level.least]
title = "Least"
[settings.level.moderate]
title = "Moderate"
values = { threshold = 90 }
"""
PARAMS = """
[params.lists]
kind = "blocklists"
description = "Block lists"
[params.phrases]
kind = "choice"
choices = ["on", "off"]
default = "on"
description = "Phrases"
[params.note]
kind = "text"
description = "Anything"
"""
LIMIT = (
    HEAD
    + """
[[limit]]
what = "{}"
when = {}
text = "It cannot."
"""
)


def profile(folder: Path, text: str) -> Product:
    (folder / "profile.toml").write_text(text)
    return load(str(folder))


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        profile(folder, text)
    assert caught.value.exit_code == 4
    assert str(folder / "profile.toml") in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", shipped.names(shipped.PRODUCTS, "profile.toml"))
def test_shipped_products_load(name: str) -> None:
    product = load(name)
    assert product.name == name
    assert product.checked_setting("") == product.settings.default
    free = str(free_ports(1)[0])
    needed = {key: free if item.kind == "port" else "given" for key, item in product.params.items() if item.required}
    assert product.checked_params(needed).keys() == product.params.keys()
    assert product.install.advice or not product.install.programs


def test_loads_by_folder_or_file(tmp_path: Path) -> None:
    made = profile(tmp_path, HEAD + SETTINGS)
    assert made.folder == tmp_path.resolve()
    assert load(str(tmp_path / "profile.toml")) == made


def test_unknown_product() -> None:
    with pytest.raises(UsageError, match=r"no product named or at 'nowhere'; shipped: .*zoo-perfect"):
        load("nowhere")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (HEAD + 'colour = "red"' + SETTINGS, "colour: Extra inputs are not permitted"),
        (HEAD + SETTINGS + 'colour = "red"', "settings.level.moderate.colour: Extra inputs"),
        (HEAD, "settings: Field required"),
        (HEAD.replace("product/1", "product/2") + SETTINGS, "schema: "),
        (HEAD.replace('"mine"', '"two words"') + SETTINGS, "name: "),
        (
            HEAD + SETTINGS.replace('default = "moderate"', 'default = "strict"'),
            "default: 'strict' is not one of least, moderate",
        ),
        (HEAD + '[settings]\ndefault = "moderate"\nlevel = {}', "settings.level: "),
        (HEAD + SETTINGS + '[[files]]\ntemplate = "../a.j2"\ntarget = "a"', "files.0.template: "),
        (HEAD + SETTINGS + '[[files]]\ntemplate = "/etc/hostname"\ntarget = "a"', "files.0.template: "),
        (HEAD + SETTINGS + '[[files]]\ntemplate = "a.j2"\ntarget = "../a"', "files.0.target: "),
        (
            HEAD + SETTINGS + '[[files]]\ntemplate = "a.j2"\ntarget = "a"',
            "files: file 'a.j2' is not in the profile folder",
        ),
        (HEAD + SETTINGS + '[[files]]\ntemplate = "link.j2"\ntarget = "a"', "files: file 'link.j2' is not in"),
        (
            HEAD + SETTINGS + '[[page]]\nhost = "a.harness.test"\nfile = "../outside"',
            "files: file '../outside' is not in",
        ),
        (HEAD + SETTINGS + '[[page]]\nhost = "a.example"\nfile = "a.html"', "page.0.host: "),
        (HEAD + SETTINGS + "[process]\ncommand = []", "process.0.command: "),
        (HEAD + SETTINGS + '[process]\ncommand = ["a"]\nready_seconds = 0', "process.0.ready_seconds: "),
        (HEAD + SETTINGS + '[[identity]]\nname = "version"\ncommand = ["a"]\npattern = "("', "identity.0.pattern: "),
        (HEAD + SETTINGS + '[[identity]]\nname = "version"\ncommand = ["a"]\npattern = "v"', "identity.0.pattern: "),
        (HEAD + SETTINGS + '[params.a]\nkind = "colour"\ndescription = "b"', "params.a.kind: "),
        (LIMIT.format("pigeons", "{}") + SETTINGS, "limit.0.what: "),
        (LIMIT.format("paths", '{ colour = ["red"] }') + SETTINGS, "limit.0.when: 'colour' is no parameter"),
        (
            LIMIT.format("paths", '{ setting = ["most"] }') + SETTINGS,
            "limit.0.when.setting: 'most' is not one of least, ",
        ),
        (
            LIMIT.format("paths", '{ phrases = ["on", "red"] }') + SETTINGS + PARAMS,
            "limit.0.when.phrases: 'red' is not one of on, off",
        ),
        (LIMIT.format("paths", '{ phrases = "on" }') + SETTINGS + PARAMS, "limit.0.when.phrases: "),
        ("schema = ", "not valid TOML"),
    ],
)
def test_refused(tmp_path: Path, text: str, error: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (tmp_path / "outside").touch()
    (folder / "link.j2").symlink_to(tmp_path / "outside")
    assert error in refusal(folder, text)


def test_params(tmp_path: Path) -> None:
    product = profile(tmp_path, HEAD + SETTINGS + PARAMS)
    assert product.checked_params({}) == {"lists": "", "phrases": "on", "note": ""}
    given = {"lists": str(tmp_path / "." / "x" / ".."), "phrases": "off", "note": "any = thing"}
    (tmp_path / "x").mkdir()
    assert product.checked_params(given) == {"lists": str(tmp_path), "phrases": "off", "note": "any = thing"}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"color": "red"}, "--param color: product 'mine' has no parameter 'color'; it takes lists, phrases, note"),
        ({"phrases": "maybe"}, "--param phrases: 'maybe' is not one of on, off"),
        ({"lists": "/nowhere/at/all"}, "--param lists: no folder '/nowhere/at/all'"),
        ({"lists": __file__}, "--param lists: no folder"),
    ],
)
def test_wrong_params(tmp_path: Path, given: dict[str, str], error: str) -> None:
    with pytest.raises(UsageError) as caught:
        profile(tmp_path, HEAD + SETTINGS + PARAMS).checked_params(given)
    assert str(caught.value).startswith(error)


def test_settings(tmp_path: Path) -> None:
    product = profile(tmp_path, HEAD + SETTINGS)
    assert (product.checked_setting(""), product.checked_setting("least")) == ("moderate", "least")
    with pytest.raises(UsageError, match="--setting: product 'mine' has no setting 'most'; it has least, moderate"):
        product.checked_setting("most")


def test_missing_programs(tmp_path: Path) -> None:
    install = '[install]\nprograms = ["sh", "no-such-program"]\nadvice = "Install it."'
    product = profile(tmp_path, HEAD + SETTINGS + install)
    assert product.missing_programs() == ["no-such-program"]
    assert product.install.advice == "Install it."


def test_digest_is_of_the_whole_folder(tmp_path: Path) -> None:
    product = profile(tmp_path, HEAD + SETTINGS)
    before = product.digest()
    (tmp_path / "lists").mkdir()
    assert product.digest() == before
    (tmp_path / "lists" / "domains").touch()
    assert product.digest() != before


def test_limits_hold_where_all_that_they_name_is_so(tmp_path: Path) -> None:
    limits = (
        LIMIT.format("ports", "{}") + LIMIT.format("https", '{ setting = ["least"], phrases = ["off"] }')[len(HEAD) :]
    )
    limits += LIMIT.format("paths", '{ note = ["plain"] }')[len(HEAD) :]
    product = profile(tmp_path, limits + SETTINGS + PARAMS)

    def found(setting: str, **given: str) -> set[str]:
        return product.limits(product.checked_params(given), setting)

    assert found("least") == found("moderate", phrases="off") == {"ports"}
    assert found("least", phrases="off") == {"ports", "https"}
    assert found("moderate", note="plain") == {"ports", "paths"}
