DROP INDEX connection_incarnation;
CREATE INDEX connection_slot ON connection (slot, uid);
DROP INDEX mailbox_left;
