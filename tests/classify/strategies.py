"""Any evidence at all, for property tests."""

from hypothesis import strategies as st

from harness.classify.facts import is_fault
from harness.classify.verdict import ERRORS
from harness.model.observation import Asset, Observation
from harness.model.words import Arm, End
from tests.builders import URL, observation, receipt

ERROR_NAMES = ["", *(f"net::{name}" for name in (*ERRORS, "ERR_PROXY_CONNECTION_FAILED", "ERR_CERT_AUTHORITY_INVALID"))]
FAULTS = ["", "browser-fault: gone", "internet-fault: gone", "product-fault: gone"]
RECEIPTS = st.sampled_from([(), (receipt(),), (receipt(served="redirect"), receipt()), (receipt(served="miss"),)])


def observations(arm: Arm) -> st.SearchStrategy[Observation]:
    """Every end with every feature, likely or not."""
    return st.builds(
        observation,
        arm=st.just(arm),
        end=st.sampled_from([End.PAGE, End.PAGE, End.NETWORK_ERROR, *End]),
        error=st.sampled_from(ERROR_NAMES),
        fault=st.sampled_from(FAULTS),
        status=st.sampled_from([0, 200, 403, 407, 502]),
        token_seen=st.booleans(),
        foreign_token=st.booleans(),
        harness_page=st.booleans(),
        returns_to_case=st.booleans(),
        challenge=st.booleans(),
        product_alive=st.sampled_from([True, True, False]),
        body_digest=st.sampled_from(["body", "other", ""]),
        text_digest=st.sampled_from(["text", "other"]),
        text_length=st.sampled_from([0, 50, 1000]),
        final_url=st.sampled_from([URL, "http://blocked.test/", ""]),
        receipts=RECEIPTS,
        assets=st.sampled_from([(), (Asset("http://case.test/a.png", "200"),)]),
    )


control_arm = st.lists(observations(Arm.CONTROL), max_size=4)
product_arm = st.lists(observations(Arm.TEST), max_size=5)
faulty = observations(Arm.TEST).filter(is_fault)
