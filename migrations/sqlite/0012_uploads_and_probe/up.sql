-- A file's row is there from the beginning of its upload; `ready` once its bytes are.
ALTER TABLE file ADD COLUMN ready BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX file_unready ON file (createtime) WHERE NOT ready;
-- How many bytes somebody's files have.
CREATE INDEX file_size ON file (uid, size);

-- What is written to find out whether the database takes anything: one row.
CREATE TABLE probe (id INTEGER PRIMARY KEY NOT NULL, at BIGINT NOT NULL);
INSERT INTO probe (id, at) VALUES (1, 0);
