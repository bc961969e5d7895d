"""What all simulated vendors have in common."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import httpx2
import pytest

from reelgate.testing import Fault, Simulator
from reelgate.testing.simulator.faults import OPERATIONS, checked
from tests.patience import until
from tests.testing.vendors import CREATES, QUERIES, Caller, HandClock

At = Callable[..., Caller]

NO_KEY = {
    "anyfast": ("No token provided", "invalid_api_key"),
    "apiyi": ("Invalid token", "invalid_api_key"),
    "ark": ("AuthenticationError", "Unauthorized"),
    "dashscope": ("InvalidApiKey", "No API-key provided."),
    "openai_videos": ("invalid_api_key", "authentication_error"),
    "uniall": ("invalid_api_key", "Invalid token"),
    "vidu": ("Unauthorized", "unauthorized"),
}

THROTTLES = {
    "anyfast": (429, "rate_limit_exceeded"),
    "apiyi": (429, "rate_limit_exceeded"),
    "ark": (429, "RateLimitExceeded.EndpointRPMExceeded"),
    "dashscope": (429, "Throttling.RateQuota"),
    "openai_videos": (429, "rate_limit_exceeded"),
    "uniall": (429, "rate_limit_exceeded"),
    "vidu": (429, "TooManyRequests"),
}

NO_CREDIT = {
    "anyfast": (403, "insufficient_user_quota"),
    "apiyi": (429, "insufficient_user_quota"),
    "ark": (403, "AccountOverdueError"),
    "dashscope": (400, "Arrearage"),
    "openai_videos": (429, "insufficient_quota"),
    "uniall": (402, "insufficient_user_quota"),
    "vidu": (400, "CreditInsufficient"),
}


def test_the_table_is_complete() -> None:
    assert tuple(CREATES) == tuple(name for name in Simulator.vendors if not name.startswith("new_api_"))


@pytest.mark.parametrize("vendor", CREATES)
def test_a_job_is_kept_as_it_was_asked_for(simulator: Simulator, at: At, vendor: str, clock: HandClock) -> None:
    paid = simulator.paid(vendor)

    job_id = at(vendor).made()

    job = simulator.jobs()[-1]
    assert (job.vendor, job.id, job.state, job.created_at) == (vendor, job_id, "queued", clock.ms)
    assert job.prompt in str(CREATES[vendor][1])
    assert job.body == CREATES[vendor][1]
    assert job.model == job.body["model"]
    assert simulator.paid(vendor) == paid + 1


@pytest.mark.parametrize("vendor", CREATES)
def test_without_a_key_nothing_is_done(simulator: Simulator, at: At, vendor: str) -> None:
    paid = simulator.paid(vendor)

    answer = at(vendor, key="").create()

    assert answer.status_code == 401
    assert all(word in answer.text for word in NO_KEY[vendor])
    assert simulator.paid(vendor) == paid


@pytest.mark.parametrize("vendor", CREATES)
def test_a_body_that_is_none_is_refused(at: At, vendor: str) -> None:
    caller = at(vendor)
    path, _, headers = CREATES[vendor]

    broken = caller._http.post(path, content=b'{"model":', headers=headers)

    assert broken.status_code == 400
    assert caller.post(path, [], **headers).status_code == 400
    assert caller.post(path, {}, **headers).status_code == 400


@pytest.mark.parametrize("vendor", CREATES)
def test_another_holder_s_job_is_not_known(at: At, vendor: str) -> None:
    job_id = at(vendor).made()

    told = at(vendor, key="sk-other").get(QUERIES[vendor].format(id=job_id)).text

    assert re.search(r"not_found|NotFound|task_not_exist|UNKNOWN", told)


@pytest.mark.parametrize("vendor", CREATES)
def test_an_unknown_address_is_not_found(at: At, vendor: str) -> None:
    assert at(vendor).get("/no/such/thing").status_code == 404


@pytest.mark.parametrize("vendor", CREATES)
@pytest.mark.parametrize(("kind", "table"), [("throttle", THROTTLES), ("no_credit", NO_CREDIT)])
def test_a_refusal_is_in_the_vendor_s_words(
    simulator: Simulator, at: At, vendor: str, kind: str, table: dict[str, tuple[int, str]]
) -> None:
    paid = simulator.paid(vendor)
    simulator.fault(vendor, "create", kind)

    answer = at(vendor).create()

    assert answer.status_code == table[vendor][0]
    assert table[vendor][1] in answer.text
    assert "retry-after" not in answer.headers
    assert simulator.paid(vendor) == paid


@pytest.mark.parametrize("vendor", CREATES)
def test_a_fault_strikes_as_often_as_it_was_asked_for(simulator: Simulator, at: At, vendor: str) -> None:
    caller = at(vendor)
    simulator.fault(vendor, "create", "throttle_with_wait", times=2)
    simulator.fault(vendor, "create", "error_before_accept")

    answers = [caller.create() for _ in range(4)]

    assert [answer.status_code for answer in answers] == [429, 429, 500, 200]
    assert answers[0].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("kind", "accepted"), [("drop_before_accept", 0), ("drop_after_accept", 1), ("timeout_after_accept", 1)]
)
def test_an_answer_that_never_comes(simulator: Simulator, at: At, kind: str, accepted: int) -> None:
    paid = simulator.paid("ark")
    caller = at("ark")
    if kind == "timeout_after_accept":
        caller._http.timeout = httpx2.Timeout(480.0, read=0.3)
    simulator.fault("ark", "create", kind)

    with pytest.raises(httpx2.TransportError) as raised:
        caller.create()

    assert isinstance(raised.value, httpx2.TimeoutException) is (kind == "timeout_after_accept")
    until(lambda: simulator.paid("ark") >= paid + accepted)  # who did not wait for the answer may be ahead
    assert simulator.paid("ark") == paid + accepted


@pytest.mark.parametrize(
    ("kind", "status", "accepted"),
    [("error_before_accept", 500, 0), ("error_after_accept", 500, 1), ("error_in_200", 200, 0), ("not_json", 200, 1)],
)
def test_an_answer_that_says_nothing(simulator: Simulator, at: At, kind: str, status: int, accepted: int) -> None:
    paid = simulator.paid("dashscope")
    simulator.fault("dashscope", "create", kind)

    answer = at("dashscope").create()

    assert answer.status_code == status
    assert answer.text.startswith("<html>") is (kind == "not_json")
    assert ("InternalError" in answer.text) is (kind != "not_json")
    assert simulator.paid("dashscope") == paid + accepted


def test_a_share_of_calls_goes_wrong_and_repeats_with_the_seed(clock: HandClock) -> None:
    seen = []
    for _ in range(2):
        with Simulator(clock=clock, seed=7) as simulator:
            simulator.fault("uniall", "create", "throttle", share=0.3)
            caller = Caller(simulator, "uniall")
            seen.append([caller.create().status_code for _ in range(60)])
            simulator.mend()
            assert caller.create().status_code == 200
            caller.close()

    assert seen[0] == seen[1]
    assert 5 < seen[0].count(429) < 35


def test_many_clients_at_once(simulator: Simulator) -> None:
    paid = simulator.paid("vidu")

    def work() -> None:
        caller = Caller(simulator, "vidu")
        for _ in range(20):
            caller.query(caller.made())
        caller.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert simulator.paid("vidu") == paid + 160
    assert len({job.id for job in simulator.jobs() if job.vendor == "vidu"}) == simulator.paid("vidu")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("no", "create", "throttle"), "vendor is 'no'; allowed: anyfast, apiyi"),
        (("ark", "make", "throttle"), "operation is 'make'; allowed: create"),
        (("ark", "create", "cut_download"), "kind is 'cut_download'; allowed for create: error_before_accept"),
        (("ark", "create", "sulk"), "kind is 'sulk'"),
    ],
)
def test_what_can_t_go_wrong_is_told_at_once(simulator: Simulator, arguments: tuple[str, str, str], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        simulator.fault(*arguments)


@pytest.mark.parametrize("how", [{"times": 0}, {"share": 0.0}, {"share": 1.5}])
def test_how_often_is_checked(simulator: Simulator, how: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        simulator.fault("ark", "create", "throttle", **how)  # type: ignore[arg-type]


def test_every_fault_can_befall_something() -> None:
    possible = set()
    for operation in OPERATIONS:
        for fault in Fault:
            try:
                possible.add(checked(operation, fault))
            except ValueError:
                continue

    assert possible == set(Fault)


def test_a_port_that_is_taken_is_an_error(simulator: Simulator) -> None:
    port = int(simulator.url.rpartition(":")[2])

    with pytest.raises(OSError, match="in use"), Simulator(port=port):
        pass


def test_it_is_steered_from_elsewhere(simulator: Simulator, at: At) -> None:
    job_id = at("ark").made()
    steer = httpx2.Client(base_url=simulator.url, trust_env=False)

    told = steer.get("/simulator/jobs").json()
    added = steer.post("/simulator/faults", json={"vendor": "ark", "operation": "create", "kind": "throttle"})
    refused = steer.post("/simulator/faults", json={"vendor": "ark", "operation": "create", "kind": "sulk"})
    struck = at("ark").create()
    steer.post("/simulator/faults", json={"vendor": "ark", "operation": "create", "kind": "throttle", "share": 1})
    mended = steer.delete("/simulator/faults")

    assert job_id in {job["id"] for job in told["jobs"]}
    assert told["paid"]["ark"] == simulator.paid("ark")
    assert (added.status_code, struck.status_code, mended.status_code) == (200, 429, 200)
    assert (refused.status_code, "kind is 'sulk'" in refused.json()["error"]) == (400, True)
    assert at("ark").create().status_code == 200
    assert steer.get("/simulator/nothing").status_code == 404
    assert "no such vendor" in steer.get("/kling/v1").json()["error"]
    assert "sk-mine" not in str(told)
    steer.close()
