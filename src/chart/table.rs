//! The text twin of a picture.

use crate::format::plain_digits;

/// What a picture shows, as a table of plain strings: read aloud by screen readers, copied into
/// spreadsheets. Numbers in it are text for people; [`Table::to_tsv`] takes the grouping of digits out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// One or two sentences that say the same as the picture.
    pub caption: String,
    /// One for each column, with the unit where the cells have none.
    pub headers: Vec<String>,
    /// As many cells in each row as there are headers.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Headers and rows as a file that spreadsheets open (RFC 4180): comma between cells, CR LF behind each row, quotes
    /// around what has one of these. A cell that a spreadsheet would take for a formula gets a space in front: names
    /// come from the board.
    pub fn to_csv(&self) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.headers).chain(&self.rows) {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                csv_cell(&plain_digits(cell), &mut text);
            }
            text.push_str("\r\n");
        }
        text
    }

    /// Headers and rows, tab between cells, LF behind each row. Tabs and line ends in cells become spaces.
    pub fn to_tsv(&self) -> String {
        let mut text = String::new();
        for row in std::iter::once(&self.headers).chain(&self.rows) {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                text.push_str(&plain_digits(cell).replace(['\t', '\n', '\r'], " "));
            }
            text.push('\n');
        }
        text
    }
}

/// Writes a cell of a CSV file behind what is there: see [`Table::to_csv`].
pub(super) fn csv_cell(cell: &str, text: &mut String) {
    let is_number = cell.bytes().skip(1).all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_formula = cell.starts_with(['=', '@', '\t', '\r']) || cell.starts_with(['+', '-']) && !is_number;
    let is_quoted = cell.contains([',', '"', '\n', '\r']);
    let quote = if is_quoted { "\"" } else { "" };
    text.push_str(quote);
    text.push_str(if is_formula { " " } else { "" });
    match is_quoted {
        true => text.push_str(&cell.replace('"', "\"\"")),
        false => text.push_str(cell),
    }
    text.push_str(quote);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tsv_keeps_its_columns_whatever_the_names() {
        let table = Table {
            caption: "Two rows.".into(),
            headers: vec!["Type".into(), "Bytes".into()],
            rows: vec![vec!["a\tb\n".into(), "1\u{202f}234".into()]],
        };
        assert_eq!(table.to_tsv(), "Type\tBytes\na b \t1234\n");
    }

    #[test]
    fn csv_keeps_its_cells_whatever_is_in_them_and_computes_nothing() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table {
            caption: String::new(),
            headers: row(["Type, with \"quotes\"", "Bytes"]),
            rows: vec![row(["=1+1", "-5"]), row(["two\nlines", "1\u{202f}234"])],
        };
        let expected = "\"Type, with \"\"quotes\"\"\",Bytes\r\n =1+1,-5\r\n\"two\nlines\",1234\r\n";
        assert_eq!(table.to_csv(), expected);
    }
}
