"""What the database cannot do now is 503 with `Retry-After`; what the program did wrong is 500."""

import asyncpg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bianmin.kit import problems


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PoolTimeout("no connection is free"), 503),
        (asyncpg.exceptions.DiskFullError("no space left"), 503),
        (asyncpg.exceptions.OutOfMemoryError("out of memory"), 503),
        (asyncpg.exceptions.LockNotAvailableError("lock timeout"), 503),
        (asyncpg.exceptions.QueryCanceledError("statement timeout"), 503),
        (asyncpg.exceptions.InternalClientError("cut in the middle of an answer"), 503),
        (ConnectionResetError(), 503),
        (asyncpg.exceptions.DataError("a wrong argument"), 500),
        (ValueError("a mistake"), 500),
    ],
)
def test_g28_the_database_that_cannot_now_is_told_from_a_mistake(error: Exception, status: int) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert (answer.status_code, "retry-after" in answer.headers) == (status, status == 503)
    assert answer.headers["content-type"] == "application/problem+json"
