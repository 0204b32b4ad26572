DROP INDEX attempt_at;
TRUNCATE attempt;
ALTER TABLE attempt ADD COLUMN used DOUBLE PRECISION NOT NULL;
DROP INDEX connection_incarnation;
CREATE INDEX connection_slot ON connection (slot, uid);
DROP INDEX mailbox_left;
