"""The pictures and clips that the documents' requests name, made on the spot and served on loopback."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import clip, sound

PICTURES = {
    "reference.jpg": (1200, 900, "#d09040"),
    "source-frame.png": (1200, 800, "#4080c0"),
    "character1.png": (640, 640, "#c03030"),
    "character2.png": (640, 640, "#30a040"),
    "jacket-reference.png": (600, 600, "#a01818"),
    "source.png": (600, 800, "#7050a0"),
    "head.png": (1280, 720, "#b04020"),
    "tail.png": (1280, 720, "#2060b0"),
    "ref-1.png": (512, 512, "#e0c020"),
    "ref-2.png": (512, 512, "#20b0b0"),
    "thin.png": (900, 310, "#808020"),
}


def picture(path: Path, width: int, height: int, colour: str) -> Path:
    """Write a picture of a disc of one colour and a dark bar on grey, so that it differs from others."""
    image = Image.new("RGB", (width, height), "#c4c4c4")
    draw = ImageDraw.Draw(image)
    radius = min(width, height) // 4
    draw.ellipse((width // 2 - radius, height // 2 - radius, width // 2 + radius, height // 2 + radius), fill=colour)
    draw.rectangle((width // 8, height // 8, width // 4, height * 7 // 8), fill="#202028")
    image.save(path)
    return path


def serve_inputs(folder: Path, server: MediaServer) -> dict[str, Path]:
    """Make every input and serve it under `/<name>`; return the files."""
    made = {name: picture(folder / name, *form) for name, form in PICTURES.items()}
    made["source-video.mp4"] = clip(folder / "source-video.mp4", 1280, 720, 3.5, 24, audio=True)
    made["blink.mp4"] = clip(folder / "blink.mp4", 640, 480, 1.0, 24)
    made["voice.wav"] = sound(folder / "voice.wav", 4.0)
    for name, path in made.items():
        server.serve(f"/{name}", path)
    return made
