"""Parameters of the addresses of complaints."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.complaints.api.views import COMPLAINT_ID

ComplaintPath = Annotated[UUID, Path(description="投诉编号，UUID，见 `GET /complaints`", examples=[COMPLAINT_ID])]
