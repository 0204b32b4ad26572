ALTER TABLE room_member DROP COLUMN answered_seq;
DROP INDEX social_dialog_waiting;
ALTER TABLE social_dialog DROP COLUMN reminded;
ALTER TABLE social_dialog DROP COLUMN claimuntil;
ALTER TABLE social_dialog DROP COLUMN claimuid;
