-- On PostgreSQL pushes are kept by the day. Here a mailbox's pushes stand together, and go in small steps.

-- The hour, since 1970, in which each room of somebody changed last: their list is read from the newest hours on. The
-- database keeps it, so that a message writes it only where it is the first one of an hour.
ALTER TABLE room_member ADD COLUMN active BIGINT NOT NULL DEFAULT 0;
UPDATE room_member SET active = (SELECT updatetime / 3600000 FROM room WHERE room.roomid = room_member.roomid);
CREATE INDEX room_member_active ON room_member (uid, active, roomid, left_seq, joined_seq, messageid) WHERE left_seq IS NULL;
CREATE TRIGGER room_changed AFTER UPDATE OF updatetime ON room
    WHEN NEW.updatetime / 3600000 <> OLD.updatetime / 3600000
BEGIN
    UPDATE room_member SET active = NEW.updatetime / 3600000 WHERE roomid = NEW.roomid;
END;
CREATE TRIGGER room_joined AFTER INSERT ON room_member
BEGIN
    UPDATE room_member SET active = (SELECT updatetime / 3600000 FROM room WHERE room.roomid = NEW.roomid)
    WHERE roomid = NEW.roomid AND uid = NEW.uid;
END;
