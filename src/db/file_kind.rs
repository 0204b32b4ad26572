//! What a file is, as its bytes have it, and which kinds are taken: what the phones and offices of people
//! make, and nothing that runs.

use crate::model::DialogKind;
use encoding_rs::GB18030;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// How many bytes tell what a file is.
const HEAD: u64 = 8192;

/// What is taken, by media type, and what a message that names it is.
const TAKEN: [(&str, DialogKind); 31] = [
    ("image/png", DialogKind::Image),
    ("image/jpeg", DialogKind::Image),
    ("image/gif", DialogKind::Image),
    ("image/webp", DialogKind::Image),
    ("audio/mpeg", DialogKind::Voice),
    ("audio/m4a", DialogKind::Voice),
    ("audio/aac", DialogKind::Voice),
    ("audio/amr", DialogKind::Voice),
    ("audio/amr-wb", DialogKind::Voice),
    ("audio/3gpp", DialogKind::Voice),
    ("audio/ogg", DialogKind::Voice),
    ("audio/opus", DialogKind::Voice),
    ("audio/x-wav", DialogKind::Voice),
    ("audio/x-flac", DialogKind::Voice),
    ("image/heif", DialogKind::File),
    ("image/avif", DialogKind::File),
    ("video/mp4", DialogKind::File),
    ("video/x-m4v", DialogKind::File),
    ("video/3gpp", DialogKind::File),
    ("video/quicktime", DialogKind::File),
    ("video/webm", DialogKind::File),
    ("application/pdf", DialogKind::File),
    ("application/zip", DialogKind::File),
    ("application/msword", DialogKind::File),
    ("application/vnd.ms-excel", DialogKind::File),
    ("application/vnd.ms-powerpoint", DialogKind::File),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", DialogKind::File),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", DialogKind::File),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", DialogKind::File),
    (TEXT, DialogKind::File),
    (CHINESE_TEXT, DialogKind::File),
];
const TEXT: &str = "text/plain";
const CHINESE_TEXT: &str = "text/plain; charset=gb18030";

/// What a file is, as its bytes have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The media type.
    pub mime: &'static str,
    /// What a message that names it is, as a rule.
    pub kind: DialogKind,
}

/// What the file at `path` is, if that is taken.
pub fn recognise(path: &Path) -> io::Result<Option<Look>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    let mime = match find_mime(&head) {
        // Recorders of voice use the same container as cameras.
        Some("video/3gpp") if !has_pictures(path)? => Some("audio/3gpp"),
        mime => mime,
    };
    Ok(mime
        .and_then(|mime| TAKEN.iter().find(|(taken, _)| *taken == mime))
        .map(|&(mime, kind)| Look { mime, kind }))
}

/// The media type that the first bytes of a file say. A text may begin as anything does.
fn find_mime(head: &[u8]) -> Option<&'static str> {
    let known = find_sound(head).or_else(|| find_container(head));
    let inferred = infer::get(head);
    let known = known.or_else(|| inferred.map(|known| known.mime_type()));
    let is_markup = inferred.is_some_and(|known| known.matcher_type() == infer::MatcherType::Text);
    match (known, find_text(head)) {
        (known, None) => known,
        // These begin with so many letters that no other text does.
        (Some("application/pdf" | "audio/amr" | "audio/amr-wb"), Some(_)) => known,
        (Some("application/rtf" | "application/postscript"), Some(_)) => None,
        (_, Some(_)) if is_markup => None,
        (_, text) => text,
    }
}

/// Sound whose head `infer` does not know in all its forms.
fn find_sound(head: &[u8]) -> Option<&'static str> {
    match head {
        [b'#', b'!', b'A', b'M', b'R', b'-', b'W', b'B', ..] => Some("audio/amr-wb"),
        [b'#', b'!', b'A', b'M', b'R', ..] => Some("audio/amr"),
        // A frame of MPEG, layer III, of any version and with or without a checksum.
        [0xff, second, third, ..]
            if second & 0xe6 == 0xe2
                && second & 0x18 != 0x08
                && third & 0xf0 != 0xf0
                && third & 0x0c != 0x0c =>
        {
            Some("audio/mpeg")
        }
        _ => None,
    }
}

/// What lies in a container of ISO media, by its brand.
fn find_container(head: &[u8]) -> Option<&'static str> {
    let brand = head.get(4..12)?.strip_prefix(b"ftyp")?;
    Some(match brand {
        [b'3', b'g' | b'G', ..] => "video/3gpp",
        b"M4A " | b"M4B " | b"M4P " => "audio/m4a",
        [b'M', b'4', b'V', _] => "video/x-m4v",
        b"qt  " => "video/quicktime",
        b"avif" | b"avis" => "image/avif",
        b"mif1" | b"msf1" | [b'h', b'e', b'i' | b'v', b'c' | b'x' | b'm' | b's'] => "image/heif",
        _ => "video/mp4",
    })
}

