"""web.identity.refusal: what the words of a refusal mean."""

from __future__ import annotations

import pytest

from web.identity.refusal import Refusal


@pytest.mark.parametrize("refusal", Refusal)
def test_only_a_result_that_will_not_do_is_final(refusal: Refusal) -> None:
    """After all else the citizen may try again."""
    assert refusal.is_final is (refusal in {Refusal.TOO_LOW, Refusal.INCOMPLETE})


def test_refusals_are_fit_for_a_link() -> None:
    """Small letters and dashes, nothing of anybody."""
    assert all(refusal.replace("-", "").isalpha() and refusal.islower() for refusal in Refusal)
