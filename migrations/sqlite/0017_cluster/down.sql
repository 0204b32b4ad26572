ALTER TABLE video_call DROP COLUMN owner;
ALTER TABLE mailbox DROP COLUMN present;
ALTER TABLE mailbox DROP COLUMN slots;
ALTER TABLE mailbox DROP COLUMN epoch;
