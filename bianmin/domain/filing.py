"""The filing of a denial or a refusal (否决报备): filed by who handles, answered by the head."""

from collections.abc import Mapping
from typing import Literal

FilingStatus = Literal["filed", "agreed", "rejected", "lapsed"]
"""`lapsed`: the handling ended before anybody answered."""
FILING_STATUSES: Mapping[FilingStatus, str] = {
    "filed": "等待答复",
    "agreed": "同意",
    "rejected": "不同意",
    "lapsed": "办理已结束，失效",
}
"""Chinese names of the statuses."""
