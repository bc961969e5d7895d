"""Moves of tasks, told to whoever listens."""
