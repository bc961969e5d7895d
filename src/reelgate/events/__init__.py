"""Task events, delivered to listeners."""
