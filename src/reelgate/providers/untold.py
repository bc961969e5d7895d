"""Jobs that a provider can't be told as they were ordered: they would arrive as others, and be paid for as those."""

from __future__ import annotations

from reelgate.providers.port import NotSent
from reelgate.request import VideoRequest


def no_field(provider: str, what: str) -> NotSent:
    """Return the refusal of a job that `provider` has no words for; its name is the operator's business."""
    return NotSent(f"{provider} has no field for {what}", unsendable=True, told=f"the provider has no field for {what}")


def check_sound_kept(request: VideoRequest, provider: str) -> None:
    """Raise NotSent for an edit that is to keep the source's sound, at a provider that can't be told so."""
    if request.keep_audio:
        raise no_field(provider, "keep_audio in an edit")
