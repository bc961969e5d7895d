"""Looks: colour grades, painted styles, effects over the finished picture."""
