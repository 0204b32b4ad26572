//! As much of Rust's grammar as it takes to find imports.

/// The code of a file: comments and the contents of strings are left out, and items under
/// `#[cfg(test)]`.
pub fn code(text: &str) -> String {
    without_tests(&without_comments(text))
}

fn without_comments(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r#\"") {
            code.push_str("\"\"");
            rest.find("\"#").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            code.push_str("\"\"");
            end_of_string(rest)
        } else if let Some(length) = length_of_char(rest) {
            length
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of the string that a text begins with.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the character in quotes that a text begins with; `None` where that is a lifetime.
fn length_of_char(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let first = rest.chars().next()?;
    let length = match first {
        '\\' => 2 + rest[2..].find('\'')?,
        _ => Some(first.len_utf8()).filter(|length| rest[*length..].starts_with('\''))?,
    };
    Some(length + 2)
}

fn without_tests(code: &str) -> String {
    let mut parts = code.split("#[cfg(test)]");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + &part[end_of_item(part)..])
}

/// The length of the item that a text begins with: up to its `;`, or to the end of its braces.
fn end_of_item(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && (c == ';' || c == '}') {
            return at + 1;
        }
    }
    text.len()
}

/// The paths that code names: those of `use`, nested ones too, and those within expressions and types
/// that begin with `crate`, `super` or `self`. Each is a list of names.
pub fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let (mut rest, mut before) = (code, ' ');
    while let Some(c) = rest.chars().next() {
        let starts_word = is_word(c) && !is_word(before);
        let skipped = match starts_word {
            true if rest.starts_with("use ") => {
                let end = rest.find(';').unwrap_or(rest.len());
                expand(&rest[4..end], &[], &mut found);
                end
            }
            true => {
                let path = path(rest);
                if ["crate", "super", "self"].iter().any(|root| path.starts_with(&format!("{root}::"))) {
                    expand(path, &[], &mut found);
                }
                path.len()
            }
            false => c.len_utf8(),
        };
        before = rest[..skipped].chars().next_back().unwrap_or(' ');
        rest = &rest[skipped..];
    }
    found
}

/// The path that a text begins with.
fn path(text: &str) -> &str {
    let mut end = 0;
    loop {
        end += text[end..].find(|c| !is_word(c)).unwrap_or(text.len() - end);
        let after = text[end..].strip_prefix("::");
        match after.and_then(|rest| rest.chars().next()) {
            Some(c) if is_word(c) => end += 2,
            _ => return &text[..end],
        }
    }
}

/// The paths of a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(tree: &str, before: &[String], found: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let tree = tree.split(" as ").next().filter(|_| !tree.contains('{')).unwrap_or(tree).trim();
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let names = head.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let path: Vec<_> = before.iter().cloned().chain(names).collect();
    match group {
        Some(group) => split_group(group).into_iter().for_each(|part| expand(part, &path, found)),
        None => found.push(path),
    }
}

/// The parts of a group, at its commas outside of inner groups.
fn split_group(group: &str) -> Vec<&str> {
    let mut depth = 0;
    group
        .split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        })
        .filter(|part| !part.trim().is_empty())
        .collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn all_ways_to_name_something_are_found() {
    let text = r##"
        //! use crate::comment;
        use crate::a::{self, b::C, d::{E, F as G}};
        pub use super::h::{I,
            J};
        mod k;
        #[cfg(test)]
        mod tests { use super::*; fn f() { crate::test::g() } }
        #[cfg(test)]
        use crate::also_a_test;
        fn l(m: &crate::n::O) -> self::p::Q { let s = "use crate::r;"; super::super::t('"', $crate::u::v!()) }
    "##;
    let found: Vec<_> = paths(&code(text)).iter().map(|path| path.join("::")).collect();
    let wanted = [
        "crate::a::self",
        "crate::a::b::C",
        "crate::a::d::E",
        "crate::a::d::F",
        "super::h::I",
        "super::h::J",
        "crate::n::O",
        "self::p::Q",
        "super::super::t",
        "crate::u::v",
    ];
    assert_eq!(found, wanted);
}
