"""Inputs as they are staged for a task, and the assets that clients keep."""
