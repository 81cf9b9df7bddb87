"""Texts from outside: which characters are refused, and the one form in which texts are kept."""

import sys
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bianmin.domain.text import UnfitText, clean_name, clean_text, fold, xml_text

INVISIBLE_LETTERS = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
NONCHARACTERS = {chr(n) for n in range(sys.maxunicode + 1) if n & 0xFFFE == 0xFFFE or 0xFDD0 <= n <= 0xFDEF}


def is_refused(character: str) -> bool:
    try:
        clean_name(f"张{character}三")
    except UnfitText:
        return True
    return False


def test_g2_g4_characters_are_refused_by_their_category() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        category = unicodedata.category(character)
        if category == "Cn" and character not in NONCHARACTERS:
            continue  # newer than this interpreter: the next test
        refused = category in ("Cc", "Cf", "Cs", "Zl", "Zp") or character in NONCHARACTERS | INVISIBLE_LETTERS
        assert is_refused(character) == refused, hex(ord(character))


def test_g2_a_character_that_is_newer_than_the_interpreter_is_a_character() -> None:
    for newer in ("\U0002ebf0", "\U00032000", "\u0378", "\U0001fadf"):
        assert clean_name(f"张{newer}") == f"张{newer}"
        assert clean_text(f"张{newer}\n") == f"张{newer}"


def test_g2_all_66_noncharacters_are_refused() -> None:
    assert len(NONCHARACTERS) == 66
    assert all(map(is_refused, NONCHARACTERS))


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\ufe0f", "\t\n", "\u0301 "]
)
def test_g4_what_cannot_be_seen_alone_is_no_text(text: str) -> None:
    assert clean_name(text) == clean_text(text) == ""


def test_g4_a_longer_text_keeps_its_lines_tabs_and_pictographs() -> None:
    text = "第一行\r\n\t第二行\u2028第三行 👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥"
    assert clean_text(f" {text}\u3000\n") == text
    for unfit in ("张\u200b三", "\u202e张三", "张\u200d三", "a\x0bb", "a\x00", "\ufeff张", "👨\u200d三"):
        with pytest.raises(UnfitText):
            clean_text(unfit)


def test_g3_a_name_has_one_form() -> None:
    assert clean_name("  Zoe\u0308 ") == clean_name("\u3000Zo\xeb") == "Zo\xeb"
    assert clean_name("葛\U000e0100城") == "葛\U000e0100城", "a variant of a character is another one"


def test_g4_the_message_says_where_and_repeats_nothing() -> None:
    with pytest.raises(UnfitText, match=r"^第 2 个字是看不见的字符") as refused:
        clean_name("张\u200b三")
    assert "张" not in str(refused.value)


def test_g17_a_search_folds_width_compatibility_forms_and_case() -> None:
    assert fold("ＡＢＣ１２３ ㈱ ﬁ") == "abc123 (株) fi"


@given(st.text(st.characters(codec=None)))
def test_g4_xml_holds_every_text(text: str) -> None:
    written = xml_text(text).replace("&", "").replace("<", "")
    ElementTree.fromstring(f"<t>{written}</t>")
