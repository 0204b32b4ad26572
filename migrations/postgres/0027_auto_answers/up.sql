-- When a resident was last told in a room that its doctor is out of hours, so that it is told once in a while.
CREATE TABLE auto_answer (
    roomid   TEXT PRIMARY KEY NOT NULL REFERENCES room (roomid),
    answered BIGINT NOT NULL
);
