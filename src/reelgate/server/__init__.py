"""Composition and process: what a running server is made of."""
