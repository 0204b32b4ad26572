INSERT INTO search_words (search_words) VALUES ('delete-all');
INSERT INTO search_words (search_words, rank) VALUES ('automerge', 4);
DELETE FROM search_entry;
UPDATE search_mark SET dialogid = '00000000000000000000000000', entryid = 0;
DROP INDEX social_dialog_waiting;
CREATE INDEX social_dialog_waiting ON social_dialog (createtime, dialogid) WHERE process = 0;
