"""What is seen of a fault, which says nothing of what the product stops."""

from harness.browser.sight import Sight
from harness.checks.ground import Ground
from harness.checks.passages import ended
from harness.checks.shown import Untried
from harness.classify.fingerprint import matching
from harness.model.observation import Observation

SERVER_ERROR = 500


def sound(ground: Ground, sight: Sight) -> None:
    """Raises Untried when the visit came to no end, to a page of the harness's or to one by which the product says that
    something went wrong: its profile knows it, or its status is of a server's error and the block page's is not."""
    ended(sight)
    if sight.harness_page:
        raise Untried(f"{sight.requested_url} led to {sight.final_url}, where the replayed Internet has no page")
    seen = Observation(
        attempt_id="",
        case_id="",
        arm=ground.arm,
        setting=ground.setting,
        number=1,
        end=sight.end,
        requested_url=sight.requested_url,
        final_url=sight.final_url,
        chain=tuple(sight.chain),
        status=sight.status,
        headers=tuple(sight.headers),
        title=sight.title,
        text_start=sight.visible_text[:2000],
    )
    block, error = (
        [item.model_dump() for item in pages] for pages in (ground.profile.fingerprint, ground.profile.error_page)
    )
    if matching(seen, error) or (sight.status >= SERVER_ERROR and not matching(seen, block)):
        raise Untried(f"{sight.requested_url} led to an error: status {sight.status}, {sight.title!r}")
