//! The decoders of the Socket.IO transport, on whatever a client may send:
//! `cargo +nightly fuzz run socketio -- -rss_limit_mb=1024 -max_total_time=600`. The bounded run of
//! the same is `tests/socketio/property.rs`.

#![no_main]

use bytestring::ByteString;
use jiayi::transport::socketio::{
    engine::{
        packet::{Version, decode_binary, decode_text},
        payload,
    },
    socket::packet::{Packet, decode_args, decode_event},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: Vec<u8>| {
    for version in [Version::V3, Version::V4] {
        for binary in [false, true] {
            let _ = payload::decode(data.clone().into(), version, binary);
        }
        let _ = decode_binary(data.clone().into(), version);
        if let Ok(text) = ByteString::try_from(data.clone()) {
            let _ = decode_text(&text, version);
        }
    }
    let Ok(text) = ByteString::try_from(data) else {
        return;
    };
    if let Ok(packet) = Packet::decode(&text) {
        let _ = decode_event(&packet.data);
        let _ = decode_args(&packet.data);
    }
});
