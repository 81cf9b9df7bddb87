"""The tables of the log, which are in no service's migrations."""

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
    # no foreign key: an append locks the partition's row anyway, and a check would cost more than the entry
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
    # the members of a group, and when their lease ends
    """
    CREATE TABLE IF NOT EXISTS member (
        id         uuid        PRIMARY KEY,
        group_name text        NOT NULL,
        topics     text[]      NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    # how far a group has read a partition, and which member reads it; a claim without a live member is free
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

# two sessions that create the same table at once would fail on the catalog's unique index
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('bianmin log tables', 0))"

# an existing topic keeps its number of partitions: with another number its keys would move
INSERT_TOPICS = """
INSERT INTO partition (topic, number)
SELECT topic, number FROM unnest($1::text[]) AS topic CROSS JOIN generate_series(0, $2::int - 1) AS number
WHERE NOT EXISTS (SELECT FROM partition WHERE partition.topic = topic.topic)
ORDER BY topic, number
"""
