"""How the bot works, from the outermost room to the innermost.

cli        what an operator types
rehearsal  a homeserver and people of its own, to play a scenario against the bot
app        the composition root, the only module that knows every room
matrix     the doorway to Matrix          clock  the bell
dispatch   one message or one ring, in one savepoint, to its answers
deadlines  what time says (beside `commands`: what you can say)
asking     what a command is written against
store      the memory          text  the words          press  pictures and paper
domain     the rules, which touch nothing outside themselves
"""
