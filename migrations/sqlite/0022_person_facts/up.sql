-- What is known of a resident as a person, as they or a doctor of theirs wrote it: a row for each fact, with who wrote it last.
CREATE TABLE person_fact (
    uid        TEXT NOT NULL REFERENCES account (uid),
    kind       TEXT NOT NULL,
    content    TEXT NOT NULL,
    byuid      TEXT NOT NULL REFERENCES account (uid),
    updatetime BIGINT NOT NULL,
    PRIMARY KEY (uid, kind)
) WITHOUT ROWID;
