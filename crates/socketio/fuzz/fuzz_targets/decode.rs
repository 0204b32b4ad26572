//! Passes arbitrary input to the decoders. In the folder of the crate:
//! `cargo +nightly fuzz run decode -- -rss_limit_mb=1024 -max_total_time=600`. The tests in
//! `src/property.rs` are a short run of the same.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| actix_socketio::fuzzing::decode(data));
