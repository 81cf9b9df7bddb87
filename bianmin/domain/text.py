"""Texts from outside in one form, and their unsuitable characters.

Characters are judged by fixed ranges of their Unicode categories, not by the tables of the interpreter: a character
that is newer than Python is a character like any other.
"""

import re
import unicodedata

_FORMATS = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""Category Cf, and what the standard keeps for later characters that are not to be seen."""
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
"""Letters and marks that are not to be seen."""
_CONTROLS = "\x00-\x1f\x7f-\x9f"
_LINE_BREAKS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(end) for end in range(0x110000) if end & 0xFFFE == 0xFFFE)
_VARIATIONS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""They choose the shape of the character before them: names need them, and alone they are nothing."""
_BLANKS = (
    " \t\n\r\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u2800"
)

_NEVER = _FORMATS + _FILLERS + _SURROGATES + _NONCHARACTERS
_UNFIT_IN_NAMES = re.compile(f"[{_NEVER}{_CONTROLS}{_LINE_BREAKS}]")
# a text keeps tabs and line breaks, and what joins pictographs to one: \u200d between two signs that are no letters
_UNFIT_IN_TEXTS = re.compile(
    f"(?!(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d[\u2190-\u2bff\U0001f000-\U0001faff])"
    rf"[{_NEVER}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_PLAIN = re.compile("[ -~\u3001-\u3029\u3400-\u9fff\uff01-\uff5e]*")
"""What nearly every text consists of: it is in its one form but for blanks at the ends."""
_UNSEEN = re.compile(f"[{_BLANKS}{_NEVER}{_CONTROLS}{_VARIATIONS}]")
# XML 1.0, production [2]; surrogates and noncharacters cannot be written or read either
_UNFIT_IN_XML = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f{_SURROGATES}{_NONCHARACTERS}]")


class UnfitText(ValueError):
    """A text has a character that nobody can see. `position` counts from 1; the text of the error repeats nothing."""

    def __init__(self, position: int) -> None:
        super().__init__(f"第 {position} 个字是看不见的字符（控制、零宽或方向字符），请删去后重新填写")
        self.position = position


def clean_name(text: str) -> str:
    """A name in one form: NFC, no blanks at its ends, empty where nothing of it can be seen. Raises `UnfitText`."""
    return _clean(text, _UNFIT_IN_NAMES)


def clean_text(text: str) -> str:
    """A longer text in the same form, with its tabs and line breaks. Raises `UnfitText`."""
    return _clean(text, _UNFIT_IN_TEXTS)


def _clean(text: str, unfit: re.Pattern[str]) -> str:
    if _PLAIN.fullmatch(text):
        return text.strip(" ")
    if all(unicodedata.category(character).startswith("M") for character in visible(text)):
        return ""  # a mark alone stands on nothing
    text = text.strip(_BLANKS)
    if found := unfit.search(text):
        raise UnfitText(found.start() + 1)
    return unicodedata.normalize("NFC", text)


def visible(text: str) -> str:
    """The text without blanks and without what cannot be seen."""
    return _UNSEEN.sub("", text)


def signs(text: str) -> list[str]:
    """What a reader counts in a text: each visible character with the marks that stand on it."""
    found: list[str] = []
    for character in visible(unicodedata.normalize("NFC", text)):
        if found and unicodedata.category(character).startswith("M"):
            found[-1] += character
        else:
            found.append(character)
    return found


def fold(text: str) -> str:
    """The form in which texts are compared by a search: width, compatibility forms and case are folded."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def xml_text(text: str) -> str:
    """The text with `\ufffd` for each character that XML cannot hold. It is not escaped yet."""
    return _UNFIT_IN_XML.sub("\ufffd", text)
