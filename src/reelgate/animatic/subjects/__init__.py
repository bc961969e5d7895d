"""Every subject that can be drawn, by its word in the lexicon."""

from dataclasses import replace

from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.subjects.aircraft import FLYERS
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.birds import BIRDS
from reelgate.animatic.subjects.buildings import BUILDINGS
from reelgate.animatic.subjects.creepers import CREEPERS
from reelgate.animatic.subjects.dragon import DRAGON
from reelgate.animatic.subjects.fish_and_boats import FLOATERS, SWIMMERS
from reelgate.animatic.subjects.fowl import FOWL
from reelgate.animatic.subjects.heavy_vehicles import HEAVY
from reelgate.animatic.subjects.hoppers import HOPPERS
from reelgate.animatic.subjects.humanoid import SUITED
from reelgate.animatic.subjects.insects import INSECTS
from reelgate.animatic.subjects.machines import CRAFT
from reelgate.animatic.subjects.people import PEOPLE
from reelgate.animatic.subjects.piano import PIANO
from reelgate.animatic.subjects.plants import GROWING
from reelgate.animatic.subjects.portrait import PORTRAITS
from reelgate.animatic.subjects.quadruped import ANIMALS
from reelgate.animatic.subjects.sea_creatures import REEF
from reelgate.animatic.subjects.shapes import shape_of
from reelgate.animatic.subjects.sky_objects import ALOFT
from reelgate.animatic.subjects.small_things import GOODS
from reelgate.animatic.subjects.steam_train import STEAM
from reelgate.animatic.subjects.still_objects import THINGS
from reelgate.animatic.subjects.table import LAID
from reelgate.animatic.subjects.tyrannosaur import TYRANNOSAUR
from reelgate.animatic.subjects.vehicles import VEHICLES
from reelgate.animatic.subjects.waders import WADERS


class Figures(dict[str, Figure]):
    """The figure of each kind; what has no drawing gets its shape when it is first asked for."""

    def __missing__(self, kind: str) -> Figure:
        return shape_of(kind)


def _leaping(figure: Figure) -> Figure:
    """Return a figure that can jump, as it runs but off the ground, if it runs at all."""
    gaits = figure.gaits
    if "jump" in gaits or "run" not in gaits or figure.home != "ground":
        return figure
    draw, jump = figure.draw, Gait(gaits["run"].seconds * 1.3, gaits["run"].stride * 0.7)

    def drawn(pen: Pen, pose: Pose) -> None:
        draw(pen, replace(pose, action="run") if pose.action == "jump" else pose)

    return replace(figure, draw=drawn, gaits={**gaits, "jump": jump})


FIGURES = Figures({
    **ANIMALS, **PEOPLE, **SUITED, **HOPPERS, **CREEPERS, **TYRANNOSAUR, **DRAGON, **FOWL, **WADERS,
    **BIRDS, **INSECTS, **FLYERS, **SWIMMERS, **REEF, **FLOATERS, **VEHICLES, **HEAVY, **CRAFT, **STEAM, **BUILDINGS,
    **LAID, **GOODS, **GROWING, **ALOFT, **PIANO, **THINGS,
})  # fmt: skip

FIGURES.update({kind: _leaping(figure) for kind, figure in FIGURES.items()})

TWO_LEGGED = frozenset(kind for kind, facts in lexicon().kinds.items() if facts.acts)
"""Who acts as people do."""

if odd := (FIGURES.keys() ^ {kind for kind, facts in lexicon().kinds.items() if not facts.family}) | (
    TWO_LEGGED ^ {*PEOPLE, *SUITED}
):
    raise LookupError(f"{sorted(odd)}: the drawing and the record in `language/words/subject.toml` do not agree")

__all__ = ["FIGURES", "PEOPLE", "PORTRAITS", "TWO_LEGGED", "Figure"]
