-- The index of words. A text has an entry once it is indexed; entries are numbered in the order of the texts.
CREATE TABLE search_entry (
    id       INTEGER PRIMARY KEY NOT NULL,
    dialogid TEXT NOT NULL UNIQUE
);
-- The terms of the entry `rowid`; store/search/terms.rs says what they are. The texts are not kept twice.
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
-- How far it has come: all texts up to this one are indexed, and the last entry has this number.
CREATE TABLE search_mark (
    id       INTEGER PRIMARY KEY NOT NULL,
    dialogid TEXT NOT NULL,
    entryid  BIGINT NOT NULL
);
INSERT INTO search_mark (id, dialogid, entryid) VALUES (1, '00000000000000000000000000', 0);
-- What was withdrawn leaves the index.
CREATE INDEX social_dialog_recalled ON social_dialog (dialogid) WHERE recalled;
