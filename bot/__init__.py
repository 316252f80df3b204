"""How the bot works, from the outermost room to the innermost (docs/ARCHITECTURE.md).

cli        what an operator types, and what begins a new command
rehearsal  a homeserver and people of its own, to play a scenario against the bot
app        the composition root: the only module that knows every room
matrix     the doorway to Matrix (ears, courier, keys, rooms)    clock      the bell
rosters    the way in for calendars
dispatch   one event or one deadline, in one savepoint, to its answers
commands   what you can say (a package beside this one)          deadlines  what time says
procedures what several of both do alike    asking  what both are written against
store      the memory        text  the words                     press      pictures and paper
domain     the rules, which touch nothing outside themselves; its tables are in domain.model
"""
