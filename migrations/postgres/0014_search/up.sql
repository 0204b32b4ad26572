-- The index of words. A text has an entry once it is indexed; entries are numbered in the order of the texts.
-- `words` holds its terms; store/search/terms.rs says what they are.
CREATE TABLE search_entry (
    id       BIGINT PRIMARY KEY NOT NULL,
    dialogid TEXT NOT NULL UNIQUE,
    words    TSVECTOR NOT NULL
);
-- What is new waits in a list that each search reads to its end: it is kept short (in KiB).
CREATE INDEX search_entry_words ON search_entry USING gin (words) WITH (gin_pending_list_limit = 512);
-- How far it has come: all texts up to this one are indexed, and the last entry has this number.
CREATE TABLE search_mark (
    id       INTEGER PRIMARY KEY NOT NULL,
    dialogid TEXT NOT NULL,
    entryid  BIGINT NOT NULL
);
INSERT INTO search_mark (id, dialogid, entryid) VALUES (1, '00000000000000000000000000', 0);
-- What was withdrawn leaves the index.
CREATE INDEX social_dialog_recalled ON social_dialog (dialogid) WHERE recalled;
