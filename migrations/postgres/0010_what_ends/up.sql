-- The number in the room of the message that answered a question: withdrawing that one reopens the question.
ALTER TABLE social_dialog ADD COLUMN answerseq BIGINT;
-- Tokens run out one by one, and what hangs on them goes with them.
CREATE INDEX token_expires ON token (expires);
-- Those of tokens that ran out before are nobody's any more.
DELETE FROM device
WHERE token IS NOT NULL AND NOT EXISTS (SELECT 1 FROM token WHERE token.hash = device.token);
-- A claim ends when who made it goes off duty.
CREATE INDEX social_dialog_claim ON social_dialog (claimuid) WHERE process = 0 AND claimuid IS NOT NULL;
-- The last account, in the order of the ids, when an announcement was made: its audience ends there.
ALTER TABLE platform_topic ADD COLUMN lastuid TEXT;

-- A room of a resident and a doctor is open exactly while a contract in force binds them.
UPDATE room SET open = EXISTS (
    SELECT 1 FROM room_member AS resident
    JOIN room_member AS doctor ON doctor.roomid = resident.roomid
    JOIN social_signed ON social_signed.uid = resident.uid AND social_signed.status = 'signed'
    JOIN team_doctor ON team_doctor.stid = social_signed.stid AND team_doctor.uid = doctor.uid
    WHERE resident.roomid = room.roomid
) WHERE kind = 'alonechat';
-- Nobody is missing in such a room while it is open; who was sees what is written from now on.
UPDATE room_member SET
    joined_seq = (SELECT seq FROM room WHERE room.roomid = room_member.roomid),
    read_seq = (SELECT seq FROM room WHERE room.roomid = room_member.roomid),
    written_read = written,
    left_seq = NULL
WHERE left_seq IS NOT NULL AND roomid IN (SELECT roomid FROM room WHERE kind = 'alonechat' AND open);

-- A telephone number of mainland China has one form, without its country's code. Of two accounts that
-- would have the same number, the older one gets it.
WITH mobile AS (
    SELECT uid, role, login, right(login, 11) AS number FROM account
    WHERE login ~ '^(\+86|0086|86)?1[3-9][0-9]{9}$'
)
UPDATE account SET login = (SELECT number FROM mobile WHERE mobile.uid = account.uid)
WHERE uid IN (
    SELECT uid FROM mobile WHERE login <> number AND NOT EXISTS (
        SELECT 1 FROM mobile AS other WHERE other.role = mobile.role AND other.number = mobile.number
            AND (other.login = other.number OR other.uid < mobile.uid)
    )
);
