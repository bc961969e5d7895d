"""Query answers, golden for every state; any task can be read through any dialect's address."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reelgate.dialects import all_dialects, by_name, dialect_for_query, routes
from reelgate.dialects.port import Dialect, Operation
from reelgate.request import Facts, Media, MediaKind, Mode, Role
from reelgate.tasks.states import State
from reelgate.testing.dialects import check_dialect, sample_link, sample_task
from reelgate.testing.outputs import sample_output
from tests.dialects.cases import CATALOG, Case, cases, ordered

QUERIES = [route.path for route, _ in routes() if route.operation is Operation.QUERY and "{id}" not in route.path]


@pytest.mark.parametrize("case", cases("query"))
def test_the_answer_in_each_state_is_the_documented_one(case: Case) -> None:
    changes = dict(case.data["task"])
    state = State(changes.pop("state"))
    if "output" in changes:
        changes["output"] = sample_output(**changes["output"])
    model = CATALOG.of(case.data["model"], case.dialect.name)
    task = sample_task(model, state, dialect=case.dialect.name, **changes)

    answer = case.dialect.render(task, model, sample_link)

    assert answer.status == 200
    assert ordered(answer.body) == ordered(case.data["answer"])


@pytest.mark.parametrize("dialect", all_dialects(), ids=lambda dialect: dialect.name)
def test_a_dialect_keeps_to_the_port(dialect: Dialect) -> None:
    check_dialect(dialect, CATALOG)


@pytest.mark.parametrize("path", QUERIES)
def test_the_stored_dialect_answers_where_it_is_at_home_else_the_house_else_the_first_one(path: str) -> None:
    at_home = next(dialects for route, dialects in routes() if route.path == path and route.method == "GET")
    model = next(iter(CATALOG))
    house = by_name("reelgate")

    for dialect in all_dialects():
        task = sample_task(model, State.QUEUED, dialect=dialect.name)
        names = [speaker.name for speaker in at_home]
        guest = house if house in at_home else at_home[0]
        wanted = at_home[names.index(dialect.name)] if dialect.name in names else guest
        assert dialect_for_query(f"{path}{task.id}", task) is wanted


def media(kind: MediaKind, role: Role, seconds: float = 0.0) -> Media:
    """Return a staged input."""
    return Media(
        kind=kind, role=role, field="x", url="", facts=Facts(kind=kind, format="mp4", bytes=1, seconds=seconds)
    )


PICTURE = media(MediaKind.IMAGE, Role.REFERENCE)
CLIP = media(MediaKind.VIDEO, Role.REFERENCE, 3.96)


@pytest.mark.parametrize(
    ("mode", "inputs", "action"),
    [
        (Mode.TEXT, (), "generate"),
        (Mode.IMAGE, (media(MediaKind.IMAGE, Role.FIRST_FRAME),), "generate"),
        (Mode.FRAMES, (media(MediaKind.IMAGE, Role.LAST_FRAME),), "firstTailGenerate"),
        (Mode.REFERENCE, (PICTURE, PICTURE), "referenceGenerate"),
        (Mode.REFERENCE, (PICTURE, CLIP), "omniGenerate"),
        (Mode.REFERENCE, (PICTURE, media(MediaKind.AUDIO, Role.VOICE, 3.0)), "omniGenerate"),
        (Mode.EDIT, (media(MediaKind.VIDEO, Role.SOURCE, 5.0), PICTURE), "omniGenerate"),
    ],
)
def test_anyfast_names_the_action_by_the_inputs(mode: Mode, inputs: tuple[Media, ...], action: str) -> None:
    model = CATALOG.of("happyhorse-1.0-r2v", "anyfast")
    request = replace(sample_task(model, State.RUNNING).request, mode=mode, media=inputs)

    answer = by_name("anyfast").render(sample_task(model, State.RUNNING, request=request), model, sample_link)

    assert answer.body["data"]["action"] == action


def test_clips_that_came_in_count_in_the_usage() -> None:
    horse = CATALOG.of("happyhorse-1.0-video-edit", "anyfast")
    seedance = CATALOG.of("seedance-2.0", "anyfast")
    usages = []
    for model in (horse, seedance):
        request = replace(sample_task(model, State.SUCCEEDED).request, media=(CLIP,))
        task = sample_task(model, State.SUCCEEDED, request=request)
        usages.append(by_name("anyfast").render(task, model, sample_link).body["data"]["data"]["usage"])

    assert (usages[0]["duration"], usages[0]["input_video_duration"], usages[0]["output_video_duration"]) == (9, 4, 5)
    assert usages[1]["total_tokens"] == 1280 * 720 * (24 * 5 + 1 + 95) // 1024


def test_anyfast_progress_never_goes_back_when_a_render_is_made_again() -> None:
    model = CATALOG.of("happyhorse-1.0-t2v", "anyfast")
    steps = [
        (State.QUEUED, 0, 0),
        (State.SUBMITTING, 0, 1),
        (State.RUNNING, 0, 1),
        (State.RUNNING, 61, 1),
        (State.QUEUED, 61, 1),
        (State.SUBMITTING, 61, 2),
        (State.RUNNING, 61, 2),
        (State.COLLECTING, 99, 2),
        (State.SUCCEEDED, 99, 2),
    ]
    seen = [
        int(
            by_name("anyfast")
            .render(sample_task(model, state, progress=progress, attempts=attempts), model, sample_link)
            .body["data"]["progress"]
            .rstrip("%")
        )
        for state, progress, attempts in steps
    ]

    assert seen == sorted(seen)
    assert (seen[0], seen[2], seen[-2], seen[-1]) == (0, 50, 99, 100)


def test_the_house_tells_the_length_that_was_ordered_beside_the_one_that_was_delivered() -> None:
    model = CATALOG.of("happy-horse-edit-720p", "uniall")
    task = sample_task(
        model, State.SUCCEEDED, mode=Mode.EDIT, output=sample_output(seconds=4.0, duration=4), dialect="uniall"
    )
    ordered_8 = replace(task, request=replace(task.request, duration=8))
    open_length = replace(task, request=replace(task.request, duration=0))

    told = [by_name("reelgate").render(one, model, sample_link).body for one in (ordered_8, open_length)]
    seller = by_name("uniall").render(ordered_8, model, sample_link).body

    assert [(one["duration"], one["seconds"]) for one in told] == [(8, 4.0), (4, 4.0)]
    assert seller["seconds"] == "8"
