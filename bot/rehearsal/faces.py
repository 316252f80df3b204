"""Who and where, as people of a play are shown: names, functions, organisations, rooms."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rehearsal.scene import FORUM, Scene

BOT = "Samverkan"


@dataclass(frozen=True)
class Face:
    """Somebody who is seen: name, function by its title, organisation; the bot has only a name."""

    mxid: str
    name: str
    function: str = ""
    organisation: str = ""
    code: str = ""


@dataclass(frozen=True)
class Place:
    """A room that is seen: its name, what it is listed under, and whose or which forum's it is."""

    room_id: str
    name: str
    group: str
    forum: str = ""
    person: str = ""


@dataclass(frozen=True)
class Faces:
    """The programme of a play."""

    scene: Scene

    def face(self, mxid: str) -> Face:
        """Give somebody's face; a stranger's is the id alone."""
        person = self.scene.company.person(mxid)
        if mxid == self.scene.bot or person is None:
            return Face(mxid, BOT if mxid == self.scene.bot else mxid)
        region = self.scene.script.region
        function = region.functions[person.role.function]
        title = function.titles.in_(region.language)
        if person.role.rank > 1:
            title = f"{title} ({person.role.rank})"
        home = region.home_of(function.code)
        return Face(mxid, person.name, title, home.name, home.code)

    def place(self, room_id: str) -> Place:
        """Give a room's place: a forum under its level, a direct room under its own heading."""
        key = self.scene.place_of(room_id)
        region = self.scene.script.region
        if key.startswith(FORUM):
            forum = region.forum(key.removeprefix(FORUM))
            level = region.levels[forum.level].names.in_(region.language)
            return Place(room_id, forum.names.in_(region.language), level, forum.code)
        person = key.removeprefix("direct:")
        return Place(room_id, self.face(person).name, "", "", person)

    def short(self, room_id: str) -> str:
        """Name a room in a word or two: a forum's code, or whose direct room it is."""
        place = self.place(room_id)
        return place.forum or f"→ {place.name}"
