DROP INDEX social_signed_endtime;
DROP INDEX social_signed_signtime;
ALTER TABLE social_signed DROP COLUMN endtime;
ALTER TABLE social_signed DROP COLUMN signtime;
