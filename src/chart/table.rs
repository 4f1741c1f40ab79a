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
}
