//! A table of people that somebody has saved as CSV: its encoding, its separator, its heading and its rows. What its
//! cells have to be is in `people_file`.

use crate::error::{Error, Result};
use crate::model::Malformed;
use csv::{Reader, ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, GB18030};
use std::borrow::Cow;

/// The most rows that a table may have.
pub const MOST_ROWS: usize = 5000;
/// The most columns.
const MOST_COLUMNS: usize = 100;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A resident's telephone number.
    Phone,
    /// A doctor's login name.
    Account,
    /// What somebody is called.
    Name,
    /// A doctor's job title.
    Title,
    /// The community, by its name or its id.
    Community,
    /// The first password.
    Password,
}

impl Column {
    /// What heads each column, in lower case.
    const HEADS: [(Self, &'static [&'static str]); 6] = [
        (Self::Phone, &["phone", "mobile", "手机", "手机号", "手机号码", "电话", "电话号码", "联系电话"]),
        (Self::Account, &["account", "login name", "login", "账号", "帐号", "登录名", "用户名"]),
        (Self::Name, &["name", "姓名", "名字"]),
        (Self::Title, &["title", "job title", "职称"]),
        (Self::Community, &["community", "communityid", "社区", "所属社区"]),
        (Self::Password, &["password", "first password", "密码", "初始密码"]),
    ];

    /// The field that faults in this column are told by.
    pub fn field(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Account => "account",
            Self::Name => "name",
            Self::Title => "title",
            Self::Community => "community",
            Self::Password => "password",
        }
    }

    fn headed_by(head: &str) -> Option<Self> {
        let head = head.trim().to_lowercase();
        let known = Self::HEADS.into_iter().find(|(_, heads)| heads.contains(&head.as_str()));
        known.map(|(column, _)| column)
    }
}

/// A row, with the number of the line in which it begins.
pub struct Row {
    /// From 1, the heading's.
    pub line: u64,
    cells: StringRecord,
}

/// A table with its heading.
pub struct Sheet {
    /// Where each column stands that is read.
    places: Vec<(Column, usize)>,
    width: usize,
    /// The heads of columns that nothing is taken from.
    pub ignored: Vec<String>,
    /// The rows in which anything stands.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// Reads `wanted` of a table in UTF-8, UTF-16 with its mark, or GB 18030, parted by commas, semicolons or tabs. Of two
    /// columns of the same the first is read.
    pub fn read(bytes: &[u8], wanted: &[Column]) -> Result<Self> {
        let text = with_line_feeds(decode(bytes)?);
        let mut reader = ReaderBuilder::new()
            .delimiter(separator(&text))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let heading = next(&mut reader, &text)?.ok_or_else(|| Error::param("file", Malformed::Empty))?;
        let width = heading.cells.len();
        if width > MOST_COLUMNS {
            return Err(Error::param("file", Malformed::TooMany(MOST_COLUMNS)));
        }
        let (mut places, mut ignored) = (Vec::new(), Vec::new());
        for (place, head) in heading.cells.iter().map(str::trim).enumerate() {
            match Column::headed_by(head).filter(|column| wanted.contains(column)) {
                Some(column) if places.iter().all(|(known, _)| *known != column) => {
                    places.push((column, place));
                }
                _ if head.is_empty() => {}
                _ => ignored.push(head.chars().take(50).collect()),
            }
        }
        let mut rows = Vec::new();
        while let Some(row) = next(&mut reader, &text)? {
            if row.cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if rows.len() == MOST_ROWS {
                return Err(Error::param("file", Malformed::TooMany(MOST_ROWS)));
            }
            rows.push(row);
        }
        Ok(Self { places, width, ignored, rows })
    }

    /// Whether there is such a column.
    pub fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }

    fn place(&self, column: Column) -> Option<usize> {
        self.places.iter().find(|(known, _)| *known == column).map(|(_, place)| *place)
    }

    /// What a row says in a column, if anything.
    pub fn cell(&self, row: &Row, column: Column) -> Option<String> {
        let text = unguarded(row.cells.get(self.place(column)?)?.trim());
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Whether a row says something where the heading has no column.
    pub fn overflows(&self, row: &Row) -> bool {
        row.cells.iter().skip(self.width).any(|cell| !cell.trim().is_empty())
    }
}

