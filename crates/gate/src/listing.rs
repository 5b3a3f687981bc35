//! Lists of databases that Jeton answers itself: they show what the caller may read, and nothing else.

use std::collections::BTreeSet;

use jeton_model::Action;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    caller::Caller,
    directory::Directory,
    plan::{ListForm, Listed, Listing},
};

/// Returns the answer to `CREATE DATABASE` of a database that exists.
pub(crate) fn created() -> Answer {
    Answer::json(200, &json!({ "results": [{ "statement_id": 0 }] }))
}

/// Returns the list as the caller may see it.
pub(crate) fn answer(list: &Listing, caller: &Caller<'_>, directory: &Directory) -> Answer {
    let (name, column, values) = match &list.of {
        Listed::Databases => ("databases", "iox::database", databases(caller, directory)),
        Listed::Policies(database) => {
            return policies(database, databases(caller, directory).contains(database), list.form);
        }
    };
    let rows = |row: &dyn Fn(&str) -> Value| Value::Array(values.iter().map(|value| row(value)).collect());
    match list.form {
        ListForm::Results => results(name, values),
        ListForm::Rows => Answer::json(200, &rows(&|value| json!({ column: value, "deleted": false }))),
        ListForm::Configured => Answer::json(200, &rows(&|value| json!({ column: value }))),
    }
}

fn results(name: &str, values: BTreeSet<String>) -> Answer {
    let mut series = json!({ "name": name, "columns": ["name"] });
    if !values.is_empty() {
        series["values"] = values.into_iter().map(|value| json!([value])).collect();
    }
    Answer::json(200, &json!({ "results": [{ "statement_id": 0, "series": [series] }] }))
}

/// Returns the one retention policy that every database of InfluxDB 3 has.
fn policies(database: &str, is_seen: bool, form: ListForm) -> Answer {
    let rows = if is_seen { json!([{ "iox::database": database, "name": "autogen" }]) } else { json!([]) };
    let columns = ["name", "duration", "shardGroupDuration", "replicaN", "default"];
    let series = json!({ "columns": columns, "values": [["autogen", "0s", "168h0m0s", 1, true]] });
    let result = match (form, is_seen) {
        (ListForm::Rows | ListForm::Configured, _) => return Answer::json(200, &rows),
        (ListForm::Results, true) => json!({ "statement_id": 0, "series": [series] }),
        (ListForm::Results, false) => {
            json!({ "statement_id": 0, "error": format!("database not found: {database}") })
        }
    };
    Answer::json(200, &json!({ "results": [result] }))
}

fn databases(caller: &Caller<'_>, directory: &Directory) -> BTreeSet<String> {
    let sees = |bucket| caller.may(Action::Read, bucket, directory.org());
    let seen = directory.places().iter().filter(|binding| sees(binding.bucket));
    seen.map(|binding| binding.database.clone()).collect()
}
