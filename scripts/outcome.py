"""The outcome of a run of chaos, compared with what is promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from scripts.orders import ENDS, SECONDS, TOKENS


class Outcome(NamedTuple):
    """What came of a run: prompts by task, tasks in the house's words, whether each file is whole, jobs by prompt."""

    made: dict[str, str]
    tasks: dict[str, dict[str, Any]]
    files: Sequence[bool]
    paid: Counter[str]
    balance: dict[str, Any]
    books: str


def fits(task: dict[str, Any]) -> bool:
    """Whether a task is charged for what was delivered: its seconds as they were measured, and nothing for no video.

    A video that turned up after its task had ended may cost nothing.
    """
    price, charged = int(task["price"]["amount_micros"]), int(task["price"]["charged_micros"] or 0)
    if task["state"] != "succeeded":
        return charged == 0
    if task["model"] in TOKENS:
        return 0 <= charged <= price
    return charged in (price * counted(task) // SECONDS, 0)


def counted(task: dict[str, Any]) -> int:
    """Return the seconds that a finished video is billed for."""
    return SECONDS if task["seconds"] > SECONDS - 0.5 else max(1, int(task["seconds"] + 0.5))


def uneven(tasks: Sequence[dict[str, Any]]) -> list[str]:
    """Return what finished videos of one model, size and length cost, where that is not one price for all."""
    prices: dict[tuple[Any, ...], set[int]] = {}
    for task in tasks:
        if task["price"]["charged_micros"]:
            alike = (task["model"], task["width"], task["height"], counted(task))
            prices.setdefault(alike, set()).add(task["price"]["charged_micros"])
    return [f"{alike}: {sorted(found)}" for alike, found in prices.items() if len(found) > 1]


def report(outcome: Outcome, *, kills: int, seconds: float) -> bool:
    """Print the figures and tell whether they are as promised."""
    made, tasks, files, paid, balance, books = outcome
    states = Counter(task["state"] for task in tasks.values())
    twice = {prompt: times for prompt, times in paid.items() if times > 1}
    done = [task for task in tasks.values() if task["state"] == "succeeded"]
    unpaid = [task for task in done if not paid[made[task["id"]]]]
    wrong = [task["id"] for task in tasks.values() if task["state"] in ENDS and not fits(task)] + uneven(done)
    charged = sum(task["price"]["charged_micros"] or 0 for task in tasks.values())
    free = [task for task in done if task["price"]["charged_micros"] == 0]
    moving = len(made) - sum(states[end] for end in ENDS)
    print(f"{len(made)} tasks, {kills} kill -9, {seconds:.0f} s")
    print("  " + ", ".join(f"{number} {state}" for state, number in states.most_common()))
    print(f"  jobs that vendors took: {sum(paid.values())}; taken twice: {len(twice)}; finished without: {len(unpaid)}")
    print(f"  files whole: {sum(files)} of {len(done)}; still moving: {moving}")
    short = sum(1 for task in done if task["seconds"] <= SECONDS - 0.5)
    repackaged = sum(1 for task in done if "came_as" in task["notes"])
    print(f"  shorter than ordered: {short}; put into an MP4: {repackaged}; late, free of charge: {len(free)}")
    print(f"  charged {charged} micros, the balance says {balance['charged_micros']}; held {balance['held_micros']}")
    print(f"  charged for something else than was delivered: {len(wrong)}; the books: {books}")
    whole = all(files) and len(files) == len(done)
    money = not wrong and not balance["held_micros"] and balance["charged_micros"] == charged
    kept = not (twice or unpaid or moving) and whole and money and books.startswith("0 do not add up")
    print("every promise was kept" if kept else f"BROKEN: {twice or unpaid or wrong or states}")
    return kept
