//! The tables as diesel sees them, the same for both databases. What they mean stands in `migrations`.

// What the macros make has no docs of its own.
#![allow(missing_docs)]

diesel::table! { community (communityid) { communityid -> Text, name -> Text, disabled -> Bool, createtime -> BigInt, } }

diesel::table! {
    account (uid) {
        uid -> Text,
        role -> Text,
        login -> Text,
        password -> Text,
        name -> Text,
        communityid -> Nullable<Text>,
        title -> Nullable<Text>,
        disabled -> Bool,
        createtime -> BigInt,
    }
}

diesel::table! { known_address (uid, address) { uid -> Text, address -> Text, seen -> BigInt, } }

diesel::table! { token (hash) { hash -> Binary, uid -> Text, expires -> BigInt, } }

diesel::table! {
    login_record (uid, recordid) {
        uid -> Text,
        createtime -> BigInt,
        recordid -> Text,
        deviceid -> Text,
        platform -> Nullable<Text>,
        address -> Text,
    }
}

diesel::table! {
    device (deviceid) {
        deviceid -> Text,
        uid -> Text,
        platform -> Nullable<Text>,
        updatetime -> BigInt,
        token -> Nullable<Binary>,
        acks -> Bool,
    }
}

diesel::table! {
    mailbox (uid) {
        uid -> Text,
        seq -> BigInt,
        acked -> BigInt,
        pruned -> BigInt,
        told -> BigInt,
        sent -> BigInt,
        epoch -> BigInt,
        slots -> BigInt,
        present -> Bool,
    }
}

diesel::table! {
    room_delivery (roomid, uid) { roomid -> Text, uid -> Text, delivered -> BigInt, notified -> BigInt, }
}

diesel::table! {
    device_alias (deviceid) {
        deviceid -> Text,
        uid -> Nullable<Text>,
        told -> Nullable<Text>,
        due -> Nullable<BigInt>,
        tries -> Integer,
    }
}

diesel::table! {
    alert (alertid) {
        alertid -> BigInt,
        uid -> Text,
        seq -> BigInt,
        kind -> Text,
        title -> Text,
        content -> Text,
        extras -> Text,
        topic -> Nullable<Text>,
        topicseq -> Nullable<BigInt>,
        author -> Nullable<Text>,
        createtime -> BigInt,
        due -> BigInt,
        noticeid -> Nullable<Text>,
        webpushed -> Bool,
    }
}

diesel::table! {
    web_subscription (token) {
        token -> Binary,
        uid -> Text,
        role -> Text,
        endpoint -> Text,
        p256dh -> Binary,
        auth -> Binary,
        language -> Text,
        words -> Bool,
        updatetime -> BigInt,
    }
}

diesel::table! {
    web_push (pushid) {
        pushid -> Text,
        token -> Binary,
        uid -> Text,
        kind -> Text,
        tag -> Text,
        place -> Nullable<Text>,
        items -> Text,
        expires -> BigInt,
        due -> Nullable<BigInt>,
        tries -> Integer,
        ended -> Nullable<Text>,
    }
}

diesel::table! {
    notice (noticeid) {
        noticeid -> Text,
        kind -> Text,
        title -> Text,
        content -> Text,
        extras -> Text,
        cid -> Nullable<Text>,
        msgid -> Nullable<BigInt>,
        createtime -> BigInt,
        due -> Nullable<BigInt>,
        tries -> Integer,
    }
}

diesel::table! { push_body (bodyid) { bodyid -> Text, shared -> Text, dialogid -> Nullable<Text>, } }

diesel::table! {
    push_log (uid, seq) {
        uid -> Text,
        seq -> BigInt,
        name -> Text,
        own -> Nullable<Text>,
        shared -> Nullable<Text>,
        bodyid -> Nullable<Text>,
        createtime -> BigInt,
        dialogid -> Nullable<Text>,
    }
}

// The log as SQLite keeps it.
diesel::table! {
    #[sql_name = "push_log"]
    push_chain (pushid) {
        pushid -> BigInt,
        back -> BigInt,
        uid -> Text,
        seq -> BigInt,
        name -> Text,
        own -> Nullable<Text>,
        shared -> Nullable<Text>,
        bodyid -> Nullable<Text>,
        createtime -> BigInt,
        dialogid -> Nullable<Text>,
    }
}

diesel::table! {
    push_mark (uid, seq) {
        uid -> Text,
        seq -> BigInt,
        pushid -> BigInt,
    }
}

