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
CASE_STATUSES: Mapping[str, str] = {
    "registered": "已登记",
    "supplement_requested": "待补正",
    "accepted": "已受理",
    "refused": "不予受理",
    "in_progress": "办理中",
    "paused": "暂停计时",
    "granted": "准予",
    "denied": "不予许可",
    "delivered": "已送达",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
TASK_STATUSES: Mapping[str, str] = {
    "planned": "尚未轮到",
    "assigned": "待签收",
    "received": "已签收",
    "in_progress": "办理中",
    "done": "已办完",
    "returned": "已退回上一步",
    "transferred": "已转交",
    "cancelled": "已取消",
}
STEP_KINDS: Mapping[str, str] = {"review": "审核", "decide": "决定", "assist": "协助"}
OPINIONS: Mapping[str, str] = {
    "agree": "同意",
    "disagree": "不同意",
    "grant": "准予",
    "deny": "不予许可",
    "helped": "已协助",
}
DELIVERIES: Mapping[str, str] = {
    "in_person": "当面领取",
    "agent": "代办员送达",
    "post": "邮寄",
    "electronic": "电子送达",
}
REPLY_METHODS: Mapping[str, str] = {"visit": "上门", "phone": "电话", "message": "短信或微信"}
PERIOD_UNITS: Mapping[str, str] = {
    "workday": "工作日",
    "workhour": "工作小时",
    "day": "自然日",
    "hour": "小时",
    "immediate": "即时",
}
ITEM_TYPES: Mapping[str, str] = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
SUBJECT_KINDS: Mapping[str, str] = {"case": "办件", "complaint": "投诉"}
CLOCK_KINDS: Mapping[str, str] = {
    "completeness": "一次性告知",
    "promise": "承诺办结",
    "statutory": "法定办结",
    "step": "环节办理",
    "procedure": "特别程序",
    "delivery": "送达",
    "complaint": "投诉办理",
    "hotline": "热线工单",
    "rating": "差评回访",
    "rectification": "整改",
    "card": "黄牌要求的办结",
}
LAMPS: Mapping[str, str] = {"green": "绿灯，期限内", "yellow": "黄灯，临近到期", "red": "红灯，已超期"}
CARD_LEVELS: Mapping[str, str] = {"yellow": "黄牌", "red": "红牌"}
COMPLAINT_KINDS: Mapping[str, str] = {"complaint": "投诉", "report": "检举控告", "suggestion": "建议", "praise": "表扬"}
COMPLAINT_CHANNELS: Mapping[str, str] = {
    "window": "窗口",
    "mobile": "手机",
    "phone": "电话",
    "box": "意见箱",
    "qr": "扫码",
    "hotline": "12345 热线",
    "letter": "来信",
    "other": "其他",
}
COMPLAINT_LEVELS: Mapping[str, str] = {"handling": "首次办理", "review": "复查", "rereview": "复核"}
COMPLAINT_OUTCOMES: Mapping[str, str] = {"supported": "支持", "explained": "解释说明", "not_supported": "不予支持"}
