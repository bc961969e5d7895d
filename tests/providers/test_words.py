"""The words for a job's state: every spelling is read alike, and an unknown word says nothing."""

from __future__ import annotations

import pytest

from reelgate.providers.words import JobStatus, may_speak_of_the_call, plain, standing_of
from reelgate.testing.simulator.vendors import VENDORS


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (JobStatus.WAITING, "queued Queued QUEUED in_queue IN-QUEUE pending Pending not_start NotStarted submitted"),
        (JobStatus.RUNNING, "in_progress InProgress in-progress IN_PROGRESS running processing Finalising cancelling"),
        (JobStatus.MADE, "completed Completed succeeded SUCCESS succeed done finish Finished TASK_STATUS_SUCCEED 成功"),
        (JobStatus.FAILED, "failed FAILED Failure error ERROR aborted JOB_STATE_FAILED 失败"),
        (JobStatus.REFUSED, "rejected moderated Content-Moderated content_policy_violation REQUEST_MODERATED"),
        (JobStatus.CANCELLED, "cancelled canceled CANCELLED Canceled TASK_STATUS_CANCELED"),
        (JobStatus.EXPIRED, "expired EXPIRED timeout timed_out Timed-Out TIMEDOUT"),
        (JobStatus.GONE, "not_found NotFound task_not_exist"),
    ],
)
def test_kin_are_read_alike(standing: JobStatus, words: str) -> None:
    assert {standing_of(word) for word in words.split()} == {standing}


@pytest.mark.parametrize("word", ["In Progress", " in  progress ", "In_Progress…"])
def test_signs_and_spaces_do_not_matter(word: str) -> None:
    assert standing_of(word) is JobStatus.RUNNING


@pytest.mark.parametrize("word", ["", "paused", "status", "unknown", "42", None, 42, True, ["completed"], {}])
def test_what_nobody_knows_says_nothing(word: object) -> None:
    assert standing_of(word) is None


def test_a_vendor_s_own_words_stand_before_the_field_s() -> None:
    own = {"unknown": JobStatus.GONE, "done": JobStatus.RUNNING}

    assert standing_of("UNKNOWN", own) is JobStatus.GONE
    assert standing_of("done", own) is JobStatus.RUNNING
    assert standing_of("completed", own) is JobStatus.MADE


def test_no_word_stands_for_two_things() -> None:
    from reelgate.providers import words

    listed = [word for found in words._FIELD.values() for word in found.split()]

    assert sorted(listed) == sorted(set(listed))
    assert [word for word in listed if plain(word) != word] == []


def test_the_simulator_s_odd_words_are_known_to_nobody() -> None:
    assert {standing_of(vendor.odd_word) for vendor in VENDORS.values()} == {None}


def test_some_words_may_be_about_the_question() -> None:
    assert may_speak_of_the_call("ERROR")
    assert not may_speak_of_the_call("failed")
