ALTER TABLE alert DROP COLUMN webpushed;
DROP TABLE web_push;
DROP TABLE web_subscription;
