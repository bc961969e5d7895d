"""The places, each with its painter. A new place is one function, a row here, and its words in `words.toml`."""

from __future__ import annotations

from collections.abc import Callable

from reelgate.animatic.scenes.base import Backdrop
from reelgate.animatic.scenes.beyond import above_clouds, cockpit, space
from reelgate.animatic.scenes.canals import water_town
from reelgate.animatic.scenes.caves import cave
from reelgate.animatic.scenes.falls import waterfall
from reelgate.animatic.scenes.fields import airport, pitch
from reelgate.animatic.scenes.gables import old_town
from reelgate.animatic.scenes.grounds import railway, spaceport, stadium
from reelgate.animatic.scenes.insides import bedroom, cafe, corridor
from reelgate.animatic.scenes.interiors import classroom, kitchen, library, office
from reelgate.animatic.scenes.nature import desert, flowers, grassland, mountains, snowfield
from reelgate.animatic.scenes.orient import courtyard, palace
from reelgate.animatic.scenes.panes import glass
from reelgate.animatic.scenes.rampart import great_wall
from reelgate.animatic.scenes.room import room
from reelgate.animatic.scenes.settled import farm, village
from reelgate.animatic.scenes.shows import concert, studio
from reelgate.animatic.scenes.stalls import market
from reelgate.animatic.scenes.streams import bridge, river
from reelgate.animatic.scenes.town import city, road, street
from reelgate.animatic.scenes.underground import subway
from reelgate.animatic.scenes.waterside import beach, harbour, lake, lotus_pond, sea, underwater
from reelgate.animatic.scenes.wild import cliffs, terraces, volcano
from reelgate.animatic.scenes.woods import bamboo, forest

Painter = Callable[[Backdrop], None]

PLACES: dict[str, Painter] = {
    "grassland": grassland, "flowers": flowers, "mountains": mountains, "forest": forest, "snowfield": snowfield,
    "desert": desert, "sea": sea, "beach": beach, "harbour": harbour, "city": city, "street": street, "road": road,
    "lake": lake, "sky": above_clouds, "space": space, "underwater": underwater, "room": room, "kitchen": kitchen,
    "office": office, "classroom": classroom, "library": library, "village": village, "farm": farm,
    "market": market, "stadium": stadium, "railway": railway, "spaceport": spaceport, "lotuspond": lotus_pond,
    "river": river, "bridge": bridge, "waterfall": waterfall, "bamboo": bamboo, "courtyard": courtyard,
    "palace": palace, "watertown": water_town, "greatwall": great_wall, "bedroom": bedroom, "cafe": cafe,
    "corridor": corridor, "subway": subway, "cockpit": cockpit, "window": glass, "studio": studio,
    "concert": concert, "volcano": volcano, "terraces": terraces, "cliffs": cliffs, "pitch": pitch,
    "airport": airport, "oldtown": old_town, "cave": cave,
}  # fmt: skip
