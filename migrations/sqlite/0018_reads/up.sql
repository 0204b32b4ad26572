-- The index of words is made anew: its terms are numbers now, and an entry has those of who may read it
-- (store/search/readers.rs). Until it has come to a message, that one is looked through. What is written to it in
-- many transactions is put together less often.
INSERT INTO search_words (search_words) VALUES ('delete-all');
INSERT INTO search_words (search_words, rank) VALUES ('automerge', 8);
DELETE FROM search_entry;
UPDATE search_mark SET dialogid = '00000000000000000000000000', entryid = 0;

-- The questions that wait are counted without their rows; what the condition asks for stands in it, too.
DROP INDEX social_dialog_waiting;
CREATE INDEX social_dialog_waiting ON social_dialog (createtime, dialogid, roomid, recalled, process) WHERE process = 0;
