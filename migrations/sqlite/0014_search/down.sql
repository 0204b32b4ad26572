DROP INDEX social_dialog_recalled;
DROP TABLE search_mark;
DROP TABLE search_words;
DROP TABLE search_entry;
