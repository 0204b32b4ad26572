-- Who has taken a question on until when, and whom time has reminded of it: 0 nobody, 1 its doctor,
-- 2 the team's leader too.
ALTER TABLE social_dialog ADD COLUMN claimuid TEXT;
ALTER TABLE social_dialog ADD COLUMN claimuntil BIGINT;
ALTER TABLE social_dialog ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;
-- The duty desk: what waits, oldest first.
CREATE INDEX social_dialog_waiting ON social_dialog (createtime, dialogid) WHERE process = 0;

-- No question of others up to this message waits any more: the member has answered since.
ALTER TABLE room_member ADD COLUMN answered_seq BIGINT NOT NULL DEFAULT 0;
