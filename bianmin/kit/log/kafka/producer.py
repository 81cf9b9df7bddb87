"""Writing: one transaction an append, by the only producer of its name that the broker still lets write."""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import BrokerResponseError

from bianmin.kit.log import Fenced, Record
from bianmin.kit.log.kafka.clients import TransactionalProducer, end, new_producer
from bianmin.kit.log.kafka.errors import SUPERSEDED, Away, bounded

_ABORT_SECONDS = 5.0


class KafkaProducer:
    """The producer of one name. It never starts anew by itself: that would fence the one that fenced it."""

    def __init__(self, client: TransactionalProducer, name: str, patience: float) -> None:
        self._client = client
        self._name = name
        self._patience = patience
        self._fenced = False
        self._usable = True

    @classmethod
    async def start(cls, bootstrap: str, name: str, patience: float) -> "KafkaProducer":
        client = new_producer(bootstrap, name)
        try:
            async with bounded(patience):
                await client.start()
        except BaseException:
            await end(client, grace=_ABORT_SECONDS)
            raise
        return cls(client, name, patience)

    async def append(self, records: Sequence[Record]) -> None:
        """Raises `Fenced`; `Away` when the brokers are, and from then on when the broker has lost track of this one."""
        if not records:
            return
        if self._fenced:
            raise Fenced(self._name)
        if not self._usable:
            raise Away(f"{self._name} has to be started anew")
        try:
            async with bounded(self._patience):
                await self._client.begin_transaction()
                sent = [
                    await self._client.send(
                        record.topic, record.value, record.key.encode(), headers=list(record.headers)
                    )
                    for record in records
                ]
                # before the commit, which would take what arrived and leave what was refused
                await asyncio.gather(*sent)
                await self._client.commit_transaction()
        except SUPERSEDED as error:
            self._fenced, self._usable = True, False
            raise Fenced(self._name) from error
        except Away:
            # the next producer of the name will end what this one began
            self._usable = False
            raise
        except BaseException as error:
            # what a broker refused leaves a hole in the sequence that it expects of this producer
            self._usable = await self._abort() and not isinstance(error, BrokerResponseError)
            raise

    async def _abort(self) -> bool:
        """Whether the transaction is known to be undone."""
        try:
            async with asyncio.timeout(_ABORT_SECONDS):
                await self._client.abort_transaction()
        except Exception:
            return False
        return True

    async def close(self) -> None:
        await end(self._client, grace=_ABORT_SECONDS if self._usable else 0.1)
