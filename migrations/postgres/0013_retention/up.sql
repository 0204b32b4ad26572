-- When somebody last logged in from a network: it is forgotten a year later.
ALTER TABLE known_address ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;
UPDATE known_address SET seen = CAST(extract(epoch FROM now()) AS BIGINT) * 1000;
CREATE INDEX known_address_seen ON known_address (seen);
-- Records of connections are deleted by their age.
CREATE INDEX login_record_createtime ON login_record (createtime);
