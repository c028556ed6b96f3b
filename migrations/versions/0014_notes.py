"""notes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('case_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_by_id', sa.Integer(), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_case_note_case_id_case_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_note'))
    )
    op.create_index('ix_case_note_case', 'case_note', ['case_id', 'id'], unique=False)
    op.create_table('case_note_wording',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['case_note.id'], name=op.f('fk_case_note_wording_note_id_case_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_note_wording'))
    )
    op.create_index(op.f('ix_case_note_wording_note_id'), 'case_note_wording', ['note_id'], unique=False)
    op.create_index('ix_case_file_newest', 'case_file', ['opened_at', 'id'], unique=False)
    op.create_index('ix_case_file_stage', 'case_file', ['jurisdiction_id', 'stage', 'opened_at', 'id'], unique=False)
    op.create_index('ix_case_file_urgency', 'case_file', ['jurisdiction_id', 'urgency', 'opened_at', 'id'], unique=False)
    op.create_index('ix_case_file_open', 'case_file', ['jurisdiction_id', 'opened_at', 'id'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))


def downgrade() -> None:
    op.drop_index('ix_case_file_open', table_name='case_file')
    op.drop_index('ix_case_file_urgency', table_name='case_file')
    op.drop_index('ix_case_file_stage', table_name='case_file')
    op.drop_index('ix_case_file_newest', table_name='case_file')
    op.drop_table('case_note_wording')
    op.drop_table('case_note')
