DROP TABLE notice;
DROP TABLE alert;
DROP TABLE device_alias;
DROP INDEX device_token;
ALTER TABLE device DROP COLUMN acks;
ALTER TABLE device DROP COLUMN token;
DROP TABLE room_delivery;
ALTER TABLE mailbox DROP COLUMN told;
