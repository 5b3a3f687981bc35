//! Output of commands: a table, JSON as `influx` writes it, YAML, or variables for a shell.

use std::{
    io::{self, Write as _},
    marker::PhantomData,
};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use crate::{advice::is_withheld, error::Outcome, table::Table};

/// The format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Table with aligned columns
    Table,
    /// JSON in the format of influx
    Json,
    /// YAML
    Yaml,
    /// Shell variables INFLUX_HOST, INFLUX_ORG and INFLUX_TOKEN, for commands that print a new token
    Env,
}

/// An item that is a row of a table, and an object in JSON and YAML.
pub trait Shown: Serialize {
    /// Returns the headers of the columns.
    fn columns() -> Vec<&'static str>;
    /// Returns one cell per column.
    fn cells(&self) -> Vec<String>;
}

/// A deleted item: a row with one more cell.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Deleted<T>(pub T);

impl<T: Shown> Shown for Deleted<T> {
    fn columns() -> Vec<&'static str> {
        [T::columns(), vec!["Deleted"]].concat()
    }

    fn cells(&self) -> Vec<String> {
        [self.0.cells(), vec!["true".into()]].concat()
    }
}

/// A writer of results to standard output.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    /// The format of the results.
    pub format: Format,
    /// True if a table begins with its headers.
    pub heads: bool,
}

impl Printer {
    /// Prints one result: a table with one row, or an object.
    pub fn one<T: Shown>(self, item: &T) -> Outcome {
        match self.format {
            Format::Table => self.list(std::slice::from_ref(item), ""),
            Format::Json | Format::Yaml | Format::Env => self.value(item),
        }
    }

    /// Prints a value without columns, as JSON or YAML.
    pub fn value(self, value: &impl Serialize) -> Outcome {
        match self.format {
            Format::Yaml => print(&yaml(value)?),
            Format::Json | Format::Table | Format::Env => print(&format!("{}\n", json(value, "")?)),
        }
    }

    /// Prints all results at once. `empty`: the JSON of an empty list.
    pub fn list<T: Shown>(self, items: &[T], empty: &'static str) -> Outcome {
        let mut listing = self.listing(empty);
        listing.add(items)?;
        listing.end()
    }

    /// Prints results page by page. `empty`: the JSON of an empty list, `null` or `[]` (docs/influxdb-compatibility.md
    /// §7.1).
    pub fn listing<T: Shown>(self, empty: &'static str) -> Listing<T> {
        Listing { printer: self, empty, table: Table::default(), begun: false, of: PhantomData }
    }
}

/// A list that is printed while it is fetched.
pub struct Listing<T> {
    printer: Printer,
    empty: &'static str,
    table: Table,
    /// True if anything was printed.
    begun: bool,
    of: PhantomData<T>,
}

impl<T: Shown> Listing<T> {
    /// Prints the next results.
    pub fn add(&mut self, items: &[T]) -> Outcome {
        let first = !self.begun;
        self.begun |= !items.is_empty();
        match self.printer.format {
            Format::Table => {
                let rows: Vec<Vec<String>> = items.iter().map(T::cells).collect();
                let heads = (first && !rows.is_empty()).then(heads::<T>).filter(|_| self.printer.heads);
                let rows: Vec<Vec<String>> = heads.into_iter().chain(rows).collect();
                print(&self.table.lines(&rows))
            }
            Format::Json => {
                let mut text = String::new();
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if first && index == 0 { "[\n\t" } else { ",\n\t" });
                    text.push_str(&json(item, "\t")?);
                }
                print(&text)
            }
            Format::Yaml | Format::Env => items.iter().try_for_each(|item| print(&yaml(&[item])?)),
        }
    }

    /// Prints the end of the list, or an empty list.
    pub fn end(mut self) -> Outcome {
        match (self.printer.format, self.begun) {
            (Format::Table, false) if self.printer.heads => print(&self.table.lines(&[heads::<T>()])),
            (Format::Json, true) => print("\n]\n"),
            (Format::Json, false) => print(&format!("{}\n", self.empty)),
            (Format::Yaml | Format::Env, false) => print("[]\n"),
            (Format::Table | Format::Yaml | Format::Env, _) => Ok(()),
        }
    }
}

fn heads<T: Shown>() -> Vec<String> {
    T::columns().into_iter().map(Into::into).collect()
}

/// Prints to standard output and flushes: a reader of a pipe sees the first page while the second is fetched.
pub fn print(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Returns JSON as Go writes it: indented by tabs, and with HTML's special characters escaped. `margin` is the
/// indentation of all lines but the first.
pub fn json(value: &impl Serialize, margin: &str) -> Outcome<String> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"\t"));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    let text = String::from_utf8_lossy(&bytes).replace('\n', &format!("\n{margin}"));
    // These characters occur only inside JSON strings.
    let escapes =
        [("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029")];
    Ok(escapes.iter().fold(text, |text, (letter, escape)| text.replace(letter, escape)))
}

fn yaml(value: &impl Serialize) -> Outcome<String> {
    serde_saphyr::to_string(value).map_err(|error| io::Error::other(error.to_string()).into())
}

/// Returns whether to write colours: only to a terminal, and not if `NO_COLOR` is set.
pub fn has_colours(stream: &impl io::IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Prints a warning on standard error, unless advice is withheld.
pub fn warn(text: &str) {
    if !is_withheld() {
        note(text);
    }
}

/// Prints a line on standard error; yellow on a terminal.
pub fn note(text: &str) {
    let (start, end) = if has_colours(&io::stderr()) { ("\u{1b}[33m", "\u{1b}[0m") } else { ("", "") };
    // A closed standard error is ignored.
    drop(writeln!(io::stderr(), "{start}{text}{end}"));
}

/// Prints a hint on standard error, as after an error, unless advice is withheld.
pub fn hint(text: &str) {
    if !is_withheld() {
        drop(writeln!(io::stderr(), "Hint: {text}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_what_go_writes() {
        let text = json(&serde_json::json!({"b": ["x"], "a": "<&>", "c": []}), "").unwrap();
        assert_eq!(text, "{\n\t\"a\": \"\\u003c\\u0026\\u003e\",\n\t\"b\": [\n\t\t\"x\"\n\t],\n\t\"c\": []\n}");
    }
}
