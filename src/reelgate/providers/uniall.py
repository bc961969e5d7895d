"""UniAll as a vendor: Happy Horse and Vidu, with the tier in the model's name."""

from __future__ import annotations

from typing import Any

from reelgate.catalog.rules import ratio_counts
from reelgate.providers.account import Kind
from reelgate.providers.answers import address_in
from reelgate.providers.inline import address
from reelgate.providers.port import Job, NotSent, Staged, Succeeded, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.relay import RelayProvider, error_of
from reelgate.providers.reply import Reply
from reelgate.providers.untold import check_sound
from reelgate.request import Mode, Role

_CREATE = "/v1/video/generations"
_TASKS = "/v1/videos"  # the one of three query addresses that every page of the vendor knows

_FIELDS = {Role.FIRST_FRAME: "image", Role.LAST_FRAME: "last_image", Role.SOURCE: "video"}
_REFERENCES = "reference_image_urls"


def _made(reply: Reply) -> Verdict:
    """Return the video. The answer's `duration` is how long the task took, not how long the video is."""
    url = address_in(reply, ("video_url",), ("result", "video_url"), ("result", "outputs", 0))
    return Succeeded(url=url or None)


_READING = AnswerReading(states=(("status",),), ids=(("id",), ("task_id",)), made=_made, failed=error_of)


class UniAllProvider(RelayProvider):
    """One account at UniAll."""

    kind = "uniall"
    creates = _CREATE
    tasks = _TASKS
    reading = _READING

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent."""
        return body_of(job)


def body_of(job: Job) -> dict[str, Any]:
    """Return the create's JSON of a job: the inputs that are given decide the mode. Raises Rejected or NotSent."""
    request = job.request
    own = _FAMILIES.get(job.model.family)
    if own is None:
        raise NotSent(f"UniAll does not document {job.model.id}", unsendable=True)
    body: dict[str, Any] = {
        "model": job.model.upstream_for("uniall", request) or job.model.id,
        "prompt": request.prompt,
        "duration": request.duration if request.duration > 0 else _source_seconds(job),
    }
    if ratio_counts(job.model, request) and ":" in request.ratio:
        body["aspect_ratio"] = request.ratio
    return body | _inputs(job.inputs) | own(job)


def _source_seconds(job: Job) -> int:
    """Return the length of an edit that names none: its source's, in the whole seconds that the vendor takes."""
    rule = job.model.duration_in(job.request.mode)
    source = next((given.facts.seconds for given in job.inputs if given.role is Role.SOURCE), 0.0)
    return max(rule.min, min(rule.max, round(source))) if source else max(rule.min, rule.default)


def _inputs(inputs: tuple[Staged, ...]) -> dict[str, Any]:
    """Return the inputs, which the vendor takes by address only."""
    fields: dict[str, Any] = {_FIELDS[i.role]: address(i, inline=False) for i in inputs if i.role in _FIELDS}
    references = [address(given, inline=False) for given in inputs if given.role is Role.REFERENCE]
    return fields | ({_REFERENCES: references} if references else {})


def _happy_horse(job: Job) -> dict[str, Any]:
    check_sound(job, "UniAll")
    request = job.request
    fields: dict[str, Any] = {"seed": request.seed} if request.seed >= 0 else {}
    if request.mode is Mode.EDIT:
        fields["audio_setting"] = "origin" if request.keep_audio else "auto"
    return fields


def _vidu(job: Job) -> dict[str, Any]:
    request = job.request
    extra: dict[str, Any] = {"audio": request.audio, "bgm": request.music}
    return {"extra_body": extra | ({"seed": request.seed} if request.seed >= 0 else {})}


_FAMILIES = {"happyhorse": _happy_horse, "vidu": _vidu}
"""The models whose words are known, and what each adds."""

KIND = Kind(
    name="uniall",
    key_env="UNIALL_API_KEY",
    url_env="UNIALL_BASE_URL",
    base_url="https://api.uniall.ai",
    make=UniAllProvider,
    able=lambda _account, model, _mode: model.family in _FAMILIES,
)
