DROP INDEX login_record_createtime;
DROP INDEX known_address_seen;
ALTER TABLE known_address DROP COLUMN seen;
