-- A push that carries a message says which, so that withdrawing the message finds every push of it.
-- It stands beside the words: in the push, or in the body that several share.
ALTER TABLE push_log ADD COLUMN dialogid TEXT;
ALTER TABLE push_body ADD COLUMN dialogid TEXT;
-- A message can be withdrawn for two minutes; older pushes need not be found.
UPDATE push_log SET dialogid = json_extract(shared, '$.data.dialogid')
    WHERE createtime > (strftime('%s', 'now') - 600) * 1000 AND shared IS NOT NULL;
UPDATE push_body SET dialogid = json_extract(shared, '$.data.dialogid')
    WHERE bodyid IN (SELECT bodyid FROM push_log WHERE createtime > (strftime('%s', 'now') - 600) * 1000);
CREATE INDEX push_log_dialogid ON push_log (dialogid) WHERE dialogid IS NOT NULL;
CREATE INDEX push_body_dialogid ON push_body (dialogid) WHERE dialogid IS NOT NULL;
-- What is old is found mailbox by mailbox, from its oldest push on.
DROP INDEX push_log_createtime;
