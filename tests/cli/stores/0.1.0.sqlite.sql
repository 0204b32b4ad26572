PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "__diesel_schema_migrations" VALUES('0001','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0002','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0003','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0004','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0005','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0006','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0007','2026-11-27 12:10:55');
INSERT INTO "__diesel_schema_migrations" VALUES('0008','2026-11-27 12:10:55');
CREATE TABLE account (
    uid         TEXT PRIMARY KEY NOT NULL,
    role        TEXT NOT NULL,
    login       TEXT NOT NULL,
    password    TEXT NOT NULL,
    name        TEXT NOT NULL,
    communityid TEXT REFERENCES community (communityid),
    title       TEXT,
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    createtime  BIGINT NOT NULL,
    UNIQUE (role, login)
);
INSERT INTO "account" VALUES('01m8eemvnr4kcvxy2p3r4v7a1p','admin','admin','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','后台管理员',NULL,NULL,0,1795781455544);
INSERT INTO "account" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q','doctor','doctor1','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','王医生','01m8eemvnr4kcvxy2p3r4v7a1n','主任医师',0,1795781455544);
INSERT INTO "account" VALUES('01m8eemvnsvc556qxn7yf7z2v5','doctor','doctor2','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','李医生','01m8eemvnr4kcvxy2p3r4v7a1n','主治医师',0,1795781455544);
INSERT INTO "account" VALUES('01m8eemvnsvc556qxn7yf7z2v6','doctor','doctor3','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','赵医生','01m8eemvnr4kcvxy2p3r4v7a1n','住院医师',0,1795781455544);
INSERT INTO "account" VALUES('01m8eemvnsvc556qxn7yf7z2v7','user','resident1','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','张三','01m8eemvnr4kcvxy2p3r4v7a1n',NULL,0,1795781455544);
INSERT INTO "account" VALUES('01m8eemvnsvc556qxn7yf7z2v8','user','resident2','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','李四','01m8eemvnr4kcvxy2p3r4v7a1n',NULL,0,1795781455544);
INSERT INTO "account" VALUES('01m8eemvnsvc556qxn7yf7z2v9','user','resident3','$argon2id$v=19$m=19456,t=2,p=1$iA8tcuBQIyiJ9sgalFI5IA$DzHPHIl4M7yEcKqNzrsObO16M+lLI8XBDMBzPNKSbyY','王五','01m8eemvnr4kcvxy2p3r4v7a1n',NULL,0,1795781455544);
CREATE TABLE alert (
    alertid    INTEGER PRIMARY KEY,
    uid        TEXT NOT NULL REFERENCES account (uid),
    seq        BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,
    content    TEXT NOT NULL,
    extras     TEXT NOT NULL,
    topic      TEXT,
    topicseq   BIGINT,
    author     TEXT,
    createtime BIGINT NOT NULL,
    due        BIGINT NOT NULL,
    noticeid   TEXT
);
CREATE TABLE community (
    communityid TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    createtime  BIGINT NOT NULL
);
INSERT INTO "community" VALUES('01m8eemvnr4kcvxy2p3r4v7a1n','幸福社区',0,1795781455544);
CREATE TABLE device (
    deviceid   TEXT PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    platform   TEXT,
    updatetime BIGINT NOT NULL
, token BLOB, acks BOOLEAN NOT NULL DEFAULT FALSE) WITHOUT ROWID;
CREATE TABLE device_alias (
    deviceid TEXT PRIMARY KEY NOT NULL,
    uid      TEXT REFERENCES account (uid),
    told     TEXT REFERENCES account (uid),
    due      BIGINT,
    tries    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE duty_roster (
    rosterid TEXT PRIMARY KEY NOT NULL,
    uid      TEXT NOT NULL REFERENCES account (uid),
    begins   BIGINT NOT NULL,
    ends     BIGINT
);
INSERT INTO "duty_roster" VALUES('01m8eemvnsvc556qxn7yf7z2vh','01m8eemvnsvc556qxn7yf7z2v6',1795781455544,NULL);
CREATE TABLE file (
    fileid     TEXT PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    kind       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    name       TEXT,
    size       BIGINT NOT NULL,
    sent       BOOLEAN NOT NULL DEFAULT FALSE,
    createtime BIGINT NOT NULL
);
CREATE TABLE file_sent (
    fileid  TEXT NOT NULL REFERENCES file (fileid),
    roomid  TEXT NOT NULL,
    roomseq BIGINT NOT NULL,
    PRIMARY KEY (fileid, roomid, roomseq)
) WITHOUT ROWID;
CREATE TABLE friend_request (
    roomid     TEXT PRIMARY KEY NOT NULL REFERENCES room (roomid),
    fromuid    TEXT NOT NULL REFERENCES account (uid),
    touid      TEXT NOT NULL REFERENCES account (uid),
    createtime BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE known_address (
    uid     TEXT NOT NULL REFERENCES account (uid),
    address TEXT NOT NULL,
    PRIMARY KEY (uid, address)
) WITHOUT ROWID;
INSERT INTO "known_address" VALUES('01m8eemvnr4kcvxy2p3r4v7a1p','127.0.0.1');
INSERT INTO "known_address" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q','127.0.0.1');
INSERT INTO "known_address" VALUES('01m8eemvnsvc556qxn7yf7z2v5','127.0.0.1');
INSERT INTO "known_address" VALUES('01m8eemvnsvc556qxn7yf7z2v7','127.0.0.1');
CREATE TABLE login_record (
    uid        TEXT NOT NULL REFERENCES account (uid),
    createtime BIGINT NOT NULL,
    recordid   TEXT NOT NULL,
    deviceid   TEXT NOT NULL,
    platform   TEXT,
    address    TEXT NOT NULL,
    PRIMARY KEY (uid, recordid)
) WITHOUT ROWID;
CREATE TABLE mailbox (
    uid    TEXT PRIMARY KEY NOT NULL REFERENCES account (uid),
    seq    BIGINT NOT NULL DEFAULT 0,
    acked  BIGINT NOT NULL DEFAULT 0,
    pruned BIGINT NOT NULL DEFAULT 0
, sent BIGINT NOT NULL DEFAULT 0, told BIGINT NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT INTO "mailbox" VALUES('01m8eemvnr4kcvxy2p3r4v7a1p',0,0,0,0,0);
INSERT INTO "mailbox" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q',5,0,0,0,0);
INSERT INTO "mailbox" VALUES('01m8eemvnsvc556qxn7yf7z2v5',3,0,0,0,0);
INSERT INTO "mailbox" VALUES('01m8eemvnsvc556qxn7yf7z2v6',1,0,0,0,0);
INSERT INTO "mailbox" VALUES('01m8eemvnsvc556qxn7yf7z2v7',5,0,0,0,0);
INSERT INTO "mailbox" VALUES('01m8eemvnsvc556qxn7yf7z2v8',1,0,0,0,0);
INSERT INTO "mailbox" VALUES('01m8eemvnsvc556qxn7yf7z2v9',1,0,0,0,0);
CREATE TABLE notice (
    noticeid   TEXT PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,
    content    TEXT NOT NULL,
    extras     TEXT NOT NULL,
    cid        TEXT,
    msgid      BIGINT,
    createtime BIGINT NOT NULL,
    due        BIGINT,
    tries      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE platform_topic (
    topicid     TEXT PRIMARY KEY NOT NULL,
    tag         TEXT NOT NULL,
    author      TEXT NOT NULL REFERENCES account (uid),
    clientid    TEXT,
    title       TEXT NOT NULL,
    content     TEXT NOT NULL,
    data        TEXT NOT NULL,
    audience    TEXT,
    communityid TEXT REFERENCES community (communityid),
    stid        TEXT REFERENCES team (stid),
    createtime  BIGINT NOT NULL,
    progress    TEXT NOT NULL DEFAULT '',
    sent        BIGINT NOT NULL DEFAULT 0,
    finished    BOOLEAN NOT NULL
) WITHOUT ROWID;
INSERT INTO "platform_topic" VALUES('01m8eemvx5ngp45gv90k2c7fbz','system','01m8eemvnr4kcvxy2p3r4v7a1p',NULL,'流感疫苗','周六上午可以接种。','{"url":null}','all',NULL,NULL,1795781455781,'01m8eemvnsvc556qxn7yf7z2v9',6,1);
CREATE TABLE push_body (
    bodyid TEXT PRIMARY KEY NOT NULL,
    shared TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "push_body" VALUES('01m8eemvx3yttmzgd7s4wfp0we','{"roomid":"01m8eemvx3yttmzgd7s4wfp0wa","members":[{"uid":"01m8eemvnr4kcvxy2p3r4v7a1q","name":"王医生","role":"doctor"},{"uid":"01m8eemvnsvc556qxn7yf7z2v5","name":"李医生","role":"doctor"},{"uid":"01m8eemvnsvc556qxn7yf7z2v7","name":"张三","role":"user"}],"by":"01m8eemvnr4kcvxy2p3r4v7a1q"}');
INSERT INTO "push_body" VALUES('01m8eemvx5ngp45gv90k2c7fby','{"tags":["discussion"],"content":"每天记录一次","updatetime":"2026-11-27T12:10:55.780Z","data":{"roomid":"01m8eemvx3yttmzgd7s4wfp0wa","dialogid":"01m8eemvx5ngp45gv90k2c7fbx","roomseq":1,"kind":"text","body":"每天记录一次","clientid":null,"from":{"uid":"01m8eemvnr4kcvxy2p3r4v7a1q","name":"王医生","role":"doctor"}}}');
INSERT INTO "push_body" VALUES('01m8eemvx66ahhg4tvrhw185xx','{"tags":["system"],"content":"周六上午可以接种。","updatetime":"2026-11-27T12:10:55.782Z","data":{"topicid":"01m8eemvx5ngp45gv90k2c7fbz","url":null}}');
INSERT INTO "push_body" VALUES('01m8eemvx8zpzejbwcszhxvg5y','{"roomid":"01m8eemvntrmv1gyn3vjdtt50d","dialogid":"01m8eemvx7braxnpt3jdbwr1nb","roomseq":3,"by":"01m8eemvnsvc556qxn7yf7z2v7"}');
CREATE TABLE push_log (
    uid        TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    name       TEXT NOT NULL,
    own        TEXT,
    shared     TEXT,
    bodyid     TEXT,
    createtime BIGINT NOT NULL,
    PRIMARY KEY (uid, seq)
) WITHOUT ROWID;
INSERT INTO "push_log" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q',1,'S2C_ALONECHAT_PUSH','{"messageid":"01m8eemvntrmv1gyn3vjdtt50f","uid":"01m8eemvnr4kcvxy2p3r4v7a1q","title":"张三","unread":1}','{"tags":["alonechat"],"content":"头痛三天了，血压 150/95","updatetime":"2026-11-27T12:10:55.772Z","data":{"roomid":"01m8eemvntrmv1gyn3vjdtt50d","dialogid":"01m8eemvwwzq2sxjv2890f7g3w","roomseq":1,"kind":"text","body":"头痛三天了，血压 150/95","clientid":null,"from":{"uid":"01m8eemvnsvc556qxn7yf7z2v7","name":"张三","role":"user"},"dutyinfo":{"dutyuid":null,"process":0}}}',NULL,1795781455772);
INSERT INTO "push_log" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q',2,'S2C_TEAMMEMBER_ENTER',NULL,NULL,'01m8eemvx3yttmzgd7s4wfp0we',1795781455779);
INSERT INTO "push_log" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q',3,'S2C_SYSTEM_PUSH','{"messageid":"01m8eemvx66ahhg4tvrhw185xq","uid":"01m8eemvnr4kcvxy2p3r4v7a1q","title":"流感疫苗","unread":1}',NULL,'01m8eemvx66ahhg4tvrhw185xx',1795781455782);
INSERT INTO "push_log" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q',4,'S2C_ALONECHAT_PUSH','{"messageid":"01m8eemvntrmv1gyn3vjdtt50f","uid":"01m8eemvnr4kcvxy2p3r4v7a1q","title":"张三","unread":2}','{"tags":["alonechat"],"content":"[消息已撤回]","updatetime":"2026-11-27T12:10:55.783Z","data":{"roomid":"01m8eemvntrmv1gyn3vjdtt50d","dialogid":"01m8eemvx7braxnpt3jdbwr1nb","roomseq":3,"kind":"text","body":null,"clientid":null,"from":{"uid":"01m8eemvnsvc556qxn7yf7z2v7","name":"张三","role":"user"},"dutyinfo":{"dutyuid":null,"process":0}}}',NULL,1795781455783);
INSERT INTO "push_log" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q',5,'S2C_RECALL_PUSH',NULL,NULL,'01m8eemvx8zpzejbwcszhxvg5y',1795781455784);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v5',1,'S2C_TEAMMEMBER_ENTER',NULL,NULL,'01m8eemvx3yttmzgd7s4wfp0we',1795781455779);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v5',2,'S2C_TEAMCHAT_PUSH','{"messageid":"01m8eemvx3yttmzgd7s4wfp0wc","uid":"01m8eemvnsvc556qxn7yf7z2v5","title":"高血压小组","unread":1}',NULL,'01m8eemvx5ngp45gv90k2c7fby',1795781455780);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v5',3,'S2C_SYSTEM_PUSH','{"messageid":"01m8eemvx66ahhg4tvrhw185xr","uid":"01m8eemvnsvc556qxn7yf7z2v5","title":"流感疫苗","unread":1}',NULL,'01m8eemvx66ahhg4tvrhw185xx',1795781455782);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v6',1,'S2C_SYSTEM_PUSH','{"messageid":"01m8eemvx66ahhg4tvrhw185xs","uid":"01m8eemvnsvc556qxn7yf7z2v6","title":"流感疫苗","unread":1}',NULL,'01m8eemvx66ahhg4tvrhw185xx',1795781455782);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v7',1,'S2C_ALONECHAT_PUSH','{"messageid":"01m8eemvntrmv1gyn3vjdtt50e","uid":"01m8eemvnsvc556qxn7yf7z2v7","title":"王医生","unread":1}','{"tags":["alonechat"],"content":"请明天早上来量血压","updatetime":"2026-11-27T12:10:55.774Z","data":{"roomid":"01m8eemvntrmv1gyn3vjdtt50d","dialogid":"01m8eemvwy5bam0w5xeqhvtebv","roomseq":2,"kind":"text","body":"请明天早上来量血压","clientid":null,"from":{"uid":"01m8eemvnr4kcvxy2p3r4v7a1q","name":"王医生","role":"doctor"}}}',NULL,1795781455774);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v7',2,'S2C_TEAMMEMBER_ENTER',NULL,NULL,'01m8eemvx3yttmzgd7s4wfp0we',1795781455779);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v7',3,'S2C_TEAMCHAT_PUSH','{"messageid":"01m8eemvx3yttmzgd7s4wfp0wd","uid":"01m8eemvnsvc556qxn7yf7z2v7","title":"高血压小组","unread":1}',NULL,'01m8eemvx5ngp45gv90k2c7fby',1795781455780);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v7',4,'S2C_SYSTEM_PUSH','{"messageid":"01m8eemvx66ahhg4tvrhw185xt","uid":"01m8eemvnsvc556qxn7yf7z2v7","title":"流感疫苗","unread":1}',NULL,'01m8eemvx66ahhg4tvrhw185xx',1795781455782);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v7',5,'S2C_RECALL_PUSH',NULL,NULL,'01m8eemvx8zpzejbwcszhxvg5y',1795781455784);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v8',1,'S2C_SYSTEM_PUSH','{"messageid":"01m8eemvx66ahhg4tvrhw185xv","uid":"01m8eemvnsvc556qxn7yf7z2v8","title":"流感疫苗","unread":1}',NULL,'01m8eemvx66ahhg4tvrhw185xx',1795781455782);
INSERT INTO "push_log" VALUES('01m8eemvnsvc556qxn7yf7z2v9',1,'S2C_SYSTEM_PUSH','{"messageid":"01m8eemvx66ahhg4tvrhw185xw","uid":"01m8eemvnsvc556qxn7yf7z2v9","title":"流感疫苗","unread":1}',NULL,'01m8eemvx66ahhg4tvrhw185xx',1795781455782);
CREATE TABLE reservation (
    reservationid TEXT PRIMARY KEY NOT NULL,
    uid           TEXT NOT NULL REFERENCES account (uid),
    doctoruid     TEXT NOT NULL REFERENCES account (uid),
    time          BIGINT NOT NULL,
    reason        TEXT NOT NULL,
    status        TEXT NOT NULL,
    reply         TEXT,
    createtime    BIGINT NOT NULL,
    updatetime    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE room (
    roomid     TEXT PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL,
    pair       TEXT UNIQUE,
    name       TEXT,
    owner      TEXT,
    open       BOOLEAN NOT NULL,
    seq        BIGINT NOT NULL DEFAULT 0,
    updatetime BIGINT NOT NULL,
    createtime BIGINT NOT NULL
);
INSERT INTO "room" VALUES('01m8eemvnsvc556qxn7yf7z2vb','teammate','teammate:01m8eemvnsvc556qxn7yf7z2va','签约团队一',NULL,1,0,1795781455544,1795781455544);
INSERT INTO "room" VALUES('01m8eemvnsvc556qxn7yf7z2vf','teammate','teammate:01m8eemvnsvc556qxn7yf7z2ve','签约团队二',NULL,1,0,1795781455544,1795781455544);
INSERT INTO "room" VALUES('01m8eemvnsvc556qxn7yf7z2vj','doctorfriend','doctorfriend:01m8eemvnr4kcvxy2p3r4v7a1q:01m8eemvnsvc556qxn7yf7z2v6',NULL,NULL,1,0,1795781455544,1795781455544);
INSERT INTO "room" VALUES('01m8eemvntrmv1gyn3vjdtt50d','alonechat','alonechat:01m8eemvnsvc556qxn7yf7z2v7:01m8eemvnr4kcvxy2p3r4v7a1q',NULL,NULL,1,3,1795781455783,1795781455544);
INSERT INTO "room" VALUES('01m8eemvntrmv1gyn3vjdtt50h','alonechat','alonechat:01m8eemvnsvc556qxn7yf7z2v9:01m8eemvnsvc556qxn7yf7z2v5',NULL,NULL,1,0,1795781455544,1795781455544);
INSERT INTO "room" VALUES('01m8eemvx3yttmzgd7s4wfp0wa','discussion',NULL,'高血压小组','01m8eemvnr4kcvxy2p3r4v7a1q',1,1,1795781455780,1795781455779);
CREATE TABLE room_delivery (
    roomid    TEXT NOT NULL REFERENCES room (roomid),
    uid       TEXT NOT NULL REFERENCES account (uid),
    delivered BIGINT NOT NULL DEFAULT 0,
    notified  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (roomid, uid)
) WITHOUT ROWID;
CREATE TABLE room_member (
    roomid       TEXT NOT NULL REFERENCES room (roomid),
    uid          TEXT NOT NULL REFERENCES account (uid),
    messageid    TEXT NOT NULL UNIQUE,
    joined_seq   BIGINT NOT NULL,
    left_seq     BIGINT,
    read_seq     BIGINT NOT NULL,
    written      BIGINT NOT NULL DEFAULT 0,
    written_read BIGINT NOT NULL DEFAULT 0, answered_seq BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (roomid, uid)
) WITHOUT ROWID;
INSERT INTO "room_member" VALUES('01m8eemvnsvc556qxn7yf7z2vb','01m8eemvnr4kcvxy2p3r4v7a1q','01m8eemvnsvc556qxn7yf7z2vc',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvnsvc556qxn7yf7z2vb','01m8eemvnsvc556qxn7yf7z2v5','01m8eemvnsvc556qxn7yf7z2vd',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvnsvc556qxn7yf7z2vf','01m8eemvnsvc556qxn7yf7z2v6','01m8eemvnsvc556qxn7yf7z2vg',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvnsvc556qxn7yf7z2vj','01m8eemvnr4kcvxy2p3r4v7a1q','01m8eemvnsvc556qxn7yf7z2vk',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvnsvc556qxn7yf7z2vj','01m8eemvnsvc556qxn7yf7z2v6','01m8eemvnsvc556qxn7yf7z2vm',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvntrmv1gyn3vjdtt50d','01m8eemvnr4kcvxy2p3r4v7a1q','01m8eemvntrmv1gyn3vjdtt50f',0,NULL,0,1,0,2);
INSERT INTO "room_member" VALUES('01m8eemvntrmv1gyn3vjdtt50d','01m8eemvnsvc556qxn7yf7z2v7','01m8eemvntrmv1gyn3vjdtt50e',0,NULL,0,2,0,0);
INSERT INTO "room_member" VALUES('01m8eemvntrmv1gyn3vjdtt50h','01m8eemvnsvc556qxn7yf7z2v5','01m8eemvntrmv1gyn3vjdtt50k',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvntrmv1gyn3vjdtt50h','01m8eemvnsvc556qxn7yf7z2v9','01m8eemvntrmv1gyn3vjdtt50j',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvx3yttmzgd7s4wfp0wa','01m8eemvnr4kcvxy2p3r4v7a1q','01m8eemvx3yttmzgd7s4wfp0wb',0,NULL,0,1,0,0);
INSERT INTO "room_member" VALUES('01m8eemvx3yttmzgd7s4wfp0wa','01m8eemvnsvc556qxn7yf7z2v5','01m8eemvx3yttmzgd7s4wfp0wc',0,NULL,0,0,0,0);
INSERT INTO "room_member" VALUES('01m8eemvx3yttmzgd7s4wfp0wa','01m8eemvnsvc556qxn7yf7z2v7','01m8eemvx3yttmzgd7s4wfp0wd',0,NULL,0,0,0,0);
CREATE TABLE social_dialog (
    roomid     TEXT NOT NULL,
    roomseq    BIGINT NOT NULL,
    dialogid   TEXT NOT NULL UNIQUE,
    fromuid    TEXT NOT NULL REFERENCES account (uid),
    onbehalfof TEXT,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    clientid   TEXT,
    createtime BIGINT NOT NULL,
    recalled   BOOLEAN NOT NULL DEFAULT FALSE,
    dutyuid    TEXT,
    process    INTEGER, claimuid TEXT, claimuntil BIGINT, reminded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (roomid, roomseq)
) WITHOUT ROWID;
INSERT INTO "social_dialog" VALUES('01m8eemvntrmv1gyn3vjdtt50d',1,'01m8eemvwwzq2sxjv2890f7g3w','01m8eemvnsvc556qxn7yf7z2v7',NULL,'text','"头痛三天了，血压 150/95"',NULL,1795781455772,0,NULL,2,NULL,NULL,0);
INSERT INTO "social_dialog" VALUES('01m8eemvntrmv1gyn3vjdtt50d',2,'01m8eemvwy5bam0w5xeqhvtebv','01m8eemvnr4kcvxy2p3r4v7a1q',NULL,'text','"请明天早上来量血压"',NULL,1795781455774,0,NULL,NULL,NULL,NULL,0);
INSERT INTO "social_dialog" VALUES('01m8eemvntrmv1gyn3vjdtt50d',3,'01m8eemvx7braxnpt3jdbwr1nb','01m8eemvnsvc556qxn7yf7z2v7',NULL,'text','"写错了"',NULL,1795781455783,1,NULL,0,NULL,NULL,0);
INSERT INTO "social_dialog" VALUES('01m8eemvx3yttmzgd7s4wfp0wa',1,'01m8eemvx5ngp45gv90k2c7fbx','01m8eemvnr4kcvxy2p3r4v7a1q',NULL,'text','"每天记录一次"',NULL,1795781455780,0,NULL,NULL,NULL,NULL,0);
CREATE TABLE social_message (
    uid        TEXT NOT NULL REFERENCES account (uid),
    tag        TEXT NOT NULL,
    messageid  TEXT NOT NULL UNIQUE,
    topicid    TEXT NOT NULL REFERENCES platform_topic (topicid),
    total      BIGINT NOT NULL,
    read_total BIGINT NOT NULL DEFAULT 0,
    updatetime BIGINT NOT NULL,
    PRIMARY KEY (uid, tag)
) WITHOUT ROWID;
INSERT INTO "social_message" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q','system','01m8eemvx66ahhg4tvrhw185xq','01m8eemvx5ngp45gv90k2c7fbz',1,0,1795781455782);
INSERT INTO "social_message" VALUES('01m8eemvnsvc556qxn7yf7z2v5','system','01m8eemvx66ahhg4tvrhw185xr','01m8eemvx5ngp45gv90k2c7fbz',1,0,1795781455782);
INSERT INTO "social_message" VALUES('01m8eemvnsvc556qxn7yf7z2v6','system','01m8eemvx66ahhg4tvrhw185xs','01m8eemvx5ngp45gv90k2c7fbz',1,0,1795781455782);
INSERT INTO "social_message" VALUES('01m8eemvnsvc556qxn7yf7z2v7','system','01m8eemvx66ahhg4tvrhw185xt','01m8eemvx5ngp45gv90k2c7fbz',1,0,1795781455782);
INSERT INTO "social_message" VALUES('01m8eemvnsvc556qxn7yf7z2v8','system','01m8eemvx66ahhg4tvrhw185xv','01m8eemvx5ngp45gv90k2c7fbz',1,0,1795781455782);
INSERT INTO "social_message" VALUES('01m8eemvnsvc556qxn7yf7z2v9','system','01m8eemvx66ahhg4tvrhw185xw','01m8eemvx5ngp45gv90k2c7fbz',1,0,1795781455782);
CREATE TABLE social_signed (
    sid        TEXT PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    doctoruid  TEXT NOT NULL REFERENCES account (uid),
    stid       TEXT NOT NULL REFERENCES team (stid),
    status     TEXT NOT NULL,
    reason     TEXT,
    source     TEXT,
    createtime BIGINT NOT NULL,
    updatetime BIGINT NOT NULL
);
INSERT INTO "social_signed" VALUES('01m8eemvntrmv1gyn3vjdtt50c','01m8eemvnsvc556qxn7yf7z2v7','01m8eemvnr4kcvxy2p3r4v7a1q','01m8eemvnsvc556qxn7yf7z2va','signed',NULL,NULL,1795781455544,1795781455544);
INSERT INTO "social_signed" VALUES('01m8eemvntrmv1gyn3vjdtt50g','01m8eemvnsvc556qxn7yf7z2v9','01m8eemvnsvc556qxn7yf7z2v5','01m8eemvnsvc556qxn7yf7z2va','signed',NULL,NULL,1795781455544,1795781455544);
CREATE TABLE team (
    stid        TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    communityid TEXT NOT NULL REFERENCES community (communityid),
    leader      TEXT NOT NULL REFERENCES account (uid),
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    createtime  BIGINT NOT NULL
);
INSERT INTO "team" VALUES('01m8eemvnsvc556qxn7yf7z2va','签约团队一','01m8eemvnr4kcvxy2p3r4v7a1n','01m8eemvnr4kcvxy2p3r4v7a1q',0,1795781455544);
INSERT INTO "team" VALUES('01m8eemvnsvc556qxn7yf7z2ve','签约团队二','01m8eemvnr4kcvxy2p3r4v7a1n','01m8eemvnsvc556qxn7yf7z2v6',0,1795781455544);
CREATE TABLE team_doctor (
    stid TEXT NOT NULL REFERENCES team (stid),
    uid  TEXT NOT NULL REFERENCES account (uid),
    PRIMARY KEY (stid, uid)
) WITHOUT ROWID;
INSERT INTO "team_doctor" VALUES('01m8eemvnsvc556qxn7yf7z2va','01m8eemvnr4kcvxy2p3r4v7a1q');
INSERT INTO "team_doctor" VALUES('01m8eemvnsvc556qxn7yf7z2va','01m8eemvnsvc556qxn7yf7z2v5');
INSERT INTO "team_doctor" VALUES('01m8eemvnsvc556qxn7yf7z2ve','01m8eemvnsvc556qxn7yf7z2v6');
CREATE TABLE token (
    hash       BLOB PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    expires    BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO "token" VALUES(X'173B1C40962C4112D834694B62D83F1A36D8D45D87C01560F0A8AFDE4408E20E','01m8eemvnsvc556qxn7yf7z2v7',1798373455703);
INSERT INTO "token" VALUES(X'8F90BE21950E9DFDF149620A3A8A681E2755A164EB78E21907A79C59877956FF','01m8eemvnsvc556qxn7yf7z2v5',1798373455753);
INSERT INTO "token" VALUES(X'DA88A4FCE873E9A0249F6D08C06C4D13B95174BBF34DD77CECE8A76F8055FAC2','01m8eemvnr4kcvxy2p3r4v7a1q',1798373455736);
INSERT INTO "token" VALUES(X'EE25A69371A99EF877E457C466633FD2F713E9A4F1FA9094D06AF11136E93F78','01m8eemvnr4kcvxy2p3r4v7a1p',1798373455770);
CREATE TABLE topic_recipient (
    uid     TEXT NOT NULL REFERENCES account (uid),
    topicid TEXT NOT NULL REFERENCES platform_topic (topicid),
    seq     BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    PRIMARY KEY (topicid, uid)
) WITHOUT ROWID;
INSERT INTO "topic_recipient" VALUES('01m8eemvnr4kcvxy2p3r4v7a1q','01m8eemvx5ngp45gv90k2c7fbz',3,1);
INSERT INTO "topic_recipient" VALUES('01m8eemvnsvc556qxn7yf7z2v5','01m8eemvx5ngp45gv90k2c7fbz',3,1);
INSERT INTO "topic_recipient" VALUES('01m8eemvnsvc556qxn7yf7z2v6','01m8eemvx5ngp45gv90k2c7fbz',1,1);
INSERT INTO "topic_recipient" VALUES('01m8eemvnsvc556qxn7yf7z2v7','01m8eemvx5ngp45gv90k2c7fbz',4,1);
INSERT INTO "topic_recipient" VALUES('01m8eemvnsvc556qxn7yf7z2v8','01m8eemvx5ngp45gv90k2c7fbz',1,1);
INSERT INTO "topic_recipient" VALUES('01m8eemvnsvc556qxn7yf7z2v9','01m8eemvx5ngp45gv90k2c7fbz',1,1);
CREATE TABLE video_call (
    callid     TEXT PRIMARY KEY NOT NULL,
    roomid     TEXT NOT NULL REFERENCES room (roomid),
    roomseq    BIGINT NOT NULL,
    caller     TEXT NOT NULL REFERENCES account (uid),
    callee     TEXT NOT NULL REFERENCES account (uid),
    status     TEXT NOT NULL,
    reason     TEXT,
    endedby    TEXT,
    createtime BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    accepttime BIGINT,
    endtime    BIGINT
);
CREATE TABLE video_call_party (
    uid    TEXT PRIMARY KEY NOT NULL REFERENCES account (uid),
    callid TEXT NOT NULL REFERENCES video_call (callid)
) WITHOUT ROWID;
CREATE INDEX token_uid ON token (uid);
CREATE INDEX device_uid ON device (uid);
CREATE INDEX team_community ON team (communityid);
CREATE INDEX team_doctor_uid ON team_doctor (uid);
CREATE UNIQUE INDEX social_signed_open ON social_signed (uid) WHERE status IN ('applied', 'signed');
CREATE INDEX social_signed_uid ON social_signed (uid, sid);
CREATE INDEX social_signed_team ON social_signed (stid, status);
CREATE INDEX room_member_uid ON room_member (uid);
CREATE UNIQUE INDEX social_dialog_clientid ON social_dialog (fromuid, clientid) WHERE clientid IS NOT NULL;
CREATE INDEX duty_roster_uid ON duty_roster (uid);
CREATE INDEX push_log_createtime ON push_log (createtime);
CREATE INDEX push_log_bodyid ON push_log (bodyid) WHERE bodyid IS NOT NULL;
CREATE INDEX platform_topic_author ON platform_topic (author, tag, topicid);
CREATE INDEX platform_topic_unfinished ON platform_topic (topicid) WHERE NOT finished;
CREATE UNIQUE INDEX platform_topic_clientid ON platform_topic (author, clientid) WHERE clientid IS NOT NULL;
CREATE INDEX topic_recipient_uid ON topic_recipient (uid, topicid);
CREATE INDEX account_community ON account (communityid, uid);
CREATE INDEX reservation_uid ON reservation (uid, reservationid);
CREATE INDEX reservation_doctor ON reservation (doctoruid, reservationid);
CREATE INDEX social_dialog_waiting ON social_dialog (createtime, dialogid) WHERE process = 0;
CREATE UNIQUE INDEX video_call_open ON video_call (roomid) WHERE status IN ('ringing', 'active');
CREATE INDEX video_call_party_call ON video_call_party (callid);
CREATE INDEX file_unsent ON file (uid, createtime) WHERE NOT sent;
CREATE INDEX device_token ON device (token) WHERE token IS NOT NULL;
CREATE INDEX device_alias_uid ON device_alias (uid);
CREATE INDEX device_alias_told ON device_alias (told);
CREATE INDEX device_alias_due ON device_alias (due) WHERE due IS NOT NULL;
CREATE INDEX alert_due ON alert (kind, due) WHERE noticeid IS NULL;
CREATE INDEX alert_fresh ON alert (kind, createtime) WHERE noticeid IS NULL;
CREATE INDEX alert_uid ON alert (uid);
CREATE INDEX alert_topic ON alert (topic) WHERE topic IS NOT NULL;
CREATE INDEX alert_noticeid ON alert (noticeid) WHERE noticeid IS NOT NULL;
CREATE INDEX notice_due ON notice (kind, due) WHERE due IS NOT NULL;
CREATE INDEX notice_createtime ON notice (createtime);
COMMIT;