// Where the newest pushes of a mailbox stand in it.
diesel::table! {
    #[sql_name = "mailbox"]
    mailbox_chain (uid) {
        uid -> Text,
        seq -> BigInt,
        pruned -> BigInt,
        pushid -> BigInt,
        previous -> BigInt,
    }
}

diesel::table! {
    team (stid) {
        stid -> Text,
        name -> Text,
        communityid -> Text,
        leader -> Text,
        disabled -> Bool,
        createtime -> BigInt,
        signed -> BigInt,
    }
}

diesel::table! { tally (name) { name -> Text, counted -> Text, total -> BigInt, } }

diesel::table! { message_count (minute) { minute -> BigInt, messages -> BigInt, } }

diesel::table! { team_doctor (stid, uid) { stid -> Text, uid -> Text, } }

diesel::table! {
    duty_roster (rosterid) { rosterid -> Text, uid -> Text, begins -> BigInt, ends -> Nullable<BigInt>, }
}

diesel::table! {
    social_signed (sid) {
        sid -> Text,
        uid -> Text,
        doctoruid -> Text,
        stid -> Text,
        status -> Text,
        reason -> Nullable<Text>,
        source -> Nullable<Text>,
        createtime -> BigInt,
        updatetime -> BigInt,
        signtime -> Nullable<BigInt>,
        endtime -> Nullable<BigInt>,
    }
}

diesel::table! {
    room (roomid) {
        roomid -> Text,
        kind -> Text,
        pair -> Nullable<Text>,
        name -> Nullable<Text>,
        owner -> Nullable<Text>,
        open -> Bool,
        seq -> BigInt,
        updatetime -> BigInt,
        createtime -> BigInt,
    }
}

diesel::table! {
    room_member (roomid, uid) {
        roomid -> Text,
        uid -> Text,
        messageid -> Text,
        joined_seq -> BigInt,
        left_seq -> Nullable<BigInt>,
        read_seq -> BigInt,
        written -> BigInt,
        written_read -> BigInt,
        answered_seq -> BigInt,
        active -> BigInt,
    }
}

diesel::table! {
    friend_request (roomid) { roomid -> Text, fromuid -> Text, touid -> Text, createtime -> BigInt, }
}

diesel::table! { search_entry (id) { id -> BigInt, dialogid -> Text, } }

// On SQLite alone: on PostgreSQL it is a column of `search_entry`.
diesel::table! { search_words (rowid) { rowid -> BigInt, words -> Text, } }

diesel::table! { search_mark (id) { id -> Integer, dialogid -> Text, entryid -> BigInt, } }

diesel::table! {
    social_dialog (roomid, roomseq) {
        roomid -> Text,
        roomseq -> BigInt,
        dialogid -> Text,
        fromuid -> Text,
        onbehalfof -> Nullable<Text>,
        kind -> Text,
        body -> Text,
        clientid -> Nullable<Text>,
        createtime -> BigInt,
        recalled -> Bool,
        dutyuid -> Nullable<Text>,
        process -> Nullable<Integer>,
        claimuid -> Nullable<Text>,
        claimuntil -> Nullable<BigInt>,
        reminded -> Integer,
        answerseq -> Nullable<BigInt>,
        quote -> Nullable<BigInt>,
    }
}

diesel::table! {
    video_call (callid) {
        callid -> Text,
        roomid -> Text,
        roomseq -> BigInt,
        caller -> Text,
        callee -> Text,
        status -> Text,
        reason -> Nullable<Text>,
        endedby -> Nullable<Text>,
        createtime -> BigInt,
        expires -> BigInt,
        accepttime -> Nullable<BigInt>,
        endtime -> Nullable<BigInt>,
        owner -> Nullable<BigInt>,
    }
}

// On PostgreSQL alone.
diesel::table! {
    chore (name) {
        name -> Text,
        holder -> BigInt,
        term -> BigInt,
        until -> BigInt,
    }
}

diesel::table! {
    node (slot) {
        slot -> Integer,
        incarnation -> BigInt,
        name -> Text,
        version -> Text,
        leaving -> Bool,
        until -> BigInt,
    }
}

diesel::table! { attempt (key) { key -> Text, at -> BigInt, } }

diesel::table! {
    connection (uid, deviceid) {
        uid -> Text,
        deviceid -> Text,
        slot -> Integer,
        incarnation -> BigInt,
        session -> BigInt,
        epoch -> BigInt,
        token -> Binary,
        acks -> Bool,
        entered -> BigInt,
    }
}

