"""The tables of the log. They are its own: no service's migration knows them."""

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS partition (
        id          smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic       text     NOT NULL,
        number      smallint NOT NULL,
        next_offset bigint   NOT NULL DEFAULT 0,
        UNIQUE (topic, number)
    ) WITH (fillfactor = 50)
    """,
    # no foreign key: an append holds the partition's row, and a check per entry would cost more than the entry
    """
    CREATE TABLE IF NOT EXISTS record (
        "offset"     bigint      NOT NULL,
        appended_at  timestamptz NOT NULL DEFAULT now(),
        partition_id smallint    NOT NULL,
        key          text        NOT NULL,
        headers      text,
        value        bytea,
        PRIMARY KEY (partition_id, "offset")
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS producer (
        name  text   PRIMARY KEY,
        epoch bigint NOT NULL
    )
    """,
    # who is in a group, until when
    """
    CREATE TABLE IF NOT EXISTS member (
        id         uuid        PRIMARY KEY,
        group_name text        NOT NULL,
        topics     text[]      NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    # how far a group has read a partition, and who reads on; a claim of somebody who is no member any more is free
    """
    CREATE TABLE IF NOT EXISTS claim (
        group_name   text     NOT NULL,
        partition_id smallint NOT NULL,
        next_offset  bigint   NOT NULL DEFAULT 0,
        token        bigint   NOT NULL DEFAULT 1,
        member_id    uuid,
        PRIMARY KEY (group_name, partition_id)
    ) WITH (fillfactor = 50)
    """,
)

# one at a time: two sessions that create the same table at once fail on the catalog's unique index
TURN = "SELECT pg_advisory_xact_lock(hashtextextended('bianmin log tables', 0))"

# a topic that is there keeps its number of partitions, for with another one its keys would move
MISSING = """
INSERT INTO partition (topic, number)
SELECT topic, number FROM unnest($1::text[]) AS topic CROSS JOIN generate_series(0, $2::int - 1) AS number
WHERE NOT EXISTS (SELECT FROM partition WHERE partition.topic = topic.topic)
ORDER BY topic, number
"""
