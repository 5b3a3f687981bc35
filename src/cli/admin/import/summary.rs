//! The report at the end of an import.

use serde::Serialize;

use jeton_client::{
    error::Outcome,
    output::{Format, Printer, Shown, print},
};
use jeton_service::import::{Count, Left, Report, ToReissue};

#[derive(Serialize)]
#[serde(transparent)]
struct CountRow(Count);

impl Shown for CountRow {
    fn columns() -> Vec<&'static str> {
        vec!["Kind", "Copied", "Already There", "To Be Re-issued", "Not Copied"]
    }

    fn cells(&self) -> Vec<String> {
        let Count { kind, copied, present, to_reissue, left } = self.0;
        let numbers = [copied, present, to_reissue, left].map(|number| number.to_string());
        [vec![kind.name().into()], numbers.into()].concat()
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct ReissueRow<'a>(&'a ToReissue);

impl Shown for ReissueRow<'_> {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Description", "User Name", "Organization", "Status", "Reason", "Permissions"]
    }

    fn cells(&self) -> Vec<String> {
        let ToReissue { id, description, status, org_name, user_name, permissions, reason, .. } = self.0;
        let permissions: Vec<String> = permissions.iter().map(ToString::to_string).collect();
        let permissions = format!("[{}]", permissions.join(" "));
        let names = [description, user_name, org_name].map(String::clone);
        [vec![id.to_string()], names.into(), vec![status.to_string(), (*reason).to_owned(), permissions]].concat()
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct LeftRow<'a>(&'a Left);

impl Shown for LeftRow<'_> {
    fn columns() -> Vec<&'static str> {
        vec!["Kind", "ID", "Name", "Reason"]
    }

    fn cells(&self) -> Vec<String> {
        let Left { kind, id, name, reason, .. } = self.0;
        vec![kind.name().into(), id.clone(), name.clone(), reason.clone()]
    }
}

/// Prints the report: as tables with the remaining steps for people, as one object for programs.
pub fn print_report(printer: Printer, report: &Report) -> Outcome {
    if printer.format != Format::Table {
        return printer.value(report);
    }
    let counts: Vec<CountRow> = report.counts.iter().map(|count| CountRow(*count)).collect();
    printer.list(&counts, "[]")?;
    if !report.to_reissue.is_empty() {
        print("\nTokens that could not be taken over; re-issue them with the same permissions:\n")?;
        printer.list(&report.to_reissue.iter().map(ReissueRow).collect::<Vec<_>>(), "[]")?;
    }
    if !report.left.is_empty() {
        print("\nNot copied:\n")?;
        printer.list(&report.left.iter().map(LeftRow).collect::<Vec<_>>(), "[]")?;
    }
    todo(report)
}

/// Prints the steps that remain to be done.
fn todo(report: &Report) -> Outcome {
    if !report.users_without_password.is_empty() {
        let names = report.users_without_password.join(", ");
        print(&format!("\nThese users have no password and can't sign in until you set one: {names}\n"))?;
        print("  jeton recovery user update --username NAME\n")?;
    }
    if !report.credentials_without_password.is_empty() {
        let names = report.credentials_without_password.join(", ");
        print(&format!("\nThese 1.x credentials have no password and don't work until you set one: {names}\n"))?;
        print("  jeton v1 auth set-password --username NAME\n")?;
    }
    if report.dry_run { print("\nThis was a dry run: nothing was copied.\n") } else { Ok(()) }
}
