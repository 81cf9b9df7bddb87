"""The producer: each append is one transaction, and the broker lets only the newest producer of a name write."""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import BrokerResponseError

from bianmin.kit.log import Fenced, Record
from bianmin.kit.log.kafka.clients import Compression, TransactionalProducer, new_producer, stop_client
from bianmin.kit.log.kafka.errors import FENCED_ERRORS, Away, limited

_ABORT_SECONDS = 5.0


class KafkaProducer:
    """The producer of one name. It never restarts by itself: that would fence the producer that fenced it."""

    def __init__(self, client: TransactionalProducer, name: str, max_wait: float) -> None:
        self._client = client
        self._name = name
        self._max_wait = max_wait
        self._fenced = False
        self._usable = True

    @classmethod
    async def start(cls, bootstrap: str, name: str, max_wait: float, compression: Compression) -> "KafkaProducer":
        """Start the producer of this name. Raises `Away`."""
        client = new_producer(bootstrap, name, compression)
        try:
            await limited(client.start(), max_wait)
        except BaseException:
            await stop_client(client, grace=_ABORT_SECONDS)
            raise
        return cls(client, name, max_wait)

    async def append(self, records: Sequence[Record]) -> None:
        """Write all records or none. Raises `Fenced`, and `Away` without a broker and at every later call."""
        if not records:
            return
        if self._fenced:
            raise Fenced(self._name)
        if not self._usable:
            raise Away(f"{self._name} has to be started again")
        try:
            await limited(self._transaction(records), self._max_wait)
        except FENCED_ERRORS as error:
            self._fenced, self._usable = True, False
            raise Fenced(self._name) from error
        except Away:
            # the next producer of the name aborts this transaction
            self._usable = False
            raise
        except BaseException as error:
            # a refused record leaves a gap in the sequence that the broker expects of this producer
            self._usable = await self._abort() and not isinstance(error, BrokerResponseError)
            raise

    async def _transaction(self, records: Sequence[Record]) -> None:
        await self._client.begin_transaction()
        sent = [
            await self._client.send(record.topic, record.value, record.key.encode(), headers=list(record.headers))
            for record in records
        ]
        # wait before the commit, which would commit what arrived without what was refused
        await asyncio.gather(*sent)
        await self._client.commit_transaction()

    async def _abort(self) -> bool:
        """Abort the transaction; whether that succeeded."""
        try:
            await limited(self._client.abort_transaction(), _ABORT_SECONDS)
        except Exception:
            return False
        return True

    async def close(self) -> None:
        """Stop the producer."""
        await stop_client(self._client, grace=_ABORT_SECONDS if self._usable else 0.1)
