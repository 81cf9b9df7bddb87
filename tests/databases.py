"""Statements for the administrator of the tests' PostgreSQL."""

import asyncio

import asyncpg

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
