"""Numbers of people and organisations: identity documents, credit codes, phones. Checked and normalised."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, assert_never

EARLIEST_BIRTH = date(1800, 1, 1)

DocumentKind = Literal[
    "citizen_id", "credit_code", "passport", "hk_macau_permit", "taiwan_permit", "residence_permit", "other"
]


class BadCode(ValueError):
    """A malformed number. `code` is for programs, the text for the desk; neither repeats the number."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


_CITIZEN = re.compile(r"[0-9]{17}[0-9X]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"

_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z: they look like 1 0 5 U 2
_CREDIT = re.compile(f"[{_CREDIT_SIGNS}]{{2}}[0-9]{{6}}[{_CREDIT_SIGNS}]{{10}}")
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_DOCUMENT = re.compile(r"[0-9A-Z]{5,20}")
_PERMANENT_RESIDENT = re.compile(r"[A-Z]{3}[0-9]{12}")  # the card of foreigners before 2023
_OTHER = re.compile(r"(?=.*[0-9A-Z\u3400-\u9fff])[^\s]{4,40}")
_GAPS = re.compile(r"[\s()（）.·\u2010-\u2015\u2212-]+")
_EXTENSION = re.compile(r"(?:转|分机|EXT\.?|X|#|,|，)[:：\s]*([0-9]{1,6})$")
_ABROAD = re.compile(r"(?:\+|00)(?!86)([1-9][0-9]{6,14})")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([1-9][0-9]{6,7})")
_CHINA = re.compile(r"^(?:\+|00)86|^86(?=1[3-9][0-9]{9}$)")
_NATIONWIDE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")


def citizen_id(text: str, today: date) -> str:
    """A citizen identification number (GB 11643), normalised: its X in upper case. Raises `BadCode`.

    Any region is accepted: it is that of the first registration and may have been dissolved since.
    """
    number = text.strip().upper()
    _refuse_full_width(number)
    if not _CITIZEN.fullmatch(number):
        raise BadCode("citizen_id_format", "身份证号应为 18 位：前 17 位是数字，最后一位是数字或 X；请对照证件核对。")
    if not EARLIEST_BIRTH <= born_on(number) <= today:
        raise BadCode("citizen_id_birth", "身份证号中的出生日期不对；请对照证件核对第 7 至 14 位。")
    total = sum(int(sign) * weight for sign, weight in zip(number, _CITIZEN_WEIGHTS, strict=False))
    if number[17] != _CITIZEN_CHECKS[total % 11]:
        raise BadCode("citizen_id_check", "身份证号的校验位不对；请对照证件逐位核对。")
    return number


def born_on(number: str) -> date:
    """The birth date in a citizen identification number. Raises `BadCode` when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadCode("citizen_id_birth", "身份证号中的出生日期不对；请对照证件核对第 7 至 14 位。") from None


def credit_code(text: str) -> str:
    """A unified social credit code (GB 32100) in upper case, with the organisation code (GB 11714) inside it checked.

    Raises `BadCode`.
    """
    code = text.strip().upper()
    _refuse_full_width(code)
    if not _CREDIT.fullmatch(code):
        raise BadCode(
            "credit_code_format", "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）；请对照证照核对。"
        )
    total = sum(_CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    if code[17] != _CREDIT_SIGNS[-total % 31] or code[16] != _organisation_check(code[8:16]):
        raise BadCode("credit_code_check", "统一社会信用代码的校验码不对；请对照证照逐位核对。")
    return code


def _organisation_check(body: str) -> str:
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def document_number(kind: DocumentKind, text: str, today: date) -> str:
    """The number of an identity document, normalised. Raises `BadCode`.

    Citizen ids, credit codes and residence permits are checked in full, other documents only for their characters.
    """
    match kind:
        case "citizen_id":
            return citizen_id(text, today)
        case "credit_code":
            return credit_code(text)
        case "residence_permit":
            return _residence_permit(text, today)
        case "other":
            return _other(text)
        case "passport" | "hk_macau_permit" | "taiwan_permit":
            number = text.strip().upper()
            _refuse_full_width(number)
            if not _DOCUMENT.fullmatch(number):
                raise BadCode("document_format", "证件号码应为 5 到 20 位字母或数字；请对照证件核对。")
            return number
    assert_never(kind)


def _residence_permit(text: str, today: date) -> str:
    """The number of a residence permit, which is a citizen identification number (GB 11643).

    The permit of a citizen (居住证) has that of the citizen. Residents of Hong Kong, Macau and Taiwan have one that
    begins with 81, 82 or 83 (国办发〔2018〕81号), foreigners with a permanent residence card one that begins with 9, or
    3 letters and 12 digits on a card from before 2023.
    """
    number = text.strip().upper()
    return number if _PERMANENT_RESIDENT.fullmatch(number) else citizen_id(number, today)


def _other(text: str) -> str:
    """The number of a document of another kind, as it stands on the paper (南字第1234567号), without blanks."""
    number = "".join(text.split()).upper()
    _refuse_full_width(number.translate(_BRACKETS))
    if not _OTHER.fullmatch(number):
        raise BadCode("document_format", "证件号码应为 4 到 40 个字，与证件上写的一致；请对照证件核对。")
    return number


_BRACKETS = dict.fromkeys(map(ord, "（）：，．／－"))


def phone(text: str) -> str:
    """A phone number in the one form in which it is stored. Raises `BadCode`.

    `13885012345`, `0851-82372345`, with an extension `0851-82372345-801`, `400-123-4567`, from outside the mainland
    `+85261234567`. Blanks, hyphens, brackets, `+86` and `00` are read. It is no identity: many elderly people
    give a relative's.
    """
    _refuse_full_width(text.strip().translate(_BRACKETS))
    number, extension = _without_extension(text.strip().upper())
    if found := _ABROAD.fullmatch(_GAPS.sub("", number)):
        return f"+{found[1]}{extension}"
    number = _as_dialled_at_home(number)
    if parts := _parts_of(number):
        return "-".join(parts) + extension
    raise BadCode(
        "phone_format",
        "电话号码应为 11 位手机号、带区号的固定电话（如 0851-12345678，分机写作 0851-12345678-801）或 400 电话；"
        "境外号码请写 00 加国家或地区代码（如 00852）。",
    )


def _without_extension(number: str) -> tuple[str, str]:
    """The number, and its extension as it is stored: `-801`, or empty."""
    if found := _EXTENSION.search(number):
        return number[: found.start()], f"-{found[1]}"
    # a last group of at most 4 digits behind a whole number: 0851-82372345-801
    before, _, last = number.rpartition("-")
    if re.fullmatch(r"[0-9]{1,4}", last) and _parts_of(_as_dialled_at_home(before)):
        return before, f"-{last}"
    return number, ""


def _parts_of(number: str) -> Sequence[str]:
    """The groups in which a number of the mainland is written; none where it is no such number."""
    if _MOBILE.fullmatch(number):
        return (number,)
    found = _NATIONWIDE.fullmatch(number) or _LANDLINE.fullmatch(number)
    return found.groups() if found else ()


def _as_dialled_at_home(number: str) -> str:
    """The digits of a number as they are dialled inside the mainland."""
    digits = _GAPS.sub("", number)
    home = _CHINA.sub("", digits)
    if home == digits or _MOBILE.fullmatch(home) or _NATIONWIDE.fullmatch(home):
        return home
    return f"0{home.removeprefix('0')}"


def _refuse_full_width(text: str) -> None:
    if any("\uff01" <= sign <= "\uff5e" for sign in text):
        raise BadCode("full_width", "号码中有全角字符；请切换到半角后重新输入。")
