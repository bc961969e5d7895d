"""The options by which a video is ordered, priced or previewed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from reelgate.client.media import address

Reference = Annotated[
    list[str] | None, typer.Option(help="A reference: an address or a file. Repeat the option for more.")
]
Seconds = Annotated[int | None, typer.Option("--duration", help="Seconds.")]
Resolution = Annotated[str, typer.Option("--resolution", help="720p, 1080p …")]
Ratio = Annotated[str, typer.Option("--ratio", help="16:9, 9:16 …")]


class OrderInputs(msgspec.Struct, frozen=True):
    """What a video is made from."""

    prompt: Annotated[str, typer.Argument(help="What to show.")]
    model: Annotated[str, typer.Option("--model", help="A model of `reelgate models`.")] = "happyhorse-1.0-t2v"
    image: Annotated[str, typer.Option("--image", help="The first frame: an address or a file.")] = ""
    last_image: Annotated[str, typer.Option("--last-image", help="The last frame: an address or a file.")] = ""
    reference: Reference = None
    video: Annotated[str, typer.Option("--video", help="The clip to edit: an address or a file.")] = ""
    duration: Seconds = None
    resolution: Resolution = ""
    ratio: Ratio = ""

    def fields(self, seed: int | None = None) -> dict[str, Any]:
        """Return a create's fields without those that were not given; files become data URIs. Raises OSError."""
        found: dict[str, Any] = {
            "model": self.model,
            "prompt": self.prompt,
            "duration": self.duration,
            "resolution": self.resolution,
            "ratio": self.ratio,
            "seed": seed,
            "image": self.image and address(self.image),
            "last_image": self.last_image and address(self.last_image),
            "images": [address(item) for item in self.reference or []],
            "video": self.video and address(self.video),
        }
        return {name: value for name, value in found.items() if value not in (None, "", [])}
