DROP TABLE search_entry;
CREATE TABLE search_entry (
    id       BIGINT PRIMARY KEY NOT NULL,
    dialogid TEXT NOT NULL UNIQUE,
    words    TSVECTOR NOT NULL
);
CREATE INDEX search_entry_words ON search_entry USING gin (words) WITH (gin_pending_list_limit = 512);
UPDATE search_mark SET dialogid = '00000000000000000000000000', entryid = 0;
ALTER TABLE social_message
    ADD FOREIGN KEY (uid) REFERENCES account (uid),
    ADD FOREIGN KEY (topicid) REFERENCES platform_topic (topicid);
ALTER TABLE topic_recipient
    ADD FOREIGN KEY (uid) REFERENCES account (uid),
    ADD FOREIGN KEY (topicid) REFERENCES platform_topic (topicid);
