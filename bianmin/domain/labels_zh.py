"""Chinese names of the values in the event contract."""

from collections.abc import Mapping

DEPTS: Mapping[str, str] = {
    "civil": "民政",
    "hr": "人力资源和社会保障",
    "medical": "医疗保障",
    "health": "卫生健康",
    "disabled": "残联",
    "veteran": "退役军人",
    "land": "自然资源与村镇规划建设",
    "forest": "林业",
    "agri": "农业农村",
    "police": "公安户籍",
    "market": "市场监管",
    "party": "党务",
    "legal": "法律事务与矛盾调处",
    "culture": "文化",
    "finance": "财政惠农",
    "living": "生产生活",
    "consult": "咨询宣传",
}
ORG_LEVELS: Mapping[str, str] = {
    "province": "省级",
    "city": "市州级",
    "county": "县级",
    "township": "乡镇级",
    "village": "村级",
    "point": "服务点",
}
MODES: Mapping[str, str] = {
    "direct": "直接办理",
    "promised": "承诺办理",
    "joint": "联合办理",
    "report_up": "上报办理",
    "assist": "协助办理",
    "agency": "代为办理",
}
PROCEDURES: Mapping[str, str] = {
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
    "publicity": "公示",
}
UNITS: Mapping[str, str] = {
    "workday": "个工作日",
    "day": "日",
    "workhour": "个工作小时",
    "hour": "小时",
    "immediate": "日",
}
"""Follows the number."""
ROLES: Mapping[str, str] = {
    "citizen": "办事群众",
    "agent": "代办员",
    "window": "窗口",
    "department": "部门工作人员",
    "manager": "负责人",
    "supervisor": "督查",
    "investigator": "调查员",
    "integrator": "对接系统",
    "admin": "管理员",
}