diesel::table! { video_call_party (uid) { uid -> Text, callid -> Text, } }

diesel::table! {
    file (fileid) {
        fileid -> Text,
        uid -> Text,
        kind -> Text,
        mime -> Text,
        name -> Nullable<Text>,
        size -> BigInt,
        sent -> Bool,
        createtime -> BigInt,
        ready -> Bool,
    }
}

// Kept by diesel: which migrations have run.
diesel::table! { __diesel_schema_migrations (version) { version -> Text, run_on -> Timestamp, } }

diesel::table! { probe (id) { id -> Integer, at -> BigInt, } }

diesel::table! { file_sent (fileid, roomid, roomseq) { fileid -> Text, roomid -> Text, roomseq -> BigInt, } }

diesel::joinable!(video_call_party -> video_call (callid));
diesel::table! {
    platform_topic (topicid) {
        topicid -> Text,
        tag -> Text,
        author -> Text,
        clientid -> Nullable<Text>,
        title -> Text,
        content -> Text,
        data -> Text,
        audience -> Nullable<Text>,
        communityid -> Nullable<Text>,
        stid -> Nullable<Text>,
        createtime -> BigInt,
        progress -> Text,
        sent -> BigInt,
        finished -> Bool,
        lastuid -> Nullable<Text>,
    }
}

diesel::table! {
    scheduled_announcement (scheduleid) {
        scheduleid -> Text,
        author -> Text,
        clientid -> Nullable<Text>,
        tag -> Text,
        title -> Text,
        content -> Text,
        data -> Text,
        audience -> Text,
        communityid -> Nullable<Text>,
        sendtime -> BigInt,
        createtime -> BigInt,
    }
}

diesel::table! {
    social_message (uid, tag) {
        uid -> Text,
        tag -> Text,
        messageid -> Text,
        topicid -> Text,
        total -> BigInt,
        read_total -> BigInt,
        updatetime -> BigInt,
    }
}

diesel::table! {
    topic_recipient (topicid, uid) { topicid -> Text, uid -> Text, seq -> BigInt, number -> BigInt, }
}

diesel::table! {
    reservation (reservationid) {
        reservationid -> Text,
        uid -> Text,
        doctoruid -> Text,
        time -> BigInt,
        reason -> Text,
        status -> Text,
        reply -> Nullable<Text>,
        createtime -> BigInt,
        updatetime -> BigInt,
    }
}

diesel::table! {
    office_hours (uid, weekday, begins) {
        uid -> Text,
        weekday -> BigInt,
        begins -> BigInt,
        ends -> BigInt,
        utcoffset -> BigInt,
        autoanswer -> Bool,
    }
}

diesel::table! {
    auto_answer (roomid) { roomid -> Text, answered -> BigInt, }
}

diesel::table! {
    person_fact (uid, kind) { uid -> Text, kind -> Text, content -> Text, byuid -> Text, updatetime -> BigInt, }
}

diesel::table! {
    quick_reply (replyid) {
        replyid -> Text,
        uid -> Nullable<Text>,
        stid -> Nullable<Text>,
        place -> Integer,
        content -> Text,
    }
}

diesel::joinable!(social_dialog -> account (fromuid));
diesel::joinable!(person_fact -> account (byuid));
diesel::joinable!(friend_request -> room (roomid));
diesel::joinable!(room_member -> room (roomid));
diesel::joinable!(room_member -> account (uid));
diesel::joinable!(social_signed -> team (stid));
diesel::joinable!(team_doctor -> account (uid));
diesel::joinable!(duty_roster -> account (uid));
diesel::joinable!(token -> account (uid));
diesel::joinable!(push_log -> push_body (bodyid));
diesel::joinable!(social_message -> platform_topic (topicid));
diesel::joinable!(topic_recipient -> platform_topic (topicid));
diesel::allow_tables_to_appear_in_same_query!(
    account,
    alert,
    auto_answer,
    community,
    connection,
    device,
    device_alias,
    duty_roster,
    friend_request,
    file,
    file_sent,
    known_address,
    login_record,
    mailbox,
    node,
    notice,
    office_hours,
    person_fact,
    platform_topic,
    push_body,
    push_log,
    reservation,
    room,
    room_delivery,
    room_member,
    search_entry,
    social_dialog,
    social_message,
    social_signed,
    team,
    team_doctor,
    token,
    topic_recipient,
    video_call,
    video_call_party,
    web_push,
    web_subscription,
);
