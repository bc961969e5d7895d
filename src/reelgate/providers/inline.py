"""How an input reaches a vendor: by an address of ours that it can fetch, else inside the request as a data URI."""

from __future__ import annotations

import base64

from reelgate import limits
from reelgate.providers.port import NotSent, Rejected, Staged

_SUBTYPES = {"mov": "quicktime"}
"""Where a format's name in a media type is not the format's own."""


def address(staged: Staged, *, inline: bool = True) -> str:
    """Return the input's public address, else its data URI; `inline` tells whether the vendor takes the latter.

    Raises NotSent for an input that can go by address only, if there is none, and what `data_uri` raises.
    """
    if staged.url:
        return staged.url
    if inline:
        return data_uri(staged)
    raise NotSent(
        f"the provider fetches {staged.kind} inputs from an address only; set the server's public URL so that it can",
        unsendable=True,
    )


def data_uri(staged: Staged) -> str:
    """Return the whole file as `data:image/png;base64,…`. Blocks while it reads. Raises as `content` does."""
    subtype = _SUBTYPES.get(staged.facts.format, staged.facts.format)
    return f"data:{staged.kind.value}/{subtype};base64,{base64.b64encode(content(staged)).decode('ascii')}"


def content(staged: Staged) -> bytes:
    """Return the whole file. Blocks while it reads.

    Raises Rejected above the size that is sent inside a request, NotSent where the file can't be read.
    """
    if staged.facts.bytes > limits.INLINE_MEDIA_BYTES:
        most = limits.INLINE_MEDIA_BYTES // 1024**2
        raise Rejected(
            "input_too_large", f"the {staged.kind} is too large to go inside the request (at most {most} MB)"
        )
    try:
        return staged.path.read_bytes()
    except OSError as error:
        raise NotSent(f"an input can't be read ({type(error).__name__})", unsendable=True) from error
