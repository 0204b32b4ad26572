DROP TABLE attempt, chore, connection, node;
DROP SEQUENCE incarnation;
ALTER TABLE video_call DROP COLUMN owner;
ALTER TABLE mailbox DROP COLUMN present, DROP COLUMN slots, DROP COLUMN epoch;
