-- The number in the room of the earlier message that one quotes. Its words are in that one alone.
ALTER TABLE social_dialog ADD COLUMN quote BIGINT;
