-- The index of words is made anew: its terms are numbers now, and an entry has those of who may read it
-- (store/search/readers.rs). Until it has come to a message, that one is looked through. What is new goes into the
-- index with the transaction that writes it (store/search/index.rs); the list beside it has room for that (in KiB).
DROP TABLE search_entry;
CREATE TABLE search_entry (
    id       BIGINT PRIMARY KEY NOT NULL,
    dialogid TEXT NOT NULL UNIQUE,
    terms    INTEGER[] NOT NULL
);
CREATE INDEX search_entry_terms ON search_entry USING gin (terms) WITH (gin_pending_list_limit = 65536);
UPDATE search_mark SET dialogid = '00000000000000000000000000', entryid = 0;

-- An announcement writes these rows by the hundred thousand, of accounts that it has just read and of its own topic,
-- neither of which is ever deleted: to look for both of each row, and to lock the account, was a third of its work.
ALTER TABLE social_message
    DROP CONSTRAINT social_message_uid_fkey,
    DROP CONSTRAINT social_message_topicid_fkey;
ALTER TABLE topic_recipient
    DROP CONSTRAINT topic_recipient_uid_fkey,
    DROP CONSTRAINT topic_recipient_topicid_fkey;
