"""Chinese texts of routing."""

REMEDIES = (
    "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者自知道之日起六个月内依法向人民法院提起行政诉讼。"
)
"""The remedies that every denial names (行政许可法 art. 38(2); 行政复议法 art. 20; 行政诉讼法 art. 46)."""
