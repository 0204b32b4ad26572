-- One process alone uses none of this: what it is for is said in the migration of PostgreSQL, which nodes share.
ALTER TABLE mailbox ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN slots BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN present BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE video_call ADD COLUMN owner BIGINT;
