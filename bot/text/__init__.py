"""The words: the phrasebook that turns a reply's name and facts into text."""
