-- Who has left the service and was not told of yet: as long as they may come back, and no longer.
CREATE INDEX mailbox_left ON mailbox (uid) WHERE present AND slots = 0;
-- What nodes have left that do not live is found between the numbers of those that do.
DROP INDEX connection_slot;
CREATE INDEX connection_incarnation ON connection (incarnation, uid);
-- A bucket needs no more than when it will be full.
ALTER TABLE attempt DROP COLUMN used;
CREATE INDEX attempt_at ON attempt (at);
