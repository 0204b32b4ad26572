-- What a notice tells of stands in its alerts, which stay for as long as it can be taken back: it is
-- of no use any more when none is left. What was kept of that in the notice itself is not needed.
DROP INDEX notice_topic;
ALTER TABLE notice DROP COLUMN uid;
ALTER TABLE notice DROP COLUMN topic;
ALTER TABLE notice DROP COLUMN topicseq;
ALTER TABLE notice DROP COLUMN withdrawn;
