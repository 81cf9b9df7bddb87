"""Name the agents of the cases that were registered without naming them: they are recused from complaints."""

from collections.abc import Sequence

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        WITH named AS (
            UPDATE cases SET sequence = sequence + 1 WHERE agent_id IS NOT NULL
            RETURNING id, sequence, agent_id, json_build_object(
                'org', org, 'accepting_org', accepting_org, 'dept', dept,
                'holders', (
                    SELECT coalesce(json_agg(json_build_object(
                        'org', split_part(holder, '/', 1), 'dept', nullif(split_part(holder, '/', 2), '')
                    )), '[]'::json)
                    FROM jsonb_array_elements_text(holders) AS h(holder)
                )
            ) AS access, accepting_org
        )
        INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
        SELECT 'bianmin.intake', id::text, 'cn.bianmin.case.agent_named.v1', convert_to(json_build_object(
            'specversion', '1.0',
            'id', gen_random_uuid(),
            'source', '/bianmin/intake',
            'type', 'cn.bianmin.case.agent_named.v1',
            'subject', id::text,
            'time', to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US"+08:00"'),
            'datacontenttype', 'application/json',
            'dataschema', 'urn:bianmin:schema:cn.bianmin.case.agent_named.v1',
            'sequence', sequence,
            'region', accepting_org,
            'actor', 'system',
            'correlationid', id::text,
            'data', json_build_object('access', access, 'staff', json_build_array(agent_id))
        )::text, 'UTF8')
        FROM named ORDER BY id
        """
    )
