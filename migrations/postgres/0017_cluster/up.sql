-- What several nodes over one database know of each other; one process alone writes none of it. Times are the
-- database's own, in milliseconds since 1970.

-- `epoch` counts an account's registrations, and what makes its tokens void; `slots` has a bit for each node where it
-- is connected; `present` is what its contacts were told.
ALTER TABLE mailbox ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0, ADD COLUMN slots BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN present BOOLEAN NOT NULL DEFAULT FALSE;
-- The incarnation of the node whose actor leads the call; null where there is one process alone.
ALTER TABLE video_call ADD COLUMN owner BIGINT;

-- The life of a process, from its start or from when it was taken for dead; none is ever used twice.
CREATE SEQUENCE incarnation;

-- The nodes: `slot` is the bit in `mailbox.slots`, and the life of it is over when `until` is past. What is unlogged
-- dies with PostgreSQL, and the nodes write it anew.
CREATE UNLOGGED TABLE node (
    slot        INTEGER PRIMARY KEY CHECK (slot BETWEEN 0 AND 62),
    incarnation BIGINT UNIQUE NOT NULL,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    leaving     BOOLEAN NOT NULL DEFAULT FALSE,
    until       BIGINT NOT NULL
);

-- Who is connected, from which device, to which node; `session` is the connection's number there.
CREATE UNLOGGED TABLE connection (
    uid         TEXT NOT NULL,
    deviceid    TEXT NOT NULL,
    slot        INTEGER NOT NULL,
    incarnation BIGINT NOT NULL,
    session     BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,
    token       BYTEA NOT NULL,
    acks        BOOLEAN NOT NULL,
    entered     BIGINT NOT NULL,
    PRIMARY KEY (uid, deviceid)
);
CREATE INDEX connection_slot ON connection (slot, uid);

-- What one node does for all; `term` grows with each holder.
CREATE TABLE chore (
    name   TEXT PRIMARY KEY NOT NULL,
    holder BIGINT NOT NULL,
    term   BIGINT NOT NULL,
    until  BIGINT NOT NULL
);

-- The brake on guessing passwords, of all nodes together.
CREATE UNLOGGED TABLE attempt (
    key  TEXT PRIMARY KEY NOT NULL,
    used DOUBLE PRECISION NOT NULL,
    at   BIGINT NOT NULL
);
