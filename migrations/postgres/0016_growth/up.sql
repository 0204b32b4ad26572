-- Pushes, and the bodies that several share, are kept by the day (UTC), so that what is old goes with its table:
-- db/partitions.rs makes and drops them. A body's id says when it was made.
--
-- What is there already stays one table, which is taken in as the partition of all days before the day after
-- tomorrow. It is read once for that, and nothing of it is copied.
ALTER INDEX push_log_pkey RENAME TO push_log_before_pkey;
ALTER INDEX push_log_bodyid RENAME TO push_log_before_bodyid;
ALTER INDEX push_log_dialogid RENAME TO push_log_before_dialogid;
ALTER INDEX push_body_pkey RENAME TO push_body_before_pkey;
ALTER INDEX push_body_dialogid RENAME TO push_body_before_dialogid;
ALTER TABLE push_log RENAME TO push_log_before;
ALTER TABLE push_body RENAME TO push_body_before;

-- Each partition has (uid, seq) as its key: a number is given once, by the mailbox, whatever its day is.
CREATE TABLE push_log (LIKE push_log_before) PARTITION BY RANGE (createtime);
CREATE INDEX push_log_bodyid ON push_log (bodyid) WHERE bodyid IS NOT NULL;
CREATE INDEX push_log_dialogid ON push_log (dialogid) WHERE dialogid IS NOT NULL;
CREATE TABLE push_body (LIKE push_body_before, PRIMARY KEY (bodyid)) PARTITION BY RANGE (bodyid);
CREATE INDEX push_body_dialogid ON push_body (dialogid) WHERE dialogid IS NOT NULL;

-- An empty table is not kept. Where a clock was ahead, the days go on to the last push.
CREATE FUNCTION pg_temp.keep_pushes_before(until DATE) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE push_log ATTACH PARTITION push_log_before FOR VALUES FROM (MINVALUE) TO (%s)',
        extract(epoch FROM until)::bigint * 1000);
    EXECUTE format('ALTER TABLE push_log_before RENAME TO push_log_before_%s', to_char(until, 'YYYY_MM_DD'));
END $$;

-- The first ten signs of an id are its time, 5 bits each.
CREATE FUNCTION pg_temp.least_id(day DATE) RETURNS TEXT LANGUAGE sql AS $$
    SELECT string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
        ((extract(epoch FROM day)::bigint * 1000 >> shift) % 32)::int + 1, 1), '' ORDER BY shift DESC) || repeat('0', 16)
    FROM generate_series(0, 45, 5) AS shift
$$;

DO $$
DECLARE
    until DATE := (now() AT TIME ZONE 'UTC')::date + 2;
BEGIN
    IF NOT EXISTS (SELECT FROM push_log_before) THEN
        DROP TABLE push_log_before;
    ELSE
        BEGIN
            PERFORM pg_temp.keep_pushes_before(until);
        EXCEPTION WHEN check_violation THEN
            PERFORM pg_temp.keep_pushes_before(
                (SELECT (to_timestamp(max(createtime) / 1000) AT TIME ZONE 'UTC')::date + 1 FROM push_log_before));
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM push_body_before) THEN
        DROP TABLE push_body_before;
    ELSE
        WHILE EXISTS (SELECT FROM push_body_before WHERE bodyid >= pg_temp.least_id(until)) LOOP
            until := until + 1;
        END LOOP;
        EXECUTE format('ALTER TABLE push_body ATTACH PARTITION push_body_before FOR VALUES FROM (MINVALUE) TO (%L)',
            pg_temp.least_id(until));
        EXECUTE format('ALTER TABLE push_body_before RENAME TO push_body_before_%s', to_char(until, 'YYYY_MM_DD'));
    END IF;
END $$;
DROP FUNCTION pg_temp.keep_pushes_before(DATE), pg_temp.least_id(DATE);

-- The hour, since 1970, in which each room of somebody changed last: their list is read from the newest hours on. The
-- database keeps it, so that a message writes it only where it is the first one of an hour.
ALTER TABLE room_member ADD COLUMN active BIGINT NOT NULL DEFAULT 0;
UPDATE room_member SET active = (SELECT updatetime / 3600000 FROM room WHERE room.roomid = room_member.roomid);
CREATE INDEX room_member_active ON room_member (uid, active, roomid, left_seq, joined_seq, messageid) WHERE left_seq IS NULL;
CREATE FUNCTION room_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE room_member SET active = NEW.updatetime / 3600000 WHERE roomid = NEW.roomid;
    RETURN NULL;
END $$;
CREATE FUNCTION room_joined() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.active := (SELECT updatetime / 3600000 FROM room WHERE roomid = NEW.roomid);
    RETURN NEW;
END $$;
CREATE TRIGGER room_changed AFTER UPDATE OF updatetime ON room FOR EACH ROW
    WHEN (NEW.updatetime / 3600000 <> OLD.updatetime / 3600000) EXECUTE FUNCTION room_changed();
CREATE TRIGGER room_joined BEFORE INSERT ON room_member FOR EACH ROW EXECUTE FUNCTION room_joined();
