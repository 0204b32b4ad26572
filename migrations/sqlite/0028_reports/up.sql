-- When a contract came into force, and when it was refused or ended: `updatetime` is that of the last change alone. Of a
-- contract that was over before, it is not known when it had come into force.
ALTER TABLE social_signed ADD COLUMN signtime BIGINT;
ALTER TABLE social_signed ADD COLUMN endtime BIGINT;
UPDATE social_signed SET signtime = updatetime WHERE status = 'signed';
UPDATE social_signed SET endtime = updatetime WHERE status IN ('rejected', 'ended', 'expired');

-- What came into force, or was over, in a period.
CREATE INDEX social_signed_signtime ON social_signed (signtime);
CREATE INDEX social_signed_endtime ON social_signed (endtime);
