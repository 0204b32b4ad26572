-- The accounts of a role, newest first; how many of them are closed.
CREATE INDEX account_role ON account (role, uid);
CREATE INDEX account_disabled ON account (role) WHERE disabled;

-- A team's contracts, newest first, of any status or of one; what waits for an answer.
DROP INDEX social_signed_team;
CREATE INDEX social_signed_team ON social_signed (stid, status, sid);
CREATE INDEX social_signed_newest ON social_signed (stid, sid);
CREATE INDEX social_signed_applied ON social_signed (sid) WHERE status = 'applied';

-- How many contracts with a team are in force.
ALTER TABLE team ADD COLUMN signed BIGINT NOT NULL DEFAULT 0;
UPDATE team SET signed =
    (SELECT count(*) FROM social_signed WHERE social_signed.stid = team.stid AND status = 'signed');

-- How many messages were written in each minute since 1970, and how many accounts a role has: both as far as
-- `counted` goes, the id of the last one that is in the number. What came after it is counted when it is asked for.
CREATE TABLE message_count (minute BIGINT PRIMARY KEY NOT NULL, messages BIGINT NOT NULL);
CREATE TABLE tally (name TEXT PRIMARY KEY NOT NULL, counted TEXT NOT NULL, total BIGINT NOT NULL DEFAULT 0);
INSERT INTO tally (name, counted) VALUES ('messages', '0'), ('user', '0'), ('doctor', '0'), ('admin', '0');

-- Who is on duty: of all turns that ever were, those that have not ended.
CREATE INDEX duty_roster_ends ON duty_roster (ends, begins);

-- The newest announcements; mobile notices that wait for the vendor.
CREATE INDEX platform_topic_tag ON platform_topic (tag, topicid);
CREATE INDEX notice_unsent ON notice (createtime) WHERE msgid IS NULL;

-- Somebody's rooms, newest first, with all that a message list asks of each before it knows its page.
DROP INDEX room_member_uid;
CREATE INDEX room_member_uid ON room_member (uid, roomid, left_seq, joined_seq, messageid);