/// Whether a container of ISO media has a track of pictures.
fn has_pictures(path: &Path) -> io::Result<bool> {
    const TRACK: (&[u8], usize, &[u8]) = (b"hdlr", 8, b"vide");
    let (kind, gap, pictures) = TRACK;
    let mut last = [0; 16];
    for byte in BufReader::new(File::open(path)?).bytes() {
        last.rotate_left(1);
        last[15] = byte?;
        if last.starts_with(kind) && last[kind.len() + gap..].starts_with(pictures) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Text in UTF-8 or in the encoding of China; its last letter may be cut through.
fn find_text(head: &[u8]) -> Option<&'static str> {
    let is_letter = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    let whole = match str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => str::from_utf8(&head[..error.valid_up_to()]).ok(),
        Err(_) => None,
    };
    if let Some(text) = whole {
        return (!text.is_empty() && text.chars().all(is_letter)).then_some(TEXT);
    }
    let decode = |bytes| GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    // Of a letter of up to four bytes, each from `0` on, the last ones may be missing.
    let cuts = (0..4).filter_map(|cut| head.split_at_checked(head.len().checked_sub(cut)?));
    let mut whole = cuts.filter(|(_, rest)| rest.iter().all(|byte| *byte >= b'0'));
    let decoded = whole.find_map(|(whole, _)| decode(whole))?;
    decoded.chars().all(is_letter).then_some(CHINESE_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(bytes: &[u8]) -> Option<(&'static str, DialogKind)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, bytes).unwrap();
        recognise(&path).unwrap().map(|look| (look.mime, look.kind))
    }

    fn container(brand: &str, rest: &[u8]) -> Vec<u8> {
        [&[0, 0, 0, 24][..], b"ftyp", brand.as_bytes(), &[0; 12], rest].concat()
    }

    #[test]
    fn the_bytes_say_what_a_file_is() {
        assert_eq!(look(b"\x89PNG\r\n\x1a\n"), Some(("image/png", DialogKind::Image)));
        assert_eq!(look(b"%PDF-1.7"), Some(("application/pdf", DialogKind::File)));
        let refused: [&[u8]; 8] = [
            b"",
            b"<html><script>",
            b"<!DOCTYPE html>",
            b"MZ\x90\0",
            b"\x7fELF\x02\x01\x01\0",
            b"a\0b",
            b"{\\rtf1 a}",
            b"#!/bin/sh\n",
        ];
        for head in refused {
            assert_eq!(look(head), None, "{head:?}");
        }
    }

    #[test]
    fn what_phones_record_is_taken() {
        let voice = |mime| Some((mime, DialogKind::Voice));
        assert_eq!(look(b"#!AMR\n\x3c\x91\x17\x16\xbe\x66"), voice("audio/amr"));
        assert_eq!(look(b"#!AMR-WB\n\x04\x91"), voice("audio/amr-wb"));
        for second in [0xfb, 0xfa, 0xf3, 0xf2, 0xe3, 0xe2] {
            assert_eq!(look(&[0xff, second, 0x90, 0x64, 0, 0]), voice("audio/mpeg"), "{second:x}");
        }
        assert_eq!(look(b"ID3\x03\0\0\0\0\0\0"), voice("audio/mpeg"));
        let track = |kind: &[u8]| [&b"moov....hdlr\0\0\0\0\0\0\0\0"[..], kind].concat();
        assert_eq!(look(&container("3gp4", &track(b"soun"))), voice("audio/3gpp"));
        let film = |mime| Some((mime, DialogKind::File));
        assert_eq!(look(&container("3gp5", &track(b"vide"))), film("video/3gpp"));
        assert_eq!(look(&container("M4V ", &[])), film("video/x-m4v"));
        assert_eq!(look(&container("isom", &[])), film("video/mp4"));
        assert_eq!(look(&container("heic", &[])), film("image/heif"));
        assert_eq!(look(&container("M4A ", &[])), voice("audio/m4a"));
    }

    #[test]
    fn text_is_taken_in_the_encodings_of_china_and_however_it_begins() {
        let text = |mime| Some((mime, DialogKind::File));
        assert_eq!(look("你好\n".as_bytes()), text(TEXT));
        assert_eq!(look(&"你好".as_bytes()[..5]), text(TEXT), "cut through");
        let (chinese, ..) = GB18030.encode("头疼两天了，没有发热。");
        assert_eq!(look(&chinese), text(CHINESE_TEXT));
        assert_eq!(look(&chinese[..chinese.len() - 1]), text(CHINESE_TEXT), "cut through");
        for begin in ["BM 值 23.4", "MZ 医生", "GIF 图", "ID3 说明", "BZh", "PK", "Rar!"] {
            assert_eq!(look(begin.as_bytes()), text(TEXT), "{begin}");
        }
        let (letter, ..) = GB18030.encode("BM 值偏高");
        assert_eq!(look(&letter), text(CHINESE_TEXT));
    }

    #[test]
    fn what_is_named_is_recognised() {
        let own = ["audio/amr-wb", "audio/3gpp", "video/3gpp", TEXT, CHINESE_TEXT];
        for (mime, _) in TAKEN {
            assert!(infer::is_mime_supported(mime) || own.contains(&mime), "{mime}");
        }
    }
}