/// The next row, and the line that it begins in: lines without anything are passed over.
fn next(reader: &mut Reader<&[u8]>, text: &str) -> Result<Option<Row>> {
    let mut cells = StringRecord::new();
    let (line, begin) = (reader.position().line(), reader.position().byte());
    let is_read = reader.read_record(&mut cells).map_err(|_| Error::param("file", Malformed::Encoding))?;
    let rest = usize::try_from(begin).ok().and_then(|begin| text.as_bytes().get(begin..)).unwrap_or_default();
    let passed = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let passed = passed.filter(|byte| **byte == b'\n').count() as u64;
    Ok(is_read.then_some(Row { line: line + passed, cells }))
}

/// What programs that calculate write in UTF-8, in UTF-16 or, in China, in the encoding of the system.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding
            .decode_without_bom_handling_and_without_replacement(bytes.get(mark..).unwrap_or_default()),
        None => str::from_utf8(bytes)
            .ok()
            .map(Cow::Borrowed)
            .or_else(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes)),
    };
    text.ok_or_else(|| Error::param("file", Malformed::Encoding))
}

/// Some programs end lines with a carriage return alone, which would make one line of all.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\n') { text } else { text.replace('\r', "\n").into() }
}

/// What parts the cells of the heading.
fn separator(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: &u8| heading.bytes().filter(|byte| byte == separator).count();
    // Of equals the last one is taken.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// A cell without the apostrophe that keeps a program from calculating what follows it.
fn unguarded(cell: &str) -> &str {
    let rest =
        cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
    rest.unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: [Column; 2] = [Column::Phone, Column::Name];

    /// Every row: its line, its phone, its name.
    fn rows(bytes: &[u8]) -> Vec<(u64, Option<String>, Option<String>)> {
        let sheet = Sheet::read(bytes, &WANTED).unwrap();
        let rows = sheet.rows.iter();
        rows.map(|row| (row.line, sheet.cell(row, Column::Phone), sheet.cell(row, Column::Name))).collect()
    }

    #[test]
    fn whatever_a_program_saves_is_read() {
        let text = "手机号,姓名\r\n13800000001,王芳\r\n";
        let expected = vec![(2, Some("13800000001".to_owned()), Some("王芳".to_owned()))];
        assert_eq!(rows(text.as_bytes()), expected);
        assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(rows(&GB18030.encode(text).0), expected);
        assert_eq!(rows(text.replace(',', ";").as_bytes()), expected);
        let wide: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.replace(',', "\t").encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(rows(&wide), expected);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let text = "\nPhone,Name,remark\n\n1,\"two\nlines\",x\n,,\n\n\n2,'+b\n3,'=c,x,y\n";
        let found = rows(text.as_bytes());
        let lines: Vec<_> = found.iter().map(|(line, _, _)| *line).collect();
        assert_eq!(lines, [4, 9, 10]);
        assert_eq!((found[1].2.as_deref(), found[2].2.as_deref()), (Some("+b"), Some("=c")));
        let sheet = Sheet::read(text.as_bytes(), &WANTED).unwrap();
        assert_eq!(sheet.ignored, ["remark"]);
        assert_eq!(
            sheet.rows.iter().map(|row| sheet.overflows(row)).collect::<Vec<_>>(),
            [false, false, true]
        );
        assert!(!sheet.has(Column::Community));
    }

    #[test]
    fn a_column_that_is_not_read_is_named() {
        let sheet = Sheet::read("手机,职称,手机号,Name\r1,a,2,b\r".as_bytes(), &WANTED).unwrap();
        assert_eq!(sheet.ignored, ["职称", "手机号"]);
        let row = &sheet.rows[0];
        assert_eq!((row.line, sheet.cell(row, Column::Phone).as_deref()), (2, Some("1")));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let rule = |bytes: &[u8]| match Sheet::read(bytes, &WANTED) {
            Ok(_) => panic!("it was read"),
            Err(error) => error.broken_rule().unwrap().1,
        };
        assert_eq!(rule(b""), "empty");
        assert_eq!(rule(b"\xff\xff\xff"), "encoding");
        let many = format!("phone\n{}", "1\n".repeat(MOST_ROWS + 1));
        assert_eq!(rule(many.as_bytes()), "too_many");
        assert_eq!(rule(",".repeat(MOST_COLUMNS).as_bytes()), "too_many");
    }
}
