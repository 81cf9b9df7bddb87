"""Statements for the administrator of the tests' PostgreSQL."""

import asyncio
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bianmin.kit.embedded import EmbeddedPostgres


async def administer(server: EmbeddedPostgres, statement: str) -> None:
    """Run one statement as the server's administrator."""
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        async with asyncio.timeout(5):
            while True:
                try:
                    await connection.execute(statement)
                    return
                except asyncpg.ObjectInUseError:  # a connection that was closed takes a moment to be gone
                    await asyncio.sleep(0.05)
    finally:
        await connection.close()


def query(server: EmbeddedPostgres, *statements: str) -> Any:
    """Run them and give the last one's value."""

    async def run() -> Any:
        engine = create_async_engine(server.url("postgres"))
        try:
            async with engine.begin() as tx:
                for statement in statements:
                    result = await tx.execute(text(statement))
                return result.scalar() if result.returns_rows else None
        finally:
            await engine.dispose()

    return asyncio.run(run())
