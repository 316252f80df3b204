"""People whose client shares no code with the bot's."""
