"""employers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contract_fact',
    sa.Column('checked_on', sa.Date(), nullable=False),
    sa.Column('workers_without_contract', sa.Integer(), nullable=False),
    sa.Column('hazards_told', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_contract_fact_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_fact'))
    )
    with op.batch_alter_table('contract_fact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_fact_employer_id'), ['employer_id'], unique=False)
    op.create_table('declaration',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('declared_on', sa.Date(), nullable=False),
    sa.Column('receipt_no', sa.String(length=60), nullable=False),
    sa.Column('factors', sa.JSON(), nullable=False),
    sa.Column('changed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_declaration_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration'))
    )
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_declaration_employer_id'), ['employer_id'], unique=False)
    op.create_table('hazard_post',
    sa.Column('seen_on', sa.Date(), nullable=False),
    sa.Column('post', sa.String(length=80), nullable=False),
    sa.Column('factor', sa.String(length=24), nullable=False),
    sa.Column('workers', sa.Integer(), nullable=False),
    sa.Column('has_local_exhaust', sa.Boolean(), nullable=False),
    sa.Column('ppe', sa.String(length=8), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_hazard_post_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazard_post'))
    )
    with op.batch_alter_table('hazard_post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hazard_post_employer_id'), ['employer_id'], unique=False)
    op.create_table('health_exam',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('due_workers', sa.Integer(), nullable=False),
    sa.Column('examined_workers', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_health_exam_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_exam'))
    )
    with op.batch_alter_table('health_exam', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_health_exam_employer_id'), ['employer_id'], unique=False)
    op.create_table('insurance_fact',
    sa.Column('checked_on', sa.Date(), nullable=False),
    sa.Column('insured_workers', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_insurance_fact_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurance_fact'))
    )
    with op.batch_alter_table('insurance_fact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_insurance_fact_employer_id'), ['employer_id'], unique=False)
    op.create_table('project',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('began_on', sa.Date(), nullable=False),
    sa.Column('pre_evaluated_on', sa.Date(), nullable=True),
    sa.Column('designed_on', sa.Date(), nullable=True),
    sa.Column('effect_evaluated_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_project_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project'))
    )
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_employer_id'), ['employer_id'], unique=False)
    op.create_table('risk',
    sa.Column('scheme', sa.String(length=16), nullable=False),
    sa.Column('risk_class', sa.String(length=8), nullable=False),
    sa.Column('version', sa.String(length=60), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('assessed_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_risk_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk'))
    )
    with op.batch_alter_table('risk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_employer_id'), ['employer_id'], unique=False)
    op.create_table('workplace_test',
    sa.Column('tested_on', sa.Date(), nullable=False),
    sa.Column('institution', sa.String(length=120), nullable=False),
    sa.Column('report_no', sa.String(length=60), nullable=True),
    sa.Column('post', sa.String(length=80), nullable=False),
    sa.Column('factor', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Float(), nullable=False),
    sa.Column('unit', sa.String(length=16), nullable=False),
    sa.Column('limit_value', sa.Float(), nullable=True),
    sa.Column('limit_source', sa.String(length=120), nullable=True),
    sa.Column('limit_verified', sa.String(length=8), nullable=True),
    sa.Column('exceeds', sa.Boolean(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employer_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('struck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('struck_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_workplace_test_employer_id_employer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workplace_test'))
    )
    with op.batch_alter_table('workplace_test', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_workplace_test_employer_id'), ['employer_id'], unique=False)
    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name_mask', sa.String(length=8), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_mask', sa.String(length=18), nullable=True),
    sa.Column('id_number_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_index', sa.LargeBinary(), nullable=True),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('health_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('relation', sa.String(length=80), nullable=True),
    sa.Column('consents_to_be_named', sa.Boolean(), nullable=False),
    sa.Column('consent_evidence', sa.String(length=200), nullable=True),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_file.id'], name=op.f('fk_person_case_id_case_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_person_id_number_index', ['id_number_index'], unique=False)
    with op.batch_alter_table('access_log', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.String(length=200), server_default='', nullable=False))
    with op.batch_alter_table('employer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phone', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('legal_rep', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('health_manager', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('is_key', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('key_since', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('key_criteria', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('status', sa.String(length=8), server_default='running', nullable=False))
        batch_op.add_column(sa.Column('risk_level', sa.Integer(), nullable=True))
        batch_op.create_index('ix_employer_risk', ['jurisdiction_id', 'risk_level', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_employer_risk', table_name='employer')
    # not in a batch, which would make the table anew: rows of other tables point at it
    op.drop_column('employer', 'risk_level')
    op.drop_column('employer', 'status')
    op.drop_column('employer', 'key_criteria')
    op.drop_column('employer', 'key_since')
    op.drop_column('employer', 'is_key')
    op.drop_column('employer', 'health_manager')
    op.drop_column('employer', 'legal_rep')
    op.drop_column('employer', 'phone')
    op.drop_column('access_log', 'reason')
    op.drop_table('workplace_test')
    op.drop_table('risk')
    op.drop_table('project')
    op.drop_table('person')
    op.drop_table('insurance_fact')
    op.drop_table('health_exam')
    op.drop_table('hazard_post')
    op.drop_table('declaration')
    op.drop_table('contract_fact')
