"""Complaints: heard, investigated, answered; the accused see nothing of it."""
