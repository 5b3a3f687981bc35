//! Tables aligned with tabs, as by Go's `text/tabwriter` (docs/influxdb-compatibility.md §7.1): programs that parse
//! `influx`'s output can parse Jeton's.

/// Width of a tab: columns are a multiple of so many characters wide.
const TAB: usize = 8;

/// A table. Columns never get narrower, so that the rows of a later page stay aligned.
#[derive(Debug, Default)]
pub struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// Returns the rows, each cell but the last followed by as many tabs as its column needs, each row by a line break.
    pub fn lines(&mut self, rows: &[Vec<String>]) -> String {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
        for row in &rows {
            self.widen(row);
        }
        rows.iter().map(|row| self.line(row)).collect()
    }

    fn widen(&mut self, row: &[String]) {
        self.widths.resize(self.widths.len().max(row.len()), 0);
        for (width, cell) in self.widths.iter_mut().zip(row) {
            // At least one tab separates two cells.
            *width = (*width).max((cell.chars().count() + 1).next_multiple_of(TAB));
        }
    }

    fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(&self.widths).enumerate() {
            line.push_str(cell);
            if index + 1 < row.len() {
                let missing = width.saturating_sub(cell.chars().count());
                line.extend(std::iter::repeat_n('\t', missing.div_ceil(TAB)));
            }
        }
        line.push('\n');
        line
    }
}

/// Escapes characters that would break a table or control a terminal.
fn printable(cell: &str) -> String {
    if cell.chars().any(char::is_control) {
        let escape =
            |letter: char| if letter.is_control() { letter.escape_default().to_string() } else { letter.into() };
        return cell.chars().map(escape).collect();
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tables_are_set_as_go_sets_them() {
        let mut table = Table::default();
        let lines = table.lines(&[row(&["ID", "Name"]), row(&["08371db1dd8c8000", "testuser"])]);
        assert_eq!(lines, "ID\t\t\tName\n08371db1dd8c8000\ttestuser\n");
        let rows = [row(&["Active", "Name", "URL", "Org"]), row(&["*", "default", "http://localhost:8086", "o"])];
        let lines = Table::default().lines(&rows);
        assert_eq!(lines, "Active\tName\tURL\t\t\tOrg\n*\tdefault\thttp://localhost:8086\to\n");
    }

    #[test]
    fn a_later_page_stays_in_line() {
        let mut table = Table::default();
        table.lines(&[row(&["a long description", "x"])]);
        assert_eq!(table.lines(&[row(&["short", "y"])]), "short\t\t\ty\n");
    }

    #[test]
    fn names_do_not_steer_the_terminal() {
        assert_eq!(Table::default().lines(&[row(&["a\tb", "\u{1b}[2Jx"])]), "a\\tb\t\\u{1b}[2Jx\n");
    }
}
