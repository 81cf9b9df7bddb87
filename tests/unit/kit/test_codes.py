"""Numbers of people and places. All of them are made up: regions 529999 and 999999 do not exist."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bianmin.domain.divisions import (
    LENGTHS,
    ancestors,
    at_level,
    check_division_code,
    desk_level_of,
    level_of,
    parent_of,
)
from bianmin.domain.identifiers import BadCode, born_on, citizen_id, credit_code, document_number, phone
from bianmin.domain.masking import mask_name, mask_number, mask_phone
from bianmin.events.parts import OrgCode

TODAY = date(2026, 11, 23)
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GOOD_CITIZENS = [
    "52999919000101000X",
    "529999190001010018",
    "52999919041231901X",
    "999999190002281239",
    "529999199912318882",
    "52999919000102003X",
    "520000190001010019",
]
GOOD_CREDIT_CODES = [
    "11529999000000019X",
    "11529999MA0000015L",
    "545299999999999987",
    "12529999MB999999XY",
    "91529999MA6FAKE0XP",
    "N2529999MF00000130",
]


@pytest.mark.parametrize("number", GOOD_CITIZENS)
def test_a_valid_citizen_id_is_accepted_unchanged(number: str) -> None:
    assert citizen_id(number, TODAY) == number


def test_a_citizen_id_is_stored_in_one_spelling() -> None:
    assert citizen_id(" 52999919000101000x ", TODAY) == "52999919000101000X"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param("529999190001010000", "citizen_id_check", id="wrong check digit"),
        pytest.param("529999190002290015", "citizen_id_birth", id="1900 had no February 29"),
        pytest.param("529999190013010015", "citizen_id_birth", id="month 13"),
        pytest.param("529999910001010018", "citizen_id_birth", id="two digits transposed"),
        pytest.param("52999921990101001X", "citizen_id_birth", id="born in the future"),
        pytest.param("52999919000101000", "citizen_id_format", id="17 characters"),
        pytest.param("52999919000101000Y", "citizen_id_format", id="ends with Y"),
        pytest.param("５２999919000101000X", "full_width", id="full-width digits"),
        pytest.param("٥٢999919000101000X", "citizen_id_format", id="digits of another script"),
        pytest.param("", "citizen_id_format", id="empty"),
    ],
)
def test_a_wrong_citizen_id_is_refused_without_being_repeated(number: str, code: str) -> None:
    with pytest.raises(BadCode) as refused:
        citizen_id(number, TODAY)
    assert refused.value.code == code
    assert not number or number not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def check_of(seventeen: str) -> str:
    """ISO 7064 MOD 11-2 as the standard defines it: the weighted sum of all 18 is congruent to 1."""
    total = sum(int(sign) * 2 ** (17 - at) for at, sign in enumerate(seventeen))
    return next("0123456789X"[check] for check in range(11) if (total + check) % 11 == 1)


citizens = st.builds(
    lambda region, born, sequence: (seventeen := f"{region:06}{born:%Y%m%d}{sequence:03}") + check_of(seventeen),
    st.integers(0, 999999),
    st.dates(date(1800, 1, 1), TODAY),
    st.integers(0, 999),
)


@given(citizens)
def test_every_number_that_meets_the_standard_is_accepted_and_gives_the_date_of_birth(number: str) -> None:
    assert citizen_id(number, TODAY) == number
    assert f"{born_on(number):%Y%m%d}" == number[6:14]


@given(citizens, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: str, at: int, by: int) -> None:
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(BadCode):
        citizen_id(wrong, TODAY)


def test_a_date_of_birth_may_be_today_but_not_tomorrow() -> None:
    born_today = f"529999{TODAY:%Y%m%d}001"
    born_tomorrow = f"529999{TODAY + timedelta(days=1):%Y%m%d}001"
    citizen_id(born_today + check_of(born_today), TODAY)
    with pytest.raises(BadCode):
        citizen_id(born_tomorrow + check_of(born_tomorrow), TODAY)


@pytest.mark.parametrize("code", GOOD_CREDIT_CODES)
def test_a_valid_credit_code_is_accepted_in_upper_case(code: str) -> None:
    assert credit_code(code) == code
    assert credit_code(code.lower()) == code


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("115299990000000190", id="wrong check character"),
        pytest.param("11529999IA0000015L", id="letter I"),
        pytest.param("12529999MB999999X", id="17 characters"),
        pytest.param("91529999M6AFAKE0XP", id="two characters swapped"),
        pytest.param("１1529999000000019X", id="full-width"),
    ],
)
def test_a_wrong_credit_code_is_refused_without_being_repeated(code: str) -> None:
    with pytest.raises(BadCode) as refused:
        credit_code(code)
    assert code not in str(refused.value)


@given(st.text(CREDIT_SIGNS, min_size=8, max_size=8), st.integers(0, 10))
def test_the_organisation_code_inside_a_credit_code_is_checked_by_its_own_rule(body: str, check: int) -> None:
    weighted = [3, 7, 9, 10, 5, 8, 4, 2]
    right = (11 - sum((int(sign, 36)) * weight for sign, weight in zip(body, weighted, strict=True)) % 11) % 11
    assume(check != right)
    outer_right = f"91529999{body}{'0123456789X'[check]}"
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(outer_right))
    with pytest.raises(BadCode):
        credit_code(outer_right + CREDIT_SIGNS[(31 - total % 31) % 31])


def test_other_documents_are_checked_for_their_characters_only() -> None:
    assert document_number("passport", " e12345678 ", TODAY) == "E12345678"
    assert document_number("hk_macau_permit", "H0000000001", TODAY) == "H0000000001"
    assert document_number("citizen_id", "52999919000101000x", TODAY) == "52999919000101000X"
    assert document_number("credit_code", "11529999ma0000015l", TODAY) == "11529999MA0000015L"
    for wrong in ("", "E123", "E12345678901234567890", "护照12345", "E1234 5678", "Ｅ12345678"):
        with pytest.raises(BadCode):
            document_number("passport", wrong, TODAY)


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("13000000001", ["13000000001", "+86 130 0000 0001", "0086-13000000001", "86 13000000001", "130-0000-0001"]),
        (
            "0851-12345678",
            ["0851-12345678", "085112345678", "（0851）12345678", "+86 851 12345678"],
        ),
        ("010-8765432", ["0108765432", "010-8765432"]),
        ("0851-12345678-801", ["0851-12345678-801", "085112345678转801", "+86 0851 12345678 ext. 801"]),
        ("13000000001-1234", ["13000000001转1234", "130-0000-0001-1234", "+86 13000000001 ext 1234"]),
        ("400-123-4567", ["4001234567", "400-123-4567", "400 123 4567"]),
        ("400-123-4567-8", ["4001234567-8", "400-123-4567 转 8"]),
        ("+85261234567", ["00852 6123 4567", "+852-61234567"]),
    ],
)
def test_g17_a_phone_number_is_stored_in_one_form_however_it_is_written(stored: str, written: list[str]) -> None:
    assert [phone(f" {number} ") for number in written] == [stored] * len(written)
    assert phone(stored) == stored


@pytest.mark.parametrize("number", ["南字第1234567号", "（2026）黔字第 5 号", "军-12"])
def test_g17_another_document_has_the_number_that_stands_on_the_paper(number: str) -> None:
    assert document_number("other", number, TODAY) == number.replace(" ", "")


def test_g17_a_residence_permit_has_the_number_of_a_citizen() -> None:
    for region in ("810000", "820000", "830000", "529999", "911156"):
        number = f"{region}19900101001"
        number += check_of(number)
        assert document_number("residence_permit", number, TODAY) == number
    assert document_number("residence_permit", "chn110101010101", TODAY) == "CHN110101010101"
    for wrong in ("810000199001010010", "H12345678", "81000019900101001"):
        with pytest.raises(BadCode):
            document_number("residence_permit", wrong, TODAY)


@pytest.mark.parametrize("name", ["张　三", "张 三", "张\u200b三", "张\u2060三", "\u3000张三\u3000", "张\u3164三"])
def test_g3_blanks_and_invisible_characters_hide_no_less_of_a_name(name: str) -> None:
    assert mask_name(name) == "张*"


def test_g3_what_is_not_seen_does_not_count() -> None:
    assert mask_name("欧阳 娜娜") == "欧**娜"
    assert mask_name("葛\U000e0100城") == "葛*"
    assert mask_name("\u200b\u3000") == ""
    assert mask_number(" 5299 9919 0001 0100 0X ") == mask_number("52999919000101000X")
    assert mask_phone("130 0000 0001") == "130****0001"


@pytest.mark.parametrize("code", ["520123001000", "520123000", "520100", "5200"])
def test_g16_a_code_that_is_padded_with_zeros_is_refused_with_what_to_do(code: str) -> None:
    with pytest.raises(BadCode, match="去掉末尾补的零"):
        check_division_code(code)


@pytest.mark.parametrize(
    "number",
    ["12000000001", "1300000000", "130000000012", "130-0000-0001-12345", "851-12345678", "１3000000001", "", "无"],
)
def test_an_invalid_phone_number_is_refused(number: str) -> None:
    with pytest.raises(BadCode):
        phone(number)


def test_the_level_of_a_division_code_follows_from_its_length() -> None:
    levels = {code: level_of(code) for code in ("52", "5201", "520111", "520111101", "520111101201", "52011110120101")}
    assert list(levels.values()) == list(LENGTHS)
    for wrong in ("", "5", "520", "52011", "5201111012011", "52011X", "５２", "520111 "):
        with pytest.raises(BadCode):
            level_of(wrong)


def test_divisions_nest_from_the_point_up_to_the_province() -> None:
    point = "52011110120101"
    assert ancestors(point) == ("520111101201", "520111101", "520111", "5201", "52")
    assert parent_of(point) == "520111101201"
    assert parent_of("52") is None


def test_an_item_names_levels_by_their_desks() -> None:
    assert [desk_level_of(code) for code in ("520111", "520111101", "520111101201")] == ["county", "center", "station"]
    assert at_level("520111101201", "county") == "520111"
    assert at_level("520111", "station") == "520111"


def test_the_contract_has_the_same_code_lengths() -> None:
    pattern = TypeAdapter(OrgCode).json_schema()["pattern"]
    assert [int(length) for length in re.findall(r"\{(\d+)\}", pattern)] == list(LENGTHS.values())


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三丰", "张*丰"), ("张三", "张*"), ("张", "*"), ("", ""), ("欧阳某某", "欧**某"), (" 张三 ", "张*")],
)
def test_a_name_is_shown_by_its_ends(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_a_number_is_shown_by_its_ends() -> None:
    assert mask_number("52999919000101000X") == "529***********000X"
    assert mask_number("E12345678") == "E******78"
    assert mask_number("12345") == "*****"
    assert mask_phone("13000000001") == "130****0001"
    assert mask_phone("0851-12345678") == "085******5678"
    assert mask_phone("12345") == "*****"


@given(citizens)
def test_a_masked_citizen_id_hides_the_date_of_birth(number: str) -> None:
    assert set(mask_number(number)[3:14]) == {"*"}
