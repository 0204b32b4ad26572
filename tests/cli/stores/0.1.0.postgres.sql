SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.__diesel_schema_migrations (
    version character varying(50) NOT NULL,
    run_on timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
CREATE TABLE public.account (
    uid text NOT NULL,
    role text NOT NULL,
    login text NOT NULL,
    password text NOT NULL,
    name text NOT NULL,
    communityid text,
    title text,
    disabled boolean DEFAULT false NOT NULL,
    createtime bigint NOT NULL
);
CREATE TABLE public.alert (
    alertid bigint NOT NULL,
    uid text NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    extras text NOT NULL,
    topic text,
    topicseq bigint,
    author text,
    createtime bigint NOT NULL,
    due bigint NOT NULL,
    noticeid text
);
CREATE SEQUENCE public.alert_alertid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_alertid_seq OWNED BY public.alert.alertid;
CREATE TABLE public.community (
    communityid text NOT NULL,
    name text NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    createtime bigint NOT NULL
);
CREATE TABLE public.device (
    deviceid text NOT NULL,
    uid text NOT NULL,
    platform text,
    updatetime bigint NOT NULL,
    token bytea,
    acks boolean DEFAULT false NOT NULL
);
CREATE TABLE public.device_alias (
    deviceid text NOT NULL,
    uid text,
    told text,
    due bigint,
    tries integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.duty_roster (
    rosterid text NOT NULL,
    uid text NOT NULL,
    begins bigint NOT NULL,
    ends bigint
);
CREATE TABLE public.file (
    fileid text NOT NULL,
    uid text NOT NULL,
    kind text NOT NULL,
    mime text NOT NULL,
    name text,
    size bigint NOT NULL,
    sent boolean DEFAULT false NOT NULL,
    createtime bigint NOT NULL
);
CREATE TABLE public.file_sent (
    fileid text NOT NULL,
    roomid text NOT NULL,
    roomseq bigint NOT NULL
);
CREATE TABLE public.friend_request (
    roomid text NOT NULL,
    fromuid text NOT NULL,
    touid text NOT NULL,
    createtime bigint NOT NULL
);
CREATE TABLE public.known_address (
    uid text NOT NULL,
    address text NOT NULL
);
CREATE TABLE public.login_record (
    uid text NOT NULL,
    createtime bigint NOT NULL,
    recordid text NOT NULL,
    deviceid text NOT NULL,
    platform text,
    address text NOT NULL
);
CREATE TABLE public.mailbox (
    uid text NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    acked bigint DEFAULT 0 NOT NULL,
    pruned bigint DEFAULT 0 NOT NULL,
    sent bigint DEFAULT 0 NOT NULL,
    told bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.notice (
    noticeid text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    extras text NOT NULL,
    cid text,
    msgid bigint,
    createtime bigint NOT NULL,
    due bigint,
    tries integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.platform_topic (
    topicid text NOT NULL,
    tag text NOT NULL,
    author text NOT NULL,
    clientid text,
    title text NOT NULL,
    content text NOT NULL,
    data text NOT NULL,
    audience text,
    communityid text,
    stid text,
    createtime bigint NOT NULL,
    progress text DEFAULT ''::text NOT NULL,
    sent bigint DEFAULT 0 NOT NULL,
    finished boolean NOT NULL
);
CREATE TABLE public.push_body (
    bodyid text NOT NULL,
    shared text NOT NULL
);
CREATE TABLE public.push_log (
    uid text NOT NULL,
    seq bigint NOT NULL,
    name text NOT NULL,
    own text,
    shared text,
    bodyid text,
    createtime bigint NOT NULL
);
CREATE TABLE public.reservation (
    reservationid text NOT NULL,
    uid text NOT NULL,
    doctoruid text NOT NULL,
    "time" bigint NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    reply text,
    createtime bigint NOT NULL,
    updatetime bigint NOT NULL
);
CREATE TABLE public.room (
    roomid text NOT NULL,
    kind text NOT NULL,
    pair text,
    name text,
    owner text,
    open boolean NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    updatetime bigint NOT NULL,
    createtime bigint NOT NULL
);
CREATE TABLE public.room_delivery (
    roomid text NOT NULL,
    uid text NOT NULL,
    delivered bigint DEFAULT 0 NOT NULL,
    notified bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.room_member (
    roomid text NOT NULL,
    uid text NOT NULL,
    messageid text NOT NULL,
    joined_seq bigint NOT NULL,
    left_seq bigint,
    read_seq bigint NOT NULL,
    written bigint DEFAULT 0 NOT NULL,
    written_read bigint DEFAULT 0 NOT NULL,
    answered_seq bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.social_dialog (
    roomid text NOT NULL,
    roomseq bigint NOT NULL,
    dialogid text NOT NULL,
    fromuid text NOT NULL,
    onbehalfof text,
    kind text NOT NULL,
    body text NOT NULL,
    clientid text,
    createtime bigint NOT NULL,
    recalled boolean DEFAULT false NOT NULL,
    dutyuid text,
    process integer,
    claimuid text,
    claimuntil bigint,
    reminded integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.social_message (
    uid text NOT NULL,
    tag text NOT NULL,
    messageid text NOT NULL,
    topicid text NOT NULL,
    total bigint NOT NULL,
    read_total bigint DEFAULT 0 NOT NULL,
    updatetime bigint NOT NULL
);
CREATE TABLE public.social_signed (
    sid text NOT NULL,
    uid text NOT NULL,
    doctoruid text NOT NULL,
    stid text NOT NULL,
    status text NOT NULL,
    reason text,
    source text,
    createtime bigint NOT NULL,
    updatetime bigint NOT NULL
);
CREATE TABLE public.team (
    stid text NOT NULL,
    name text NOT NULL,
    communityid text NOT NULL,
    leader text NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    createtime bigint NOT NULL
);
CREATE TABLE public.team_doctor (
    stid text NOT NULL,
    uid text NOT NULL
);
CREATE TABLE public.token (
    hash bytea NOT NULL,
    uid text NOT NULL,
    expires bigint NOT NULL
);
CREATE TABLE public.topic_recipient (
    uid text NOT NULL,
    topicid text NOT NULL,
    seq bigint NOT NULL,
    number bigint NOT NULL
);
CREATE TABLE public.video_call (
    callid text NOT NULL,
    roomid text NOT NULL,
    roomseq bigint NOT NULL,
    caller text NOT NULL,
    callee text NOT NULL,
    status text NOT NULL,
    reason text,
    endedby text,
    createtime bigint NOT NULL,
    expires bigint NOT NULL,
    accepttime bigint,
    endtime bigint
);
CREATE TABLE public.video_call_party (
    uid text NOT NULL,
    callid text NOT NULL
);
ALTER TABLE ONLY public.alert ALTER COLUMN alertid SET DEFAULT nextval('public.alert_alertid_seq'::regclass);
INSERT INTO public.__diesel_schema_migrations VALUES ('0001', '2026-11-27 12:10:56.191115');
INSERT INTO public.__diesel_schema_migrations VALUES ('0002', '2026-11-27 12:10:56.243421');
INSERT INTO public.__diesel_schema_migrations VALUES ('0003', '2026-11-27 12:10:56.261018');
INSERT INTO public.__diesel_schema_migrations VALUES ('0004', '2026-11-27 12:10:56.264185');
INSERT INTO public.__diesel_schema_migrations VALUES ('0005', '2026-11-27 12:10:56.265376');
INSERT INTO public.__diesel_schema_migrations VALUES ('0006', '2026-11-27 12:10:56.272587');
INSERT INTO public.__diesel_schema_migrations VALUES ('0007', '2026-11-27 12:10:56.278842');
INSERT INTO public.__diesel_schema_migrations VALUES ('0008', '2026-11-27 12:10:56.299682');
INSERT INTO public.account VALUES ('01m8eemwfjzz8escej2yarwytj', 'admin', 'admin', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '后台管理员', NULL, NULL, false, 1795781456366);
INSERT INTO public.account VALUES ('01m8eemwfnfarw4ca0qtdydpya', 'doctor', 'doctor1', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '王医生', '01m8eemwffs4rrmm9h5m9khz3p', '主任医师', false, 1795781456366);
INSERT INTO public.account VALUES ('01m8eemwfp39vvv6wx87a0pzkf', 'doctor', 'doctor2', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '李医生', '01m8eemwffs4rrmm9h5m9khz3p', '主治医师', false, 1795781456366);
INSERT INTO public.account VALUES ('01m8eemwfry78njphnhhxg59nc', 'user', 'resident1', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '张三', '01m8eemwffs4rrmm9h5m9khz3p', NULL, false, 1795781456366);
INSERT INTO public.account VALUES ('01m8eemwfry78njphnhhxg59nd', 'user', 'resident2', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '李四', '01m8eemwffs4rrmm9h5m9khz3p', NULL, false, 1795781456366);
INSERT INTO public.account VALUES ('01m8eemwfry78njphnhhxg59ne', 'user', 'resident3', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '王五', '01m8eemwffs4rrmm9h5m9khz3p', NULL, false, 1795781456366);
INSERT INTO public.account VALUES ('01m8eemwfp39vvv6wx87a0pzkg', 'doctor', 'doctor3', '$argon2id$v=19$m=19456,t=2,p=1$8XWTq0vpJHiSw7ysIkpfyw$sDTC3A/Olr8XrWSiGTeWF0KmEZ6m0gVgViYdMwE5qB0', '赵医生', '01m8eemwffs4rrmm9h5m9khz3p', '住院医师', false, 1795781456366);
INSERT INTO public.community VALUES ('01m8eemwffs4rrmm9h5m9khz3p', '幸福社区', false, 1795781456366);
INSERT INTO public.duty_roster VALUES ('01m8eemwfx61y8w6ddazsj5t1s', '01m8eemwfp39vvv6wx87a0pzkg', 1795781456366, NULL);
INSERT INTO public.known_address VALUES ('01m8eemwfry78njphnhhxg59nc', '127.0.0.1');
INSERT INTO public.known_address VALUES ('01m8eemwfnfarw4ca0qtdydpya', '127.0.0.1');
INSERT INTO public.known_address VALUES ('01m8eemwfp39vvv6wx87a0pzkf', '127.0.0.1');
INSERT INTO public.known_address VALUES ('01m8eemwfjzz8escej2yarwytj', '127.0.0.1');
INSERT INTO public.mailbox VALUES ('01m8eemwfjzz8escej2yarwytj', 0, 0, 0, 0, 0);
INSERT INTO public.mailbox VALUES ('01m8eemwfp39vvv6wx87a0pzkf', 3, 0, 0, 0, 0);
INSERT INTO public.mailbox VALUES ('01m8eemwfp39vvv6wx87a0pzkg', 1, 0, 0, 0, 0);
INSERT INTO public.mailbox VALUES ('01m8eemwfry78njphnhhxg59nd', 1, 0, 0, 0, 0);
INSERT INTO public.mailbox VALUES ('01m8eemwfry78njphnhhxg59ne', 1, 0, 0, 0, 0);
INSERT INTO public.mailbox VALUES ('01m8eemwfnfarw4ca0qtdydpya', 5, 0, 0, 0, 0);
INSERT INTO public.mailbox VALUES ('01m8eemwfry78njphnhhxg59nc', 5, 0, 0, 0, 0);
INSERT INTO public.platform_topic VALUES ('01m8eemwxj0gw1s1tgehjg83gp', 'system', '01m8eemwfjzz8escej2yarwytj', NULL, '流感疫苗', '周六上午可以接种。', '{"url":null}', 'all', NULL, NULL, 1795781456818, '01m8eemwfry78njphnhhxg59ne', 6, true);
INSERT INTO public.push_body VALUES ('01m8eemwx8abd6dh96ez1sj2pp', '{"roomid":"01m8eemwx54bywfrz1bbw1gwdq","members":[{"uid":"01m8eemwfnfarw4ca0qtdydpya","name":"王医生","role":"doctor"},{"uid":"01m8eemwfp39vvv6wx87a0pzkf","name":"李医生","role":"doctor"},{"uid":"01m8eemwfry78njphnhhxg59nc","name":"张三","role":"user"}],"by":"01m8eemwfnfarw4ca0qtdydpya"}');
INSERT INTO public.push_body VALUES ('01m8eemwxdfwzarv3w9ssfpt85', '{"tags":["discussion"],"content":"每天记录一次","updatetime":"2026-11-27T12:10:56.811Z","data":{"roomid":"01m8eemwx54bywfrz1bbw1gwdq","dialogid":"01m8eemwxdfwzarv3w9ssfpt84","roomseq":1,"kind":"text","body":"每天记录一次","clientid":null,"from":{"uid":"01m8eemwfnfarw4ca0qtdydpya","name":"王医生","role":"doctor"}}}');
INSERT INTO public.push_body VALUES ('01m8eemwxykj9n587md54zqpya', '{"tags":["system"],"content":"周六上午可以接种。","updatetime":"2026-11-27T12:10:56.819Z","data":{"topicid":"01m8eemwxj0gw1s1tgehjg83gp","url":null}}');
INSERT INTO public.push_body VALUES ('01m8eemwyajbf7adjh82dh47rr', '{"roomid":"01m8eemwg267hpkxssjwyztz7k","dialogid":"01m8eemwy3d5zvyeay30k6h0xm","roomseq":3,"by":"01m8eemwfry78njphnhhxg59nc"}');
INSERT INTO public.push_log VALUES ('01m8eemwfnfarw4ca0qtdydpya', 1, 'S2C_ALONECHAT_PUSH', '{"messageid":"01m8eemwg267hpkxssjwyztz7n","uid":"01m8eemwfnfarw4ca0qtdydpya","title":"张三","unread":1}', '{"tags":["alonechat"],"content":"头痛三天了，血压 150/95","updatetime":"2026-11-27T12:10:56.799Z","data":{"roomid":"01m8eemwg267hpkxssjwyztz7k","dialogid":"01m8eemwx0pxemdvhf91snqkce","roomseq":1,"kind":"text","body":"头痛三天了，血压 150/95","clientid":null,"from":{"uid":"01m8eemwfry78njphnhhxg59nc","name":"张三","role":"user"},"dutyinfo":{"dutyuid":null,"process":0}}}', NULL, 1795781456799);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59nc', 1, 'S2C_ALONECHAT_PUSH', '{"messageid":"01m8eemwg267hpkxssjwyztz7m","uid":"01m8eemwfry78njphnhhxg59nc","title":"王医生","unread":1}', '{"tags":["alonechat"],"content":"请明天早上来量血压","updatetime":"2026-11-27T12:10:56.802Z","data":{"roomid":"01m8eemwg267hpkxssjwyztz7k","dialogid":"01m8eemwx32v0qzdtdrd1yn0b3","roomseq":2,"kind":"text","body":"请明天早上来量血压","clientid":null,"from":{"uid":"01m8eemwfnfarw4ca0qtdydpya","name":"王医生","role":"doctor"}}}', NULL, 1795781456802);
INSERT INTO public.push_log VALUES ('01m8eemwfnfarw4ca0qtdydpya', 2, 'S2C_TEAMMEMBER_ENTER', NULL, NULL, '01m8eemwx8abd6dh96ez1sj2pp', 1795781456805);
INSERT INTO public.push_log VALUES ('01m8eemwfp39vvv6wx87a0pzkf', 1, 'S2C_TEAMMEMBER_ENTER', NULL, NULL, '01m8eemwx8abd6dh96ez1sj2pp', 1795781456805);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59nc', 2, 'S2C_TEAMMEMBER_ENTER', NULL, NULL, '01m8eemwx8abd6dh96ez1sj2pp', 1795781456805);
INSERT INTO public.push_log VALUES ('01m8eemwfp39vvv6wx87a0pzkf', 2, 'S2C_TEAMCHAT_PUSH', '{"messageid":"01m8eemwx7xm1m9kn18na9b624","uid":"01m8eemwfp39vvv6wx87a0pzkf","title":"高血压小组","unread":1}', NULL, '01m8eemwxdfwzarv3w9ssfpt85', 1795781456811);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59nc', 3, 'S2C_TEAMCHAT_PUSH', '{"messageid":"01m8eemwx7xm1m9kn18na9b625","uid":"01m8eemwfry78njphnhhxg59nc","title":"高血压小组","unread":1}', NULL, '01m8eemwxdfwzarv3w9ssfpt85', 1795781456811);
INSERT INTO public.push_log VALUES ('01m8eemwfnfarw4ca0qtdydpya', 3, 'S2C_SYSTEM_PUSH', '{"messageid":"01m8eemwxp02q6geztrbpk0r9d","uid":"01m8eemwfnfarw4ca0qtdydpya","title":"流感疫苗","unread":1}', NULL, '01m8eemwxykj9n587md54zqpya', 1795781456819);
INSERT INTO public.push_log VALUES ('01m8eemwfp39vvv6wx87a0pzkf', 3, 'S2C_SYSTEM_PUSH', '{"messageid":"01m8eemwxp02q6geztrbpk0r9e","uid":"01m8eemwfp39vvv6wx87a0pzkf","title":"流感疫苗","unread":1}', NULL, '01m8eemwxykj9n587md54zqpya', 1795781456819);
INSERT INTO public.push_log VALUES ('01m8eemwfp39vvv6wx87a0pzkg', 1, 'S2C_SYSTEM_PUSH', '{"messageid":"01m8eemwxp02q6geztrbpk0r9f","uid":"01m8eemwfp39vvv6wx87a0pzkg","title":"流感疫苗","unread":1}', NULL, '01m8eemwxykj9n587md54zqpya', 1795781456819);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59nc', 4, 'S2C_SYSTEM_PUSH', '{"messageid":"01m8eemwxp02q6geztrbpk0r9g","uid":"01m8eemwfry78njphnhhxg59nc","title":"流感疫苗","unread":1}', NULL, '01m8eemwxykj9n587md54zqpya', 1795781456819);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59nd', 1, 'S2C_SYSTEM_PUSH', '{"messageid":"01m8eemwxp02q6geztrbpk0r9h","uid":"01m8eemwfry78njphnhhxg59nd","title":"流感疫苗","unread":1}', NULL, '01m8eemwxykj9n587md54zqpya', 1795781456819);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59ne', 1, 'S2C_SYSTEM_PUSH', '{"messageid":"01m8eemwxp02q6geztrbpk0r9j","uid":"01m8eemwfry78njphnhhxg59ne","title":"流感疫苗","unread":1}', NULL, '01m8eemwxykj9n587md54zqpya', 1795781456819);
INSERT INTO public.push_log VALUES ('01m8eemwfnfarw4ca0qtdydpya', 4, 'S2C_ALONECHAT_PUSH', '{"messageid":"01m8eemwg267hpkxssjwyztz7n","uid":"01m8eemwfnfarw4ca0qtdydpya","title":"张三","unread":2}', '{"tags":["alonechat"],"content":"[消息已撤回]","updatetime":"2026-11-27T12:10:56.834Z","data":{"roomid":"01m8eemwg267hpkxssjwyztz7k","dialogid":"01m8eemwy3d5zvyeay30k6h0xm","roomseq":3,"kind":"text","body":null,"clientid":null,"from":{"uid":"01m8eemwfry78njphnhhxg59nc","name":"张三","role":"user"},"dutyinfo":{"dutyuid":null,"process":0}}}', NULL, 1795781456834);
INSERT INTO public.push_log VALUES ('01m8eemwfry78njphnhhxg59nc', 5, 'S2C_RECALL_PUSH', NULL, NULL, '01m8eemwyajbf7adjh82dh47rr', 1795781456838);
INSERT INTO public.push_log VALUES ('01m8eemwfnfarw4ca0qtdydpya', 5, 'S2C_RECALL_PUSH', NULL, NULL, '01m8eemwyajbf7adjh82dh47rr', 1795781456838);
INSERT INTO public.room VALUES ('01m8eemwftt5r78t5z38t9q466', 'teammate', 'teammate:01m8eemwfsa5523208516tg191', '签约团队一', NULL, true, 0, 1795781456366, 1795781456366);
INSERT INTO public.room VALUES ('01m8eemwfwp4xm98brkp4qp4bt', 'teammate', 'teammate:01m8eemwfwp4xm98brkp4qp4bs', '签约团队二', NULL, true, 0, 1795781456366, 1795781456366);
INSERT INTO public.room VALUES ('01m8eemwfyeya9gjxp92jk6b00', 'doctorfriend', 'doctorfriend:01m8eemwfnfarw4ca0qtdydpya:01m8eemwfp39vvv6wx87a0pzkg', NULL, NULL, true, 0, 1795781456366, 1795781456366);
INSERT INTO public.room VALUES ('01m8eemwg4yze7146jm864wj45', 'alonechat', 'alonechat:01m8eemwfry78njphnhhxg59ne:01m8eemwfp39vvv6wx87a0pzkf', NULL, NULL, true, 0, 1795781456366, 1795781456366);
INSERT INTO public.room VALUES ('01m8eemwx54bywfrz1bbw1gwdq', 'discussion', NULL, '高血压小组', '01m8eemwfnfarw4ca0qtdydpya', true, 1, 1795781456811, 1795781456805);
INSERT INTO public.room VALUES ('01m8eemwg267hpkxssjwyztz7k', 'alonechat', 'alonechat:01m8eemwfry78njphnhhxg59nc:01m8eemwfnfarw4ca0qtdydpya', NULL, NULL, true, 3, 1795781456834, 1795781456366);
INSERT INTO public.room_member VALUES ('01m8eemwftt5r78t5z38t9q466', '01m8eemwfnfarw4ca0qtdydpya', '01m8eemwfv9pj9mhda673w6da9', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwftt5r78t5z38t9q466', '01m8eemwfp39vvv6wx87a0pzkf', '01m8eemwfv9pj9mhda673w6daa', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwfwp4xm98brkp4qp4bt', '01m8eemwfp39vvv6wx87a0pzkg', '01m8eemwfx61y8w6ddazsj5t1r', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwfyeya9gjxp92jk6b00', '01m8eemwfnfarw4ca0qtdydpya', '01m8eemwfyeya9gjxp92jk6b01', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwfyeya9gjxp92jk6b00', '01m8eemwfp39vvv6wx87a0pzkg', '01m8eemwfyeya9gjxp92jk6b02', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwg4yze7146jm864wj45', '01m8eemwfry78njphnhhxg59ne', '01m8eemwg5gde3dc3ry6ds2fh0', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwg4yze7146jm864wj45', '01m8eemwfp39vvv6wx87a0pzkf', '01m8eemwg5gde3dc3ry6ds2fh1', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwg267hpkxssjwyztz7k', '01m8eemwfnfarw4ca0qtdydpya', '01m8eemwg267hpkxssjwyztz7n', 0, NULL, 0, 1, 0, 2);
INSERT INTO public.room_member VALUES ('01m8eemwx54bywfrz1bbw1gwdq', '01m8eemwfp39vvv6wx87a0pzkf', '01m8eemwx7xm1m9kn18na9b624', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwx54bywfrz1bbw1gwdq', '01m8eemwfry78njphnhhxg59nc', '01m8eemwx7xm1m9kn18na9b625', 0, NULL, 0, 0, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwx54bywfrz1bbw1gwdq', '01m8eemwfnfarw4ca0qtdydpya', '01m8eemwx7xm1m9kn18na9b623', 0, NULL, 0, 1, 0, 0);
INSERT INTO public.room_member VALUES ('01m8eemwg267hpkxssjwyztz7k', '01m8eemwfry78njphnhhxg59nc', '01m8eemwg267hpkxssjwyztz7m', 0, NULL, 0, 2, 0, 0);
INSERT INTO public.social_dialog VALUES ('01m8eemwg267hpkxssjwyztz7k', 1, '01m8eemwx0pxemdvhf91snqkce', '01m8eemwfry78njphnhhxg59nc', NULL, 'text', '"头痛三天了，血压 150/95"', NULL, 1795781456799, false, NULL, 2, NULL, NULL, 0);
INSERT INTO public.social_dialog VALUES ('01m8eemwg267hpkxssjwyztz7k', 2, '01m8eemwx32v0qzdtdrd1yn0b3', '01m8eemwfnfarw4ca0qtdydpya', NULL, 'text', '"请明天早上来量血压"', NULL, 1795781456802, false, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.social_dialog VALUES ('01m8eemwx54bywfrz1bbw1gwdq', 1, '01m8eemwxdfwzarv3w9ssfpt84', '01m8eemwfnfarw4ca0qtdydpya', NULL, 'text', '"每天记录一次"', NULL, 1795781456811, false, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.social_dialog VALUES ('01m8eemwg267hpkxssjwyztz7k', 3, '01m8eemwy3d5zvyeay30k6h0xm', '01m8eemwfry78njphnhhxg59nc', NULL, 'text', '"写错了"', NULL, 1795781456834, true, NULL, 0, NULL, NULL, 0);
INSERT INTO public.social_message VALUES ('01m8eemwfnfarw4ca0qtdydpya', 'system', '01m8eemwxp02q6geztrbpk0r9d', '01m8eemwxj0gw1s1tgehjg83gp', 1, 0, 1795781456819);
INSERT INTO public.social_message VALUES ('01m8eemwfp39vvv6wx87a0pzkf', 'system', '01m8eemwxp02q6geztrbpk0r9e', '01m8eemwxj0gw1s1tgehjg83gp', 1, 0, 1795781456819);
INSERT INTO public.social_message VALUES ('01m8eemwfp39vvv6wx87a0pzkg', 'system', '01m8eemwxp02q6geztrbpk0r9f', '01m8eemwxj0gw1s1tgehjg83gp', 1, 0, 1795781456819);
INSERT INTO public.social_message VALUES ('01m8eemwfry78njphnhhxg59nc', 'system', '01m8eemwxp02q6geztrbpk0r9g', '01m8eemwxj0gw1s1tgehjg83gp', 1, 0, 1795781456819);
INSERT INTO public.social_message VALUES ('01m8eemwfry78njphnhhxg59nd', 'system', '01m8eemwxp02q6geztrbpk0r9h', '01m8eemwxj0gw1s1tgehjg83gp', 1, 0, 1795781456819);
INSERT INTO public.social_message VALUES ('01m8eemwfry78njphnhhxg59ne', 'system', '01m8eemwxp02q6geztrbpk0r9j', '01m8eemwxj0gw1s1tgehjg83gp', 1, 0, 1795781456819);
INSERT INTO public.social_signed VALUES ('01m8eemwg00q1v2tffr7h8pdwt', '01m8eemwfry78njphnhhxg59nc', '01m8eemwfnfarw4ca0qtdydpya', '01m8eemwfsa5523208516tg191', 'signed', NULL, NULL, 1795781456366, 1795781456366);
INSERT INTO public.social_signed VALUES ('01m8eemwg4yze7146jm864wj44', '01m8eemwfry78njphnhhxg59ne', '01m8eemwfp39vvv6wx87a0pzkf', '01m8eemwfsa5523208516tg191', 'signed', NULL, NULL, 1795781456366, 1795781456366);
INSERT INTO public.team VALUES ('01m8eemwfsa5523208516tg191', '签约团队一', '01m8eemwffs4rrmm9h5m9khz3p', '01m8eemwfnfarw4ca0qtdydpya', false, 1795781456366);
INSERT INTO public.team VALUES ('01m8eemwfwp4xm98brkp4qp4bs', '签约团队二', '01m8eemwffs4rrmm9h5m9khz3p', '01m8eemwfp39vvv6wx87a0pzkg', false, 1795781456366);
INSERT INTO public.team_doctor VALUES ('01m8eemwfsa5523208516tg191', '01m8eemwfnfarw4ca0qtdydpya');
INSERT INTO public.team_doctor VALUES ('01m8eemwfsa5523208516tg191', '01m8eemwfp39vvv6wx87a0pzkf');
INSERT INTO public.team_doctor VALUES ('01m8eemwfwp4xm98brkp4qp4bs', '01m8eemwfp39vvv6wx87a0pzkg');
INSERT INTO public.token VALUES ('\x39af8c33241eedea9788fb77cdcddc637f6da2d30b1db1c1023871b5ce6862f3', '01m8eemwfry78njphnhhxg59nc', 1798373456626);
INSERT INTO public.token VALUES ('\x2fc56c2880db49d40051098c482ac007e6c419acc2ecc94b15d3636aacec8e78', '01m8eemwfnfarw4ca0qtdydpya', 1798373456668);
INSERT INTO public.token VALUES ('\x30296acad3818e09cd522f83d559d5f4f063313239197f0e501afd5160edb884', '01m8eemwfp39vvv6wx87a0pzkf', 1798373456732);
INSERT INTO public.token VALUES ('\x8e54d4e405eab7db6e52267cd8c223237d268fef8515b5827334b9ade179e142', '01m8eemwfjzz8escej2yarwytj', 1798373456792);
INSERT INTO public.topic_recipient VALUES ('01m8eemwfnfarw4ca0qtdydpya', '01m8eemwxj0gw1s1tgehjg83gp', 3, 1);
INSERT INTO public.topic_recipient VALUES ('01m8eemwfp39vvv6wx87a0pzkf', '01m8eemwxj0gw1s1tgehjg83gp', 3, 1);
INSERT INTO public.topic_recipient VALUES ('01m8eemwfp39vvv6wx87a0pzkg', '01m8eemwxj0gw1s1tgehjg83gp', 1, 1);
INSERT INTO public.topic_recipient VALUES ('01m8eemwfry78njphnhhxg59nc', '01m8eemwxj0gw1s1tgehjg83gp', 4, 1);
INSERT INTO public.topic_recipient VALUES ('01m8eemwfry78njphnhhxg59nd', '01m8eemwxj0gw1s1tgehjg83gp', 1, 1);
INSERT INTO public.topic_recipient VALUES ('01m8eemwfry78njphnhhxg59ne', '01m8eemwxj0gw1s1tgehjg83gp', 1, 1);
SELECT pg_catalog.setval('public.alert_alertid_seq', 1, false);
ALTER TABLE ONLY public.__diesel_schema_migrations
    ADD CONSTRAINT __diesel_schema_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_role_login_key UNIQUE (role, login);
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (alertid);
ALTER TABLE ONLY public.community
    ADD CONSTRAINT community_pkey PRIMARY KEY (communityid);
ALTER TABLE ONLY public.device_alias
    ADD CONSTRAINT device_alias_pkey PRIMARY KEY (deviceid);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (deviceid);
ALTER TABLE ONLY public.duty_roster
    ADD CONSTRAINT duty_roster_pkey PRIMARY KEY (rosterid);
ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (fileid);
ALTER TABLE ONLY public.file_sent
    ADD CONSTRAINT file_sent_pkey PRIMARY KEY (fileid, roomid, roomseq);
ALTER TABLE ONLY public.friend_request
    ADD CONSTRAINT friend_request_pkey PRIMARY KEY (roomid);
ALTER TABLE ONLY public.known_address
    ADD CONSTRAINT known_address_pkey PRIMARY KEY (uid, address);
ALTER TABLE ONLY public.login_record
    ADD CONSTRAINT login_record_pkey PRIMARY KEY (uid, recordid);
ALTER TABLE ONLY public.mailbox
    ADD CONSTRAINT mailbox_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (noticeid);
ALTER TABLE ONLY public.platform_topic
    ADD CONSTRAINT platform_topic_pkey PRIMARY KEY (topicid);
ALTER TABLE ONLY public.push_body
    ADD CONSTRAINT push_body_pkey PRIMARY KEY (bodyid);
ALTER TABLE ONLY public.push_log
    ADD CONSTRAINT push_log_pkey PRIMARY KEY (uid, seq);
ALTER TABLE ONLY public.reservation
    ADD CONSTRAINT reservation_pkey PRIMARY KEY (reservationid);
ALTER TABLE ONLY public.room_delivery
    ADD CONSTRAINT room_delivery_pkey PRIMARY KEY (roomid, uid);
ALTER TABLE ONLY public.room_member
    ADD CONSTRAINT room_member_messageid_key UNIQUE (messageid);
ALTER TABLE ONLY public.room_member
    ADD CONSTRAINT room_member_pkey PRIMARY KEY (roomid, uid);
ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_pair_key UNIQUE (pair);
ALTER TABLE ONLY public.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (roomid);
ALTER TABLE ONLY public.social_dialog
    ADD CONSTRAINT social_dialog_dialogid_key UNIQUE (dialogid);
ALTER TABLE ONLY public.social_dialog
    ADD CONSTRAINT social_dialog_pkey PRIMARY KEY (roomid, roomseq);
ALTER TABLE ONLY public.social_message
    ADD CONSTRAINT social_message_messageid_key UNIQUE (messageid);
ALTER TABLE ONLY public.social_message
    ADD CONSTRAINT social_message_pkey PRIMARY KEY (uid, tag);
ALTER TABLE ONLY public.social_signed
    ADD CONSTRAINT social_signed_pkey PRIMARY KEY (sid);
ALTER TABLE ONLY public.team_doctor
    ADD CONSTRAINT team_doctor_pkey PRIMARY KEY (stid, uid);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_pkey PRIMARY KEY (stid);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.topic_recipient
    ADD CONSTRAINT topic_recipient_pkey PRIMARY KEY (topicid, uid);
ALTER TABLE ONLY public.video_call_party
    ADD CONSTRAINT video_call_party_pkey PRIMARY KEY (uid);
ALTER TABLE ONLY public.video_call
    ADD CONSTRAINT video_call_pkey PRIMARY KEY (callid);
CREATE INDEX account_community ON public.account USING btree (communityid, uid);
CREATE INDEX alert_due ON public.alert USING btree (kind, due) WHERE (noticeid IS NULL);
CREATE INDEX alert_fresh ON public.alert USING btree (kind, createtime) WHERE (noticeid IS NULL);
CREATE INDEX alert_noticeid ON public.alert USING btree (noticeid) WHERE (noticeid IS NOT NULL);
CREATE INDEX alert_topic ON public.alert USING btree (topic) WHERE (topic IS NOT NULL);
CREATE INDEX alert_uid ON public.alert USING btree (uid);
CREATE INDEX device_alias_due ON public.device_alias USING btree (due) WHERE (due IS NOT NULL);
CREATE INDEX device_alias_told ON public.device_alias USING btree (told);
CREATE INDEX device_alias_uid ON public.device_alias USING btree (uid);
CREATE INDEX device_token ON public.device USING btree (token) WHERE (token IS NOT NULL);
CREATE INDEX device_uid ON public.device USING btree (uid);
CREATE INDEX duty_roster_uid ON public.duty_roster USING btree (uid);
CREATE INDEX file_unsent ON public.file USING btree (uid, createtime) WHERE (NOT sent);
CREATE INDEX notice_createtime ON public.notice USING btree (createtime);
CREATE INDEX notice_due ON public.notice USING btree (kind, due) WHERE (due IS NOT NULL);
CREATE INDEX platform_topic_author ON public.platform_topic USING btree (author, tag, topicid);
CREATE UNIQUE INDEX platform_topic_clientid ON public.platform_topic USING btree (author, clientid) WHERE (clientid IS NOT NULL);
CREATE INDEX platform_topic_unfinished ON public.platform_topic USING btree (topicid) WHERE (NOT finished);
CREATE INDEX push_log_bodyid ON public.push_log USING btree (bodyid) WHERE (bodyid IS NOT NULL);
CREATE INDEX push_log_createtime ON public.push_log USING btree (createtime);
CREATE INDEX reservation_doctor ON public.reservation USING btree (doctoruid, reservationid);
CREATE INDEX reservation_uid ON public.reservation USING btree (uid, reservationid);
CREATE INDEX room_member_uid ON public.room_member USING btree (uid);
CREATE UNIQUE INDEX social_dialog_clientid ON public.social_dialog USING btree (fromuid, clientid) WHERE (clientid IS NOT NULL);
CREATE INDEX social_dialog_waiting ON public.social_dialog USING btree (createtime, dialogid) WHERE (process = 0);
CREATE UNIQUE INDEX social_signed_open ON public.social_signed USING btree (uid) WHERE (status = ANY (ARRAY['applied'::text, 'signed'::text]));
CREATE INDEX social_signed_team ON public.social_signed USING btree (stid, status);
CREATE INDEX social_signed_uid ON public.social_signed USING btree (uid, sid);
CREATE INDEX team_community ON public.team USING btree (communityid);
CREATE INDEX team_doctor_uid ON public.team_doctor USING btree (uid);
CREATE INDEX token_uid ON public.token USING btree (uid);
CREATE INDEX topic_recipient_uid ON public.topic_recipient USING btree (uid, topicid);
CREATE UNIQUE INDEX video_call_open ON public.video_call USING btree (roomid) WHERE (status = ANY (ARRAY['ringing'::text, 'active'::text]));
CREATE INDEX video_call_party_call ON public.video_call_party USING btree (callid);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_communityid_fkey FOREIGN KEY (communityid) REFERENCES public.community(communityid);
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.device_alias
    ADD CONSTRAINT device_alias_told_fkey FOREIGN KEY (told) REFERENCES public.account(uid);
ALTER TABLE ONLY public.device_alias
    ADD CONSTRAINT device_alias_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT device_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.duty_roster
    ADD CONSTRAINT duty_roster_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.file_sent
    ADD CONSTRAINT file_sent_fileid_fkey FOREIGN KEY (fileid) REFERENCES public.file(fileid);
ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.friend_request
    ADD CONSTRAINT friend_request_fromuid_fkey FOREIGN KEY (fromuid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.friend_request
    ADD CONSTRAINT friend_request_roomid_fkey FOREIGN KEY (roomid) REFERENCES public.room(roomid);
ALTER TABLE ONLY public.friend_request
    ADD CONSTRAINT friend_request_touid_fkey FOREIGN KEY (touid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.known_address
    ADD CONSTRAINT known_address_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.login_record
    ADD CONSTRAINT login_record_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.mailbox
    ADD CONSTRAINT mailbox_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.platform_topic
    ADD CONSTRAINT platform_topic_author_fkey FOREIGN KEY (author) REFERENCES public.account(uid);
ALTER TABLE ONLY public.platform_topic
    ADD CONSTRAINT platform_topic_communityid_fkey FOREIGN KEY (communityid) REFERENCES public.community(communityid);
ALTER TABLE ONLY public.platform_topic
    ADD CONSTRAINT platform_topic_stid_fkey FOREIGN KEY (stid) REFERENCES public.team(stid);
ALTER TABLE ONLY public.reservation
    ADD CONSTRAINT reservation_doctoruid_fkey FOREIGN KEY (doctoruid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.reservation
    ADD CONSTRAINT reservation_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.room_delivery
    ADD CONSTRAINT room_delivery_roomid_fkey FOREIGN KEY (roomid) REFERENCES public.room(roomid);
ALTER TABLE ONLY public.room_delivery
    ADD CONSTRAINT room_delivery_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.room_member
    ADD CONSTRAINT room_member_roomid_fkey FOREIGN KEY (roomid) REFERENCES public.room(roomid);
ALTER TABLE ONLY public.room_member
    ADD CONSTRAINT room_member_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.social_dialog
    ADD CONSTRAINT social_dialog_fromuid_fkey FOREIGN KEY (fromuid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.social_message
    ADD CONSTRAINT social_message_topicid_fkey FOREIGN KEY (topicid) REFERENCES public.platform_topic(topicid);
ALTER TABLE ONLY public.social_message
    ADD CONSTRAINT social_message_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.social_signed
    ADD CONSTRAINT social_signed_doctoruid_fkey FOREIGN KEY (doctoruid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.social_signed
    ADD CONSTRAINT social_signed_stid_fkey FOREIGN KEY (stid) REFERENCES public.team(stid);
ALTER TABLE ONLY public.social_signed
    ADD CONSTRAINT social_signed_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_communityid_fkey FOREIGN KEY (communityid) REFERENCES public.community(communityid);
ALTER TABLE ONLY public.team_doctor
    ADD CONSTRAINT team_doctor_stid_fkey FOREIGN KEY (stid) REFERENCES public.team(stid);
ALTER TABLE ONLY public.team_doctor
    ADD CONSTRAINT team_doctor_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_leader_fkey FOREIGN KEY (leader) REFERENCES public.account(uid);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.topic_recipient
    ADD CONSTRAINT topic_recipient_topicid_fkey FOREIGN KEY (topicid) REFERENCES public.platform_topic(topicid);
ALTER TABLE ONLY public.topic_recipient
    ADD CONSTRAINT topic_recipient_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.video_call
    ADD CONSTRAINT video_call_callee_fkey FOREIGN KEY (callee) REFERENCES public.account(uid);
ALTER TABLE ONLY public.video_call
    ADD CONSTRAINT video_call_caller_fkey FOREIGN KEY (caller) REFERENCES public.account(uid);
ALTER TABLE ONLY public.video_call_party
    ADD CONSTRAINT video_call_party_callid_fkey FOREIGN KEY (callid) REFERENCES public.video_call(callid);
ALTER TABLE ONLY public.video_call_party
    ADD CONSTRAINT video_call_party_uid_fkey FOREIGN KEY (uid) REFERENCES public.account(uid);
ALTER TABLE ONLY public.video_call
    ADD CONSTRAINT video_call_roomid_fkey FOREIGN KEY (roomid) REFERENCES public.room(roomid);
