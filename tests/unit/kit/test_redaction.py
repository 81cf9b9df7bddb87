"""What is hidden in a text, and what stays. Persons and numbers here are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bianmin.kit.logs import HIDDEN, redacted

CITIZEN = "52999919000101000X"
PHONE = "13000000001"
CREDIT = "91529999MA6FAKE0XP"
CARD = "6222020000000000000"
CASE = "01900000-a138-7123-8567-130123456789"
CASE_NO = "11529999000000019X5000511001000202603020001"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (CITIZEN, "[citizen]"),
        (CITIZEN.lower(), "[citizen]"),
        ("529999 19000101 000X", "[citizen]"),
        ("５２９９９９１９０００１０１０００Ｘ", "[citizen]"),
        (f"身份证{CITIZEN}的办件", "身份证[citizen]的办件"),
        (f"id{CITIZEN}", "id[citizen]"),
        (PHONE, "[phone]"),
        (f"tel:+86{PHONE}", "tel:+[phone]"),
        ("130-0000-0001", "[phone]"),
        ("0851-12345678", "[phone]"),
        (CREDIT, "[credit]"),
        (CREDIT.lower(), "[credit]"),
        (CARD, "[card]"),
        ("6222 0200 0000 0000 000", "[card]"),
        ("姓名：张三，电话不详", f"姓名：{HIDDEN}，电话不详"),
        ("Applicant(name='张三', phone=\"1\")", f"Applicant(name={HIDDEN}, phone={HIDDEN})"),
        ('{"id_number": "x\\"y", "no": 1}', f'{{"id_number": {HIDDEN}, "no": 1}}'),
        ("POST /x?phone=1&next=2", f"POST /x?phone={HIDDEN}&next=2"),
        ("refused: DETAIL:  Key (name)=(张\n三) already exists.", f"refused: DETAIL: {HIDDEN}"),
        ("failed [SQL: INSERT …]\n[parameters: ('张三',)]", f"failed [SQL: INSERT …]\n[parameters: {HIDDEN}"),
        ('invalid input syntax for type integer: "张三"', f"invalid input syntax for type integer: {HIDDEN}"),
    ],
)
def test_personal_data_in_a_text_is_hidden(text: str, hidden: str) -> None:
    assert redacted(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        CASE,
        f"case {CASE} accepted",
        CASE_NO,
        "520111101201",
        "52011110120101",
        "2026-11-23T09:30:00.130123+08:00",
        "took 0.013812345678 s",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "partition 3 offset 12345678901234",
        "6222020000000000001",  # not a card: its check digit is wrong
        "context=2 filename=x",
    ],
)
def test_text_without_personal_data_stays_readable(text: str) -> None:
    assert redacted(text) == text


@given(st.from_regex(r"[0-9]{6}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9X]", fullmatch=True), st.text())
def test_a_citizen_id_is_hidden_at_every_place_of_a_text(number: str, around: str) -> None:
    around = "".join(sign for sign in around if not sign.isdigit())
    assert number not in redacted(f"{around}{number}{around}")
