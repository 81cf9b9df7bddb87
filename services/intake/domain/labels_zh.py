"""Chinese names of the values that intake stores and answers."""

from collections.abc import Mapping

from bianmin.events.parts import CaseStatus

CASE_STATUSES: Mapping[CaseStatus, str] = {
    "registered": "已登记",
    "supplement_requested": "待补正",
    "accepted": "已受理",
    "refused": "不予受理",
    "in_progress": "办理中",
    "paused": "特别程序中",
    "granted": "准予",
    "denied": "不予许可",
    "delivered": "已送达",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
LAPSED = "逾期未补正，已办结"
CHANNELS: Mapping[str, str] = {
    "window": "窗口",
    "agent": "代办员",
    "mobile": "手机",
    "phone": "电话",
    "partner": "对接系统",
}
APPLICANT_KINDS: Mapping[str, str] = {"person": "个人", "organization": "单位"}
DOCUMENT_KINDS: Mapping[str, str] = {
    "citizen_id": "居民身份证",
    "credit_code": "统一社会信用代码",
    "passport": "护照",
    "hk_macau_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "residence_permit": "居住证件",
    "other": "其他证件",
}
BROUGHT_FORMS: Mapping[str, str] = {
    "original": "原件",
    "copy": "复印件",
    "form": "表格",
    "electronic": "电子材料",
    "photo": "照片",
}
REQUIRED_FORMS: Mapping[str, str] = {
    "o": "只核验原件，不留存",
    "oc": "核验原件，收复印件",
    "f": "填写表格",
    "e": "电子材料或电子证照",
    "p": "照片",
}
MATERIAL_SOURCES: Mapping[str, str] = {
    "applicant": "申请人提交",
    "issue": "村站或中心出具",
    "share": "部门共享，不得要求申请人提交",
}
DESK_LEVELS: Mapping[str, str] = {
    "point": "服务点",
    "station": "村站",
    "center": "乡镇中心",
    "county": "县级",
    "city": "市（州）级",
    "province": "省级",
}
PERIOD_ORIGINS: Mapping[str, str] = {"V": "法律原文或官方网页", "M": "通行说法，未经核实", "L": "本地规定"}
DENIAL_AUTHORITIES: Mapping[str, str] = {"leader": "须先报负责人同意", "window": "窗口可以作出"}
VERSION_STATUSES: Mapping[str, str] = {"draft": "草稿", "published": "已发布", "retired": "已停用"}
CLOCK_STATES: Mapping[str, str] = {"running": "计时中", "paused": "暂停", "stopped": "已停止"}
CARD_STATUSES: Mapping[str, str] = {"issued": "已发出", "appealed": "已申诉", "upheld": "已维持", "revoked": "已撤销"}
