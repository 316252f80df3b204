"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "action",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=True),
        sa.Column("agreement", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("taken_on_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index(op.f("ix_action_forum"), "action", ["forum"], unique=False)
    op.create_index(op.f("ix_action_meeting"), "action", ["meeting"], unique=False)
    op.create_index(op.f("ix_action_state"), "action", ["state"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_as", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_forum"), "agreement", ["forum"], unique=False)
    op.create_index(op.f("ix_agreement_meeting"), "agreement", ["meeting"], unique=False)
    op.create_index(op.f("ix_agreement_state"), "agreement", ["state"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summons", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("represents", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_as", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_summons"), "call", ["summons"], unique=False)
    op.create_table(
        "callstep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callstep")),
    )
    op.create_index(op.f("ix_callstep_call"), "callstep", ["call"], unique=False)
    op.create_index(op.f("ix_callstep_mxid"), "callstep", ["mxid"], unique=False)
    op.create_table(
        "carryback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("own_part", sa.Boolean(), nullable=False),
        sa.Column("part", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("receiver_mxid", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receive_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carry_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.String(), nullable=True),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carried_by", sa.String(), nullable=True),
        sa.Column("carried_how", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_how", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carryback")),
    )
    op.create_index(op.f("ix_carryback_carrier"), "carryback", ["carrier"], unique=False)
    op.create_index(op.f("ix_carryback_meeting"), "carryback", ["meeting"], unique=False)
    op.create_index(
        op.f("ix_carryback_receiver_mxid"), "carryback", ["receiver_mxid"], unique=False
    )
    op.create_index(op.f("ix_carryback_state"), "carryback", ["state"], unique=False)
    op.create_table(
        "concerned",
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "function", name=op.f("pk_concerned")),
    )
    op.create_table(
        "counter",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_counter")),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_deadline_kind_subject")),
    )
    op.create_index(op.f("ix_deadline_due_at"), "deadline", ["due_at"], unique=False)
    op.create_table(
        "handled",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_handled")),
    )
    op.create_index(op.f("ix_handled_handled_at"), "handled", ["handled_at"], unique=False)
    op.create_table(
        "holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    op.create_index(op.f("ix_holding_function"), "holding", ["function"], unique=False)
    op.create_index(op.f("ix_holding_mxid"), "holding", ["mxid"], unique=False)
    op.create_table(
        "kept",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept")),
    )
    op.create_table(
        "letter",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("object", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_letter")),
        sa.UniqueConstraint("id", name=op.f("uq_letter_id")),
    )
    op.create_index(op.f("ix_letter_event_id"), "letter", ["event_id"], unique=False)
    op.create_index(op.f("ix_letter_object"), "letter", ["object"], unique=False)
    op.create_index(op.f("ix_letter_place"), "letter", ["place"], unique=False)
    op.create_index(op.f("ix_letter_sent_at"), "letter", ["sent_at"], unique=False)
    op.create_index(op.f("ix_letter_subject"), "letter", ["subject"], unique=False)
    op.create_table(
        "logentry",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=True),
        sa.Column("function", sa.String(), nullable=True),
        sa.Column("mxid", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_logentry")),
        sa.UniqueConstraint("hash", name=op.f("uq_logentry_hash")),
    )
    op.create_index(op.f("ix_logentry_forum"), "logentry", ["forum"], unique=False)
    op.create_index(op.f("ix_logentry_subject"), "logentry", ["subject"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_forum"), "meeting", ["forum"], unique=False)
    op.create_index(op.f("ix_meeting_starts_at"), "meeting", ["starts_at"], unique=False)
    op.create_index(op.f("ix_meeting_state"), "meeting", ["state"], unique=False)
    op.create_table(
        "member",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("membership", sa.String(), nullable=False),
        sa.Column("by_choice", sa.Boolean(), nullable=False),
        sa.Column("asked_back", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "mxid", name=op.f("pk_member")),
    )
    op.create_table(
        "person",
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("mxid", name=op.f("pk_person")),
    )
    op.create_table(
        "position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchored_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    op.create_index(op.f("ix_position_agreement"), "position", ["agreement"], unique=False)
    op.create_table(
        "room",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=True),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_room")),
        sa.UniqueConstraint("room_id", name=op.f("uq_room_room_id")),
    )
    op.create_table(
        "summons",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("first_minutes", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summons")),
    )
    op.create_index(op.f("ix_summons_meeting"), "summons", ["meeting"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_summons_meeting"), table_name="summons")
    op.drop_table("summons")
    op.drop_table("room")
    op.drop_index(op.f("ix_position_agreement"), table_name="position")
    op.drop_table("position")
    op.drop_table("person")
    op.drop_table("member")
    op.drop_index(op.f("ix_meeting_state"), table_name="meeting")
    op.drop_index(op.f("ix_meeting_starts_at"), table_name="meeting")
    op.drop_index(op.f("ix_meeting_forum"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_logentry_subject"), table_name="logentry")
    op.drop_index(op.f("ix_logentry_forum"), table_name="logentry")
    op.drop_table("logentry")
    op.drop_index(op.f("ix_letter_subject"), table_name="letter")
    op.drop_index(op.f("ix_letter_sent_at"), table_name="letter")
    op.drop_index(op.f("ix_letter_place"), table_name="letter")
    op.drop_index(op.f("ix_letter_object"), table_name="letter")
    op.drop_index(op.f("ix_letter_event_id"), table_name="letter")
    op.drop_table("letter")
    op.drop_table("kept")
    op.drop_index(op.f("ix_holding_mxid"), table_name="holding")
    op.drop_index(op.f("ix_holding_function"), table_name="holding")
    op.drop_table("holding")
    op.drop_index(op.f("ix_handled_handled_at"), table_name="handled")
    op.drop_table("handled")
    op.drop_index(op.f("ix_deadline_due_at"), table_name="deadline")
    op.drop_table("deadline")
    op.drop_table("counter")
    op.drop_table("concerned")
    op.drop_index(op.f("ix_carryback_state"), table_name="carryback")
    op.drop_index(op.f("ix_carryback_receiver_mxid"), table_name="carryback")
    op.drop_index(op.f("ix_carryback_meeting"), table_name="carryback")
    op.drop_index(op.f("ix_carryback_carrier"), table_name="carryback")
    op.drop_table("carryback")
    op.drop_index(op.f("ix_callstep_mxid"), table_name="callstep")
    op.drop_index(op.f("ix_callstep_call"), table_name="callstep")
    op.drop_table("callstep")
    op.drop_index(op.f("ix_call_summons"), table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_agreement_state"), table_name="agreement")
    op.drop_index(op.f("ix_agreement_meeting"), table_name="agreement")
    op.drop_index(op.f("ix_agreement_forum"), table_name="agreement")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_action_state"), table_name="action")
    op.drop_index(op.f("ix_action_meeting"), table_name="action")
    op.drop_index(op.f("ix_action_forum"), table_name="action")
    op.drop_table("action")
