"""The films that simulated vendors deliver, and how they fail to."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import av
import httpx2
import pytest
from PIL import Image

from reelgate.testing import Simulator
from tests.testing.vendors import CREATES, JOB_SECONDS, Caller, HandClock

At = Callable[..., Caller]

ADDRESSES: dict[str, Callable[[Any], str]] = {
    "anyfast": lambda task: task["data"]["result_url"],
    "apiyi": lambda task: task["result_url"],
    "ark": lambda task: task["content"]["video_url"],
    "dashscope": lambda task: task["output"]["video_url"],
    "uniall": lambda task: task["video_url"],
    "vidu": lambda task: task["creations"][0]["url"],
}


def link(caller: Caller, clock: HandClock, **changes: Any) -> str:
    """Make a job, let it end, and return where its film is."""
    job_id = caller.made(**changes)
    clock.pass_seconds(JOB_SECONDS)
    return ADDRESSES[caller.vendor](caller.query(job_id))


def fetch(url: str, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.get(url, headers=named, trust_env=False)


def until_it_breaks(url: str) -> Iterator[bytes]:
    """Yield what arrives of a download that does not end well."""
    with httpx2.stream("GET", url, trust_env=False) as answer:
        try:
            yield from answer.iter_raw()
        except httpx2.RemoteProtocolError:
            return
    raise AssertionError("the whole film arrived")


def measured(content: bytes) -> tuple[float, float, bool]:
    """Return a film's shape, seconds and whether there is a sound."""
    with av.open(io.BytesIO(content), "r") as film:
        stream = film.streams.video[0]
        assert film.duration is not None
        return stream.width / stream.height, film.duration / av.time_base, bool(film.streams.audio)


@pytest.mark.parametrize("vendor", ADDRESSES)
def test_a_film_is_real_and_needs_no_key(at: At, clock: HandClock, vendor: str) -> None:
    answer = fetch(link(at(vendor), clock))

    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    shape, seconds, _ = measured(answer.content)
    assert abs(shape - 16 / 9) < 0.03
    assert abs(seconds - 5) < 0.2


@pytest.mark.parametrize(
    ("vendor", "changes", "shape", "seconds", "audio"),
    [
        ("dashscope", {"parameters": {"ratio": "9:16", "duration": 3}}, 9 / 16, 3, True),
        ("ark", {"ratio": "21:9", "duration": 4, "generate_audio": False}, 21 / 9, 4, False),
        ("vidu", {"aspect_ratio": "1:1", "duration": 2, "audio": True}, 1, 2, True),
    ],
)
def test_a_film_has_the_ratio_and_length_that_were_asked_for(
    at: At, clock: HandClock, vendor: str, changes: dict[str, Any], shape: float, seconds: int, audio: bool
) -> None:
    found = measured(fetch(link(at(vendor), clock, **changes)).content)

    assert abs(found[0] / shape - 1) < 0.03
    assert abs(found[1] - seconds) < 0.2
    assert found[2] is audio


def test_a_film_is_served_in_parts(at: At, clock: HandClock) -> None:
    url = link(at("ark"), clock)
    whole = fetch(url).content

    head = fetch(url, Range="bytes=0-99")
    tail = fetch(url, Range="bytes=100-", If_Range=head.headers["etag"])
    beyond = fetch(url, Range=f"bytes={len(whole)}-")
    changed = fetch(url, Range="bytes=100-", If_Range='"other"')

    assert (head.status_code, head.headers["content-range"]) == (206, f"bytes 0-99/{len(whole)}")
    assert head.content + tail.content == whole
    assert beyond.status_code == 416
    assert (changed.status_code, changed.content == whole) == (200, True)


def test_a_download_that_breaks_off_goes_on(simulator: Simulator, at: At, clock: HandClock) -> None:
    url = link(at("ark"), clock)
    whole = fetch(url).content
    simulator.fault("ark", "content", "cut_download")

    got = b"".join(until_it_breaks(url))

    assert 0 < len(got) < len(whole)
    assert got + fetch(url, Range=f"bytes={len(got)}-").content == whole


def test_a_slow_download_arrives(simulator: Simulator, at: At, clock: HandClock) -> None:
    url = link(at("vidu"), clock)
    whole = fetch(url).content
    simulator.fault("vidu", "content", "slow_bytes")

    begun = time.monotonic()
    assert fetch(url).content == whole
    assert time.monotonic() - begun > 1


@pytest.mark.parametrize("by_fault", [True, False])
def test_a_link_expires(simulator: Simulator, at: At, clock: HandClock, by_fault: bool) -> None:
    url = link(at("ark"), clock)
    if by_fault:
        simulator.fault("ark", "content", "expired_link")
    else:
        clock.pass_seconds(24 * 3600 + 1)
    answer = fetch(url)

    assert (answer.status_code, "Request has expired." in answer.text) == (403, True)
    assert (fetch(url).status_code == 200) is by_fault


@pytest.mark.parametrize("operation", ["create", "content"])
def test_a_film_may_be_shorter_than_the_vendor_says(
    simulator: Simulator, at: At, clock: HandClock, operation: str
) -> None:
    simulator.fault("dashscope", operation, "wrong_length")
    caller = at("dashscope")
    job_id = caller.made(parameters={"duration": 6})
    clock.pass_seconds(JOB_SECONDS)
    task = caller.query(job_id)

    assert task["usage"]["output_video_duration"] == 6
    assert measured(fetch(task["output"]["video_url"]).content)[1] < 3.2


@pytest.mark.parametrize(("vendor", "status"), [("dashscope", 403), ("apiyi", 403), ("ark", 200), ("vidu", 200)])
def test_a_key_beside_a_signed_link_is_refused_by_some_stores(
    at: At, clock: HandClock, vendor: str, status: int
) -> None:
    answer = fetch(link(at(vendor), clock), Authorization="Bearer sk-mine")

    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (status, status == 403)


def test_a_job_that_is_not_done_has_no_film(simulator: Simulator, at: At) -> None:
    job_id = at("ark").made()

    assert fetch(f"{simulator.url}/ark/files/{job_id}.mp4").status_code == 404
    assert fetch(f"{simulator.url}/ark/files/no-such-job.mp4").status_code == 404


def test_stills_are_pictures(at: At, clock: HandClock) -> None:
    caller = at("ark")
    job_id = caller.made(return_last_frame=True)
    clock.pass_seconds(JOB_SECONDS)
    answer = fetch(caller.query(job_id)["content"]["last_frame_url"])

    assert Image.open(io.BytesIO(answer.content)).format == "PNG"


def test_the_table_of_addresses_is_complete() -> None:
    assert set(ADDRESSES) == set(CREATES) - {"openai_videos"}
