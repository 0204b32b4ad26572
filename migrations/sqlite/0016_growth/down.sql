DROP TRIGGER room_joined;
DROP TRIGGER room_changed;
DROP INDEX room_member_active;
ALTER TABLE room_member DROP COLUMN active;
