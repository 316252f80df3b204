"""What must hold for test calls: a day on which they fall, and somebody who is told."""

from __future__ import annotations

from config.region_file.checks.meetings import check_falls
from config.region_file.reading import Reading


def check(reading: Reading) -> None:
    """See that the rule gives days, and that the function exists."""
    test = reading.shape.reach.test_call
    if test is not None:
        check_falls(reading, test.place("rule"), test.rule)
        if test.result_to is not None:
            reading.knows_function(test.place("result_to"), test.result_to)
