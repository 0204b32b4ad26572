DROP TABLE probe;
DROP INDEX file_size;
DROP INDEX file_unready;
DELETE FROM file WHERE NOT ready;
ALTER TABLE file DROP COLUMN ready;
