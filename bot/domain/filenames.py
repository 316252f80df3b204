"""What a file is called: words that every system takes for a name, and that mislead nobody."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150  # bytes before the ending: the shortest that a file system in use allows is 255
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_SPACES = re.compile(r"\s+")


def file_name(words: str, ending: str) -> str:
    """Make a name of words, with an ending such as "pdf".

    What separates folders, steers a terminal or turns the direction of writing is left out.
    """
    shown = "".join(
        " " if unicodedata.category(each)[0] in "CZ" else each
        for each in unicodedata.normalize("NFC", words)
    )
    bare = _SPACES.sub(" ", _FORBIDDEN.sub(" ", shown)).strip(" .")
    short = bare.encode()[:LONGEST].decode(errors="ignore").strip(" .")
    return f"{short or 'samverkan'}.{ending}"
