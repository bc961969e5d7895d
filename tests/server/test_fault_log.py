"""A fault that lasts is a line at once and then one a minute, each kind for itself."""

from __future__ import annotations

from structlog.testing import capture_logs

from reelgate.fault_log import FaultLog


def test_a_fault_that_lasts_is_told_once_a_minute_and_counted() -> None:
    now = 0.0
    faults = FaultLog(lambda: now)
    with capture_logs() as told:
        for tenth in range(1300):
            now = tenth / 10
            faults.error("store", reason="away")
        faults.error("store", about="another", reason="away")

    assert [(line["event"], line.get("more")) for line in told] == [
        ("store", None),
        ("store", 599),
        ("store", 599),
        ("store", None),
    ]


def test_kinds_without_number_take_no_memory_without_end() -> None:
    faults = FaultLog(lambda: 0.0)
    with capture_logs():
        for number in range(5000):
            faults.error("damaged", about=str(number))

    assert len(faults._told) <= 1024
