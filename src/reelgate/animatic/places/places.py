"""The places, each with its painter. A new place is one function, a row here, and its words in `words.toml`."""

from __future__ import annotations

from collections.abc import Callable

from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.beyond import above_clouds, cockpit, space
from reelgate.animatic.places.canals import water_town
from reelgate.animatic.places.caves import cave
from reelgate.animatic.places.falls import waterfall
from reelgate.animatic.places.fields import airport, pitch
from reelgate.animatic.places.gables import old_town
from reelgate.animatic.places.grounds import railway, spaceport, stadium
from reelgate.animatic.places.insides import bedroom, cafe, corridor
from reelgate.animatic.places.interiors import classroom, kitchen, library, office
from reelgate.animatic.places.nature import desert, flowers, grassland, mountains, snowfield
from reelgate.animatic.places.orient import courtyard, palace
from reelgate.animatic.places.panes import glass
from reelgate.animatic.places.rampart import great_wall
from reelgate.animatic.places.room import room
from reelgate.animatic.places.settled import farm, village
from reelgate.animatic.places.shows import concert, studio
from reelgate.animatic.places.stalls import market
from reelgate.animatic.places.streams import bridge, river
from reelgate.animatic.places.town import city, road, street
from reelgate.animatic.places.underground import subway
from reelgate.animatic.places.waterside import beach, harbour, lake, lotus_pond, sea, underwater
from reelgate.animatic.places.wild import cliffs, terraces, volcano
from reelgate.animatic.places.woods import bamboo, forest

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
