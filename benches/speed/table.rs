//! The table of results.

use std::fmt;

use crate::{
    common::data::Database,
    goals::{Bound, Row},
    sampling::median,
};

/// The results, in the order in which they were measured.
#[derive(Debug, Default)]
pub struct Table(Vec<Line>);

#[derive(Debug)]
struct Line {
    row: Row,
    database: Database,
    measured: f64,
    reference: Option<f64>,
    /// The number that is compared with the goal: the ratio, or the measured value if nothing is the reference.
    value: f64,
    /// The reason why the row was not measured.
    left_out: Option<&'static str>,
}

impl Table {
    /// Adds a row whose value is the median of the ratios of samples that were taken in turn.
    pub fn add_ratio(&mut self, row: Row, database: Database, measured: &[f64], reference: &[f64]) {
        let ratios: Vec<f64> = measured.iter().zip(reference).map(|(one, other)| one / other).collect();
        let (measured, reference) = (median(measured), Some(median(reference)));
        self.add(Line { row, database, measured, reference, value: median(&ratios), left_out: None });
    }

    /// Adds a row whose value is the median itself.
    pub fn add_value(&mut self, row: Row, database: Database, measured: &[f64]) {
        let value = median(measured);
        self.add(Line { row, database, measured: value, reference: None, value, left_out: None });
    }

    /// Adds a row that cannot be measured here, and misses no goal.
    pub fn leave_out(&mut self, row: Row, database: Database, reason: &'static str) {
        let (measured, value) = (f64::NAN, f64::NAN);
        self.add(Line { row, database, measured, reference: None, value, left_out: Some(reason) });
    }

    /// Adds a row, and prints it at once: what was measured is not lost if a later measurement fails.
    fn add(&mut self, line: Line) {
        eprintln!("{line}");
        self.0.push(line);
    }

    /// Returns the rows that miss their goals.
    pub fn missed(&self) -> Vec<String> {
        let measured = self.0.iter().filter(|line| line.left_out.is_none());
        let missed = measured.filter(|line| line.row.goal().is_some_and(|goal| !goal.is_met(line.value)));
        missed.map(ToString::to_string).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | database | measured | reference | value | goal |")?;
        writeln!(f, "|---|---|---:|---:|---:|---:|")?;
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, unit) = self.row.label();
        let reference = self.reference.map_or_else(String::new, |value| format!("{} {unit}", short(value)));
        let goal = match self.row.goal() {
            None => String::new(),
            Some(Bound::AtLeast(limit)) => format!("≥ {limit}"),
            Some(Bound::AtMost(limit)) => format!("≤ {limit}"),
        };
        let database = self.database.name();
        if let Some(reason) = self.left_out {
            return write!(f, "| {label} | {database} | | | {reason} | {goal} |");
        }
        let (measured, value) = (short(self.measured), short(self.value));
        write!(f, "| {label} | {database} | {measured} {unit} | {reference} | {value} | {goal} |")
    }
}

/// Returns a number with about three digits.
fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
