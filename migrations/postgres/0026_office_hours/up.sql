-- The hours of a week in which a doctor offers appointments: a row for each span of a day, 1 being Monday, in minutes
-- from midnight by a clock that is `utcoffset` minutes ahead of UTC. A doctor without any offers every time.
-- `autoanswer` is the same in all rows of a doctor: whether who writes outside of the hours is told so.
CREATE TABLE office_hours (
    uid        TEXT NOT NULL REFERENCES account (uid),
    weekday    BIGINT NOT NULL,
    begins     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    utcoffset  BIGINT NOT NULL,
    autoanswer BOOLEAN NOT NULL,
    PRIMARY KEY (uid, weekday, begins)
);
