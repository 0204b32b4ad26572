DROP TABLE reservation;
DROP INDEX account_community;
CREATE INDEX account_community ON account (communityid, role);
ALTER TABLE mailbox DROP COLUMN sent;
DROP TABLE topic_recipient;
DROP TABLE social_message;
DROP TABLE platform_topic;
