"""A corpus of known answers, as large as it is asked for, and block lists by which a product gives them."""

import csv
from pathlib import Path

from bench import fast
from harness.model.spec import Limits
from harness.model.words import Tier
from harness.run.plan import Request

CRITERIA = "pas74-kitemark"
CATEGORIES = ("adult", "hate", "drugs", "gambling", "violence")
# Of one fault in many minutes a run says that it goes on, of one in ten seconds it has to be allowed to.
LIMITS = Limits(attempt_seconds=30, fault_retries=8, product_restarts=1000, browser_restarts=1000)


def inputs(
    folder: Path, product: str, cases: int, limits: Limits = LIMITS, jobs: int = 3, tier: Tier = Tier.BROWSER
) -> Request:
    """Half of the cases are on a list, half are not; each has a host of its own, every second one speaks https. In the
    fast tier two in a hundred go through the browser too."""
    lists = folder / "lists" / "all"
    lists.mkdir(parents=True)
    (lists / "domains").write_text("".join(f"b{number}.test\n" for number in range(0, cases, 2)), "utf-8")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "corpus.toml").write_text('name = "soak"\n', "utf-8")
    with (folder / "corpus" / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("case_id", "url", "category", "expectation"))
        for number in range(cases):
            scheme = ("http", "https")[number // 2 % 2]
            kind, *labels = ("g", "news", "allow") if number % 2 else ("b", CATEGORIES[number // 2 % 5], "block")
            table.writerow((f"{kind}{number}", f"{scheme}://{kind}{number}.test/", *labels))
    params = {} if product.startswith(("zoo-", "direct")) else {"blocklists": str(folder / "lists")}
    criteria = CRITERIA
    if tier is Tier.FAST:
        criteria = str(folder / "criteria.toml")
        (folder / "criteria.toml").write_text(fast.CRITERIA, "utf-8")
    return Request(
        product,
        str(folder / "corpus"),
        criteria,
        params=params,
        limits=limits,
        jobs=jobs,
        tier=tier,
        browser_sample=cases // 50,
    )
