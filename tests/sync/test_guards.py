"""What a run may take away unconfirmed."""

import pytest

from scim_server.sync.guards import Guards


@pytest.mark.parametrize(
    ("departing", "standing"),
    [(0, 0), (0, 100), (1, 1), (1, 2), (1, 100), (2, 20), (10, 100), (50, 500), (50, 100_000)],
)
def test_a_few_may_go(departing: int, standing: int) -> None:
    assert Guards().excess(departing, standing) is None


@pytest.mark.parametrize(
    ("departing", "standing", "why"),
    [
        (3, 3, "3 of 3, more than 10%"),
        (2, 19, "2 of 19, more than 10%"),
        (11, 100, "11 of 100, more than 10%"),
        (51, 100_000, "51, more than 50"),
        (5, 0, "5 of 0, more than 10%"),
    ],
)
def test_more_must_be_confirmed(departing: int, standing: int, why: str) -> None:
    assert Guards().excess(departing, standing) == why


def test_the_limits_are_the_files() -> None:
    assert Guards(share=1.0, number=1000).excess(999, 1000) is None
    assert Guards(share=0.0, number=1000).excess(2, 1000) is not None
    assert Guards(share=0.0, number=0).excess(1, 1000) is not None
