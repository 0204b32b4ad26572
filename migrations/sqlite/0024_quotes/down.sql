ALTER TABLE social_dialog DROP COLUMN quote;
