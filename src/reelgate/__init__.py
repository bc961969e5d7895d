"""Reelgate: one self-hosted server that speaks every video-generation API and makes the video."""

from __future__ import annotations

__version__ = "0.1.0"
