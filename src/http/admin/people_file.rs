//! The rows of a table as people to import, as far as each cell can be judged by itself. The table is read by `sheet`,
//! who may be imported is decided in `service::imports`.

use crate::error::{Error, Result};
use crate::http::admin::sheet::{Column, Row, Sheet};
use crate::model::{Login, Malformed, Name, Password, Phone, Role, Title};
use crate::service::imports::{Entry, Fault};

/// What a file holds.
pub struct Checked {
    /// The rows of which every cell can be taken.
    pub entries: Vec<Entry<Option<String>>>,
    /// What is wrong with the others.
    pub faults: Vec<Fault>,
    /// The columns that nothing is taken from.
    pub ignored: Vec<String>,
}

/// The column of what people of a role log in by.
pub fn login_column(role: Role) -> Column {
    match role {
        Role::User => Column::Phone,
        Role::Doctor | Role::Admin => Column::Account,
    }
}

/// The columns that are read of people of a role.
fn columns(role: Role) -> Vec<Column> {
    let title = (role == Role::Doctor).then_some(Column::Title);
    let all = [login_column(role), Column::Name, Column::Community, Column::Password];
    all.into_iter().chain(title).collect()
}

/// Reads a file, off the threads that answer requests.
pub async fn read(role: Role, bytes: Vec<u8>) -> Result<Checked> {
    let read = move || Sheet::read(&bytes, &columns(role)).map(|sheet| check(role, sheet));
    tokio::task::spawn_blocking(read).await.map_err(Error::inside)?
}

fn check(role: Role, sheet: Sheet) -> Checked {
    let lacking = [login_column(role), Column::Name].into_iter().filter(|column| !sheet.has(*column));
    let lacking = lacking.map(|column| Fault { line: 1, field: column.field(), why: Malformed::Missing });
    let mut faults: Vec<_> = lacking.collect();
    let mut entries = Vec::new();
    if faults.is_empty() {
        for row in &sheet.rows {
            let mut cells = Cells { sheet: &sheet, row, faults: Vec::new() };
            entries.extend(cells.entry(role));
            faults.append(&mut cells.faults);
        }
    }
    Checked { entries, faults, ignored: sheet.ignored }
}

/// The cells of a row, and what is wrong with them.
struct Cells<'s> {
    sheet: &'s Sheet,
    row: &'s Row,
    faults: Vec<Fault>,
}

impl Cells<'_> {
    /// The person of the row, unless anything is wrong.
    fn entry(&mut self, role: Role) -> Option<Entry<Option<String>>> {
        if self.sheet.overflows(self.row) {
            self.wrong("row", Malformed::Cells);
        }
        let login = match role {
            Role::User => self.required::<Phone>(login_column(role)).map(Login::from),
            Role::Doctor | Role::Admin => self.required::<Login>(login_column(role)),
        };
        let name = self.required::<Name>(Column::Name);
        let title = self.optional::<Title>(Column::Title);
        let password = self.optional::<Password>(Column::Password);
        let (line, place) = (self.row.line, self.sheet.cell(self.row, Column::Community));
        match (login, name) {
            (Some(login), Some(name)) if self.faults.is_empty() => {
                Some(Entry { line, login, name, title, password, place })
            }
            _ => None,
        }
    }

    fn required<T: TryFrom<String, Error = Malformed>>(&mut self, column: Column) -> Option<T> {
        let is_there = self.sheet.cell(self.row, column).is_some();
        if !is_there {
            self.wrong(column.field(), Malformed::Missing);
        }
        self.optional(column)
    }

    fn optional<T: TryFrom<String, Error = Malformed>>(&mut self, column: Column) -> Option<T> {
        let value = T::try_from(self.sheet.cell(self.row, column)?);
        value.map_err(|why| self.wrong(column.field(), why)).ok()
    }

    fn wrong(&mut self, field: &'static str, why: Malformed) {
        self.faults.push(Fault { line: self.row.line, field, why });
    }
}
