//! What a command prints: a table, JSON as `influx` writes it, YAML, or variables for a shell.

use std::{
    io::{self, Write as _},
    marker::PhantomData,
};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::{error::Outcome, table::Table};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns, for people
    Table,
    /// JSON, as influx writes it
    Json,
    /// YAML
    Yaml,
    /// INFLUX_TOKEN=… and what belongs to it, for commands that show a new token
    Env,
}

/// Something that is a row of a table, and an object in JSON and YAML.
pub trait Shown: Serialize {
    /// The heads of the columns.
    fn columns() -> Vec<&'static str>;
    /// One cell a column.
    fn cells(&self) -> Vec<String>;
}

/// What was just deleted: a row with one more cell.
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

/// Writes results to standard output.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    pub format: Format,
    /// Whether a table begins with its heads.
    pub heads: bool,
}

impl Printer {
    /// One result: a table of one row, or an object.
    pub fn one<T: Shown>(self, item: &T) -> Outcome {
        match self.format {
            Format::Table => self.list(std::slice::from_ref(item), ""),
            Format::Json | Format::Yaml | Format::Env => self.value(item),
        }
    }

    /// Something without columns, in JSON or YAML.
    pub fn value(self, value: &impl Serialize) -> Outcome {
        match self.format {
            Format::Yaml => print(&yaml(value)?),
            Format::Json | Format::Table | Format::Env => print(&format!("{}\n", json(value, "")?)),
        }
    }

    /// All results at once. `empty`: what stands for none in JSON.
    pub fn list<T: Shown>(self, items: &[T], empty: &'static str) -> Outcome {
        let mut listing = self.listing(empty);
        listing.add(items)?;
        listing.end()
    }

    /// Results that come page by page. `empty`: what stands for none in JSON, `null` or `[]` (contract §7.1).
    pub fn listing<T: Shown>(self, empty: &'static str) -> Listing<T> {
        Listing { printer: self, empty, table: Table::default(), begun: false, of: PhantomData }
    }
}

/// A list that is printed while it still comes in.
pub struct Listing<T> {
    printer: Printer,
    empty: &'static str,
    table: Table,
    /// Whether anything was printed.
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

    /// Prints what stands at a list's end, or for a list without results.
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

/// Writes to standard output at once: a reader of a pipe sees the first page while the second is fetched.
pub fn print(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// JSON as Go writes it: indented by tabs, and safe within HTML. `margin` stands before all lines but the first.
pub fn json(value: &impl Serialize, margin: &str) -> Outcome<String> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"\t"));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    let text = String::from_utf8_lossy(&bytes).replace('\n', &format!("\n{margin}"));
    // These letters stand nowhere but in texts.
    let escapes =
        [("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029")];
    Ok(escapes.iter().fold(text, |text, (letter, escape)| text.replace(letter, escape)))
}

fn yaml(value: &impl Serialize) -> Outcome<String> {
    serde_saphyr::to_string(value).map_err(|error| io::Error::other(error.to_string()).into())
}

/// Whether to write colours there: only to a terminal, and not where `NO_COLOR` says anything.
pub fn has_colours(stream: &impl io::IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A line on standard error that is no failure; yellow where someone looks.
pub fn warn(text: &str) {
    let (start, end) = if has_colours(&io::stderr()) { ("\u{1b}[33m", "\u{1b}[0m") } else { ("", "") };
    // Where standard error is closed, nobody misses it.
    drop(writeln!(io::stderr(), "{start}{text}{end}"));
}

/// Says on standard error what might be done better, as beside an error.
pub fn hint(text: &str) {
    drop(writeln!(io::stderr(), "Hint: {text}"));
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
