"""The places that scenes are set in."""
