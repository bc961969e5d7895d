"""`python -m reelgate`."""

from __future__ import annotations

from reelgate.cli import main

if __name__ == "__main__":
    main()
