"""The loops that move tasks: submit, poll, collect, sweep."""
