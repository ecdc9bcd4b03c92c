"""How the text of a file is encoded: as its mark says, UTF-8, or Windows-1252 of the West.

No more is concluded than the CSV import does: names hold too little to tell 8-bit encodings
apart, and a wrong one changes everybody's. What has only letters of Western Europe is read as
Windows-1252, which holds ISO 8859-1; so would be a Czech file in Windows-1250, if nobody told.
"""

import codecs
from typing import IO

from scim_server.sync.entries import SourceFault

BLOCK = 2**20

# UTF-32's begins with UTF-16's.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Without the letters of Iceland: in their place others have a Turkish ğ and ş, a Romanian ţ.
WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸŠŒŽàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿšœžß"
    "‘’“”„«»–—…·°ªº§€\N{NO-BREAK SPACE}"
)


def encoding_of(file: IO[bytes]) -> str:
    """Raises SourceFault: damaged UTF-8, or something else, whose encoding must be told."""
    file.seek(0)
    begins = file.read(4)
    for mark, encoding in MARKS.items():
        if begins.startswith(mark):
            return encoding
    if _is_utf8(file):
        return "utf-8"
    if _others(file) <= WESTERN:
        return "cp1252"
    raise SourceFault('it is neither UTF-8 nor Windows-1252: its "encoding" must be told')


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _others(file: IO[bytes]) -> set[str]:
    """What is not ASCII, as Windows-1252. Raises SourceFault: some of it is UTF-8."""
    found: set[int] = set()
    file.seek(0)
    while line := file.readline(BLOCK):
        if not line.isascii():
            if _decodes(line):
                raise SourceFault("it is damaged: some of its lines are UTF-8, and some are not")
            found.update(line)
    return {each for each in bytes(found).decode("cp1252", "replace") if not each.isascii()}


def _decodes(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
