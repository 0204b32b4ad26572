CREATE INDEX push_log_createtime ON push_log (createtime);
DROP INDEX push_body_dialogid;
DROP INDEX push_log_dialogid;
ALTER TABLE push_body DROP COLUMN dialogid;
ALTER TABLE push_log DROP COLUMN dialogid;
