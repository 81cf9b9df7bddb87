"""Complaints are lodged, investigated and answered; the accused see nothing of them."""
