"""Announce the staff that the directory has: nobody but routing knew of them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
        SELECT 'bianmin.routing', 'staff/' || id, 'cn.bianmin.staff.changed.v1', convert_to(json_build_object(
            'specversion', '1.0',
            'id', gen_random_uuid(),
            'source', '/bianmin/routing',
            'type', 'cn.bianmin.staff.changed.v1',
            'subject', 'staff/' || id,
            'time', to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US"+08:00"'),
            'datacontenttype', 'application/json',
            'dataschema', 'urn:bianmin:schema:cn.bianmin.staff.changed.v1',
            'sequence', 1,
            'region', org,
            'actor', 'system',
            'correlationid', 'staff/' || id,
            'data', json_build_object('org', org, 'dept', dept, 'roles', to_json(roles))
        )::text, 'UTF8')
        FROM staff ORDER BY id
        """
    )
