"""Every subject that can be drawn, by its word in the lexicon."""

from reelgate.animatic.rigs.air import FLYERS
from reelgate.animatic.rigs.aloft import ALOFT
from reelgate.animatic.rigs.base import Figure
from reelgate.animatic.rigs.birds import BIRDS
from reelgate.animatic.rigs.buildings import BUILDINGS
from reelgate.animatic.rigs.craft import CRAFT
from reelgate.animatic.rigs.creepers import CREEPERS
from reelgate.animatic.rigs.fowl import FOWL
from reelgate.animatic.rigs.goods import GOODS
from reelgate.animatic.rigs.growing import GROWING
from reelgate.animatic.rigs.heavy import HEAVY
from reelgate.animatic.rigs.hoppers import HOPPERS
from reelgate.animatic.rigs.humanoid import SUITED
from reelgate.animatic.rigs.insects import INSECTS
from reelgate.animatic.rigs.people import PEOPLE
from reelgate.animatic.rigs.piano import PIANO
from reelgate.animatic.rigs.portrait import PORTRAITS
from reelgate.animatic.rigs.quadruped import ANIMALS
from reelgate.animatic.rigs.reef import REEF
from reelgate.animatic.rigs.steam import STEAM
from reelgate.animatic.rigs.table import LAID
from reelgate.animatic.rigs.thing import THINGS
from reelgate.animatic.rigs.vehicle import VEHICLES
from reelgate.animatic.rigs.waders import WADERS
from reelgate.animatic.rigs.water import FLOATERS, SWIMMERS

FIGURES: dict[str, Figure] = {
    **ANIMALS, **PEOPLE, **SUITED, **HOPPERS, **CREEPERS, **FOWL, **WADERS, **BIRDS, **INSECTS, **FLYERS,
    **SWIMMERS, **REEF, **FLOATERS, **VEHICLES, **HEAVY, **CRAFT, **STEAM, **BUILDINGS, **LAID, **GOODS, **GROWING,
    **ALOFT, **PIANO, **THINGS,
}  # fmt: skip

TWO_LEGGED = frozenset(PEOPLE) | frozenset(SUITED)
"""Who acts as people do."""

__all__ = ["FIGURES", "PEOPLE", "PORTRAITS", "TWO_LEGGED", "Figure"]
