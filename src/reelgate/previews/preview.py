"""Makes previews: reads a create as admission would, and has the storyboard of what it asks for drawn at once.

Nothing is written but the inputs, which a create that follows finds in the media store; no vendor is asked.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import msgspec
from msgspec.structs import replace

from reelgate import ids, limits
from reelgate.access.keyring import check_model
from reelgate.admission.standins import StandIns
from reelgate.billing.pricing import HeldPrice, Pricing
from reelgate.billing.quote_tokens import QuoteTokens
from reelgate.billing.quotes import Quote
from reelgate.catalog import Model
from reelgate.clock import Clock
from reelgate.conductor.routing import Router
from reelgate.dialects.port import Call, Parsed
from reelgate.errors import ClientError, Crowded, FileNotFound, Unavailable
from reelgate.fault_log import FaultLog
from reelgate.inputs.assets import Assets
from reelgate.inputs.staging import Staging
from reelgate.providers.animatic import shaped
from reelgate.providers.port import Job, Provider
from reelgate.render.job import FPS, RenderJob
from reelgate.render.messages import Seen
from reelgate.render.sketches import SketchPool, Undrawable
from reelgate.request import Mode, VideoRequest
from reelgate.tasks.projects import Key

_ROUGH_SIDE = 720
"""The shorter side of what is drawn from words alone, where the request does not say how large it is."""
_ROUGH_SECONDS = 5


class PreviewStill(msgspec.Struct, frozen=True):
    """One picture of the strip: its shot (from 1) and its second.

    `data` is WebP, empty if it is not drawn yet; `reason` says why it can't be drawn, in a text for the client.
    """

    shot: int
    at: float
    data: bytes = b""
    reason: str = ""


class Quoted(msgspec.Struct, frozen=True):
    """A price, and the id that pins it until `ends` (ms); no id where the body is too large to be pinned."""

    quote: Quote
    id: str
    ends: int


class Preview(msgspec.Struct, frozen=True):
    """What a create would show, cost and be refused for. What the refusals left nothing to say of is None.

    `waits_for` names inputs that had not arrived; they and refused inputs are left out of the storyboard.
    """

    id: str
    ends: int
    parsed: Parsed | None = None
    request: VideoRequest | None = None
    made_by: str = ""
    quoted: Quoted | None = None
    refusals: tuple[ClientError, ...] = ()
    waits_for: tuple[str, ...] = ()
    words_alone: bool = False
    """The storyboard is of the prompt alone: the rest of the request is refused, or its inputs have not arrived."""
    told: Seen | None = None
    size: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    stills: tuple[PreviewStill, ...] = ()


class _Read(msgspec.Struct):
    """A create as far as it could be read."""

    parsed: Parsed
    request: VideoRequest
    refusals: list[ClientError]
    words_alone: bool = False
    waits_for: tuple[str, ...] = ()
    made_by: str = ""
    quoted: Quoted | None = None


class Previews:
    """What previews are made of, and the ones whose stills can still be opened."""

    def __init__(
        self,
        *,
        assets: Assets,
        staging: Staging,
        standins: StandIns,
        router: Router,
        providers: Mapping[str, Provider],
        pricing: Pricing,
        quote_tokens: QuoteTokens,
        sketches: SketchPool,
        clock: Clock,
    ) -> None:
        self._assets = assets
        self._staging = staging
        self._standins = standins
        self._router = router
        self._providers = providers
        self._pricing = pricing
        self._quote_tokens = quote_tokens
        self._sketches = sketches
        self._clock = clock
        self._faults = FaultLog()
        self._kept: OrderedDict[str, tuple[int, RenderJob, int]] = OrderedDict()
        self._under_way: dict[str, int] = {}

    def who(self, model: Model) -> tuple[list[str], list[str]]:
        """Return which kinds make a model here, and which others would."""
        return self._router.who(model)

    async def make(self, call: Call, parse: Callable[[], Parsed], key: Key, *, whole: bool = False) -> Preview:
        """Preview a create that `parse` reads. `whole`: wait until every still is drawn, for an answer that holds them.

        Raises Crowded and Unavailable if too many are in progress; what is wrong with the create is in the answer.
        """
        end = asyncio.get_running_loop().time()
        end += limits.PREVIEW_INLINE_SECONDS if whole else limits.PREVIEW_SECONDS
        with self._entered(key.project_id):
            now = self._clock.now()
            preview = Preview(ids.prefixed("preview_", now), now + limits.PREVIEW_STILLS_SECONDS * 1000)
            try:
                read = await self._read(call, parse(), key)
            except ClientError as error:
                return replace(preview, refusals=(error,))
            preview = replace(
                preview,
                parsed=read.parsed,
                request=read.request,
                made_by=read.made_by,
                quoted=read.quoted,
                refusals=tuple(read.refusals),
                waits_for=read.waits_for,
                words_alone=read.words_alone,
            )
            return await self._drawn(preview, await self._job(read), end)

    async def still(self, preview_id: str, number: int) -> bytes:
        """Return a still of a preview, from 1; it is drawn now if it was not yet. Raises FileNotFound, Unavailable."""
        ends, job, count = self._kept.get(preview_id, (0, None, 0))
        if job is None or not 1 <= number <= count or ends <= self._clock.now():
            raise FileNotFound("a preview's stills expire after a quarter of an hour; ask for a new preview")
        try:
            async with asyncio.timeout(limits.PREVIEW_INLINE_SECONDS):
                return await self._sketches.still(job, number - 1)
        except TimeoutError:
            raise Unavailable("the still is not drawn yet; try again shortly") from None
        except Undrawable as error:
            raise FileNotFound(f"this still can't be drawn: {error}") from None

    @contextmanager
    def _entered(self, project_id: str) -> Iterator[None]:
        if sum(self._under_way.values()) >= limits.PREVIEWS_AT_ONCE:
            raise Unavailable("too many concurrent previews; try again shortly")
        mine = self._under_way.get(project_id, 0)
        if mine >= limits.PREVIEWS_PER_PROJECT:
            raise Crowded(f"too many concurrent previews of this project (at most {mine}); send this one again shortly")
        self._under_way[project_id] = mine + 1
        try:
            yield
        finally:
            self._under_way[project_id] -= 1
            if not self._under_way[project_id]:
                del self._under_way[project_id]

    async def _read(self, call: Call, parsed: Parsed, key: Key) -> _Read:
        """Read a create up to the price; what would refuse it is noted."""
        read = _Read(parsed, parsed.request, [])
        with _noting(read):
            check_model(key, parsed.request.model)
        with _noting(read):
            read.words_alone = True
            read.parsed = settled = self._standins.settled(parsed)
            read.request = settled.request
            await self._stage(read, key.project_id)
            with _noting(read):
                name = self._router.provider_for(settled.model, read.request.mode)
                read.made_by = self._providers[name].kind
            read.quoted = self._quoted(settled.model, read.request, call, key)
        if read.quoted is not None:
            refusal = await self._pricing.short(key, read.quoted.quote.micros)
            read.refusals += [refusal] if refusal is not None else []
        return read

    async def _stage(self, read: _Read, project_id: str) -> None:
        if not read.request.media:
            read.words_alone = False
            return
        request = await self._assets.resolve(read.request, project_id)
        try:
            request = await self._staging.within(read.parsed.model, request, limits.PREVIEW_INPUT_SECONDS, project_id)
        except OSError as error:
            self._faults.error("preview.inputs", about=str(error), reason=str(error))
            raise Unavailable("the inputs can't be kept at the moment; try again shortly") from error
        read.request = request
        read.waits_for = tuple(item.field for item in request.media if not item.blob)
        read.words_alone = bool(read.waits_for)

    def _quoted(self, model: Model, request: VideoRequest, call: Call, key: Key) -> Quoted:
        found = self._pricing.quote(self._standins.priced(model, request), key)
        if not self._quote_tokens.pinnable(call):
            return Quoted(found, "", 0)
        quote_id, ends = self._quote_tokens.issue(key.project_id, call, HeldPrice(found.micros, found.terms))
        return Quoted(found, quote_id, ends)

    async def _job(self, read: _Read) -> RenderJob:
        request = replace(read.request, seed=max(0, read.request.seed))
        if read.words_alone:
            return _rough(request)
        try:
            files = await self._staging.local(request)
        except OSError as error:
            self._faults.error("preview.inputs", about=str(error), reason=str(error))
            raise Unavailable("the inputs are not available at the moment; try again shortly") from error
        return shaped(Job("", request, read.parsed.model, files))

    async def _drawn(self, preview: Preview, job: RenderJob, end: float) -> Preview:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limits.PREVIEW_TELL_SECONDS):
                told = await self._sketches.tell(job)
        except (TimeoutError, Undrawable) as error:
            self._faults.error("preview.storyboard", about=str(error), reason=str(error) or "timeout")
            raise Unavailable("the storyboard can't be made at the moment; try again shortly") from None
        pictures = await self._sketches.stills(job, len(told.moments), max(0.0, end - loop.time()))
        stills = tuple(
            PreviewStill(shot, at, made) if isinstance(made, bytes) else PreviewStill(shot, at, reason=made or "")
            for (shot, at), made in zip(told.moments, pictures, strict=True)
        )
        self._keep(preview, job, len(stills))
        size = (job.width, job.height)
        return replace(preview, told=told, stills=stills, size=size, seconds=round(job.frames / FPS, 3))

    def _keep(self, preview: Preview, job: RenderJob, count: int) -> None:
        now = self._clock.now()
        self._kept[preview.id] = (preview.ends, job, count)
        while len(self._kept) > limits.PREVIEWS_KEPT or next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)


@contextmanager
def _noting(read: _Read) -> Iterator[None]:
    """Record a refusal, and continue."""
    try:
        yield
    except ClientError as error:
        read.refusals.append(error)


def _rough(request: VideoRequest) -> RenderJob:
    """Return the storyboard of the words alone, where nothing else of the request can be relied on."""
    seconds = request.seconds if 1 <= request.seconds <= limits.PREVIEW_MOST_SECONDS else _ROUGH_SECONDS
    width, height = _rough_size(request.ratio)
    return RenderJob(
        mode=Mode.TEXT,
        prompt=request.prompt[: limits.MAX_PROMPT_CHARS],
        negative_prompt=request.negative_prompt[: limits.MAX_PROMPT_CHARS],
        width=width,
        height=height,
        frames=round(seconds * FPS),
        seed=request.seed & 0x7FFFFFFF,
        audio=request.audio,
        camera_fixed=request.camera_fixed,
    )


def _rough_size(ratio: str) -> tuple[int, int]:
    wide, _, high = ratio.partition(":")
    digits = wide.isascii() and wide.isdigit() and high.isascii() and high.isdigit() and len(ratio) < 6
    shape = int(wide) / int(high) if digits and int(wide) and int(high) else 16 / 9
    shape = min(max(shape, 0.25), 4.0)
    width, height = (_ROUGH_SIDE * shape, _ROUGH_SIDE) if shape >= 1 else (_ROUGH_SIDE, _ROUGH_SIDE / shape)
    return 2 * round(width / 2), 2 * round(height / 2)
