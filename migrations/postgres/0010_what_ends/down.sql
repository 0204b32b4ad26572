DROP INDEX social_dialog_claim;
DROP INDEX token_expires;
ALTER TABLE platform_topic DROP COLUMN lastuid;
ALTER TABLE social_dialog DROP COLUMN answerseq;
