"""Fair turns: a provider's free slots are shared among the projects with work."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence

from reelgate.tasks.queues import Queue

_Place = tuple[object, object]

_KEPT = 4096  # marks; beyond it those are dropped that say nothing any more


class Turns:
    """Shares one provider's places by weight among the projects of the highest priority that has work.

    Each task that a project gets moves its mark on by one over its weight; the lowest mark is next. A project that had
    nothing to do begins where the others are: it gets its share from now on, not what it left before. Within a project
    its queues take turns in the same way. Marks live in this process; where several servers claim, each is fair.
    """

    def __init__(self) -> None:
        self._marks: dict[_Place, float] = {}
        self._last: defaultdict[object, float] = defaultdict(float)

    def shares(self, queues: Sequence[Queue], places: int) -> list[tuple[Queue, int]]:
        """Return how many of the places each queue gets, at most `places` together; nothing is counted yet."""
        by_project: defaultdict[str, list[Queue]] = defaultdict(list)
        for queue in queues:
            by_project[queue.project_id].append(queue)
        heap = [_Project(self, found) for found in by_project.values()]
        heap = [project for project in heap if project.ready]
        heapq.heapify(heap)
        shared: dict[Queue, int] = {}
        while heap and places > 0:
            queue = heap[0].next()
            shared[queue] = shared.get(queue, 0) + 1
            places -= 1
            if heap[0].ready:
                heapq.heapreplace(heap, heap[0])
            else:
                heapq.heappop(heap)
        return list(shared.items())

    def served(self, got: Iterable[tuple[Queue, int]]) -> None:
        """Count the tasks that queues got of places which were shared at one time."""
        moves: defaultdict[_Place, float] = defaultdict(float)
        steps: dict[_Place, float] = {}
        for queue, tasks in got:
            for place, step in (((queue.priority, queue.project_id), 1 / queue.weight), (_place(queue), 1.0)):
                moves[place] += tasks * step
                steps[place] = step
        marks = {place: self.mark(*place) for place in moves}  # of all, before any of them moves
        for place, move in moves.items():
            if move:
                self._marks[place] = marks[place] + move
                self._last[place[0]] = max(self._last[place[0]], marks[place] + move - steps[place])
        if len(self._marks) > _KEPT:
            self._marks = {place: at for place, at in self._marks.items() if at > self._last[place[0]]}

    def mark(self, among: object, name: object) -> float:
        """Return where one that competes stands among others."""
        return max(self._marks.get((among, name), 0.0), self._last[among])


class _Project:
    """A project that waits for places, and its queues; the one whose turn it is compares as less."""

    def __init__(self, turns: Turns, queues: Iterable[Queue]) -> None:
        self._turns = turns
        self._queues = [_Waiting(turns, queue) for queue in queues if queue.key_places is None or queue.key_places > 0]
        heapq.heapify(self._queues)
        first = next(iter(queues))
        self._places = first.project_places
        self._step = 1 / first.weight
        self._priority = first.priority
        self._mark = turns.mark(first.priority, first.project_id)
        self._tie = first.due_at, first.project_id

    @property
    def ready(self) -> bool:
        """Whether it may get one more place."""
        return bool(self._queues) and (self._places is None or self._places > 0)

    def next(self) -> Queue:
        """Give one place to the queue whose turn it is."""
        waiting = self._queues[0]
        self._mark += self._step
        if self._places is not None:
            self._places -= 1
        if waiting.use():
            heapq.heapreplace(self._queues, waiting)
        else:
            heapq.heappop(self._queues)
        return waiting.queue

    def __lt__(self, other: _Project) -> bool:
        return (-self._priority, self._mark, *self._tie) < (-other._priority, other._mark, *other._tie)


class _Waiting:
    """A queue of a project, and what its key may still have."""

    def __init__(self, turns: Turns, queue: Queue) -> None:
        self.queue = queue
        self._mark = turns.mark(*_place(queue))
        self._places = queue.key_places

    def use(self) -> bool:
        """Take a place; tell whether the queue may have one more."""
        self._mark += 1
        if self._places is not None:
            self._places -= 1
        return self._places is None or self._places > 0

    def __lt__(self, other: _Waiting) -> bool:
        return self._rank() < other._rank()

    def _rank(self) -> tuple[float, int, str]:
        return self._mark, self.queue.due_at, self.queue.key_id


def _place(queue: Queue) -> _Place:
    """Return among whom a queue takes turns, and its own name there."""
    return queue.project_id, (queue.key_id, queue.offpeak)
