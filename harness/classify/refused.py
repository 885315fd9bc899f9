"""The rule "refused": files of kinds that the product promises to refuse must not arrive, whatever they look like."""

from collections.abc import Sequence

from harness.classify.finding import Found, broken, held, not_applicable, not_assessed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads: `promise`, the kinds that the profile says are refused; `ordinary`, whether a plain text
    `arrived`; `items`, each with `kind`, `form` and whether it `arrived`."""
    if lost := [_name(item) for item in control[-1].facts["items"] if not item["arrived"]]:
        return not_assessed("no-control", f"without the product these did not arrive either: {', '.join(lost)}")
    facts, promise = test[-1].facts, test[-1].facts["promise"]
    if not promise:
        found = ", ".join(_name(item) for item in facts["items"] if item["arrived"]) or "none"
        return not_applicable("no-promise", f"arrived: {found}; the product's profile makes no statement about it")
    if not (items := [item for item in facts["items"] if item["kind"] in promise]):
        return not_applicable(
            "other-kinds", f"the product promises to refuse {', '.join(promise)}, and no kind tried here"
        )
    if not facts["ordinary"]["arrived"]:
        return not_applicable("closed", f"the product lets no file through here at all: {facts['ordinary']['how']}")
    through = [item for item in items if item["arrived"]]
    figures = {"k": len(items) - len(through), "n": len(items)}
    if through:
        return broken("arrived", f"these arrived: {', '.join(map(_name, through))}", **figures)
    return held("refused", f"{figures['k']} of {figures['n']} were refused, and a plain text arrived", **figures)


def _name(item: dict[str, object]) -> str:
    return f"{item['kind']} ({item['form']})"
