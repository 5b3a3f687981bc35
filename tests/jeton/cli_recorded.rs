//! Recordings of the stock `influx` against influxd 2.9.1: with the same arguments, `jeton` prints the same.

use serde_json::Value;

use crate::{
    home::Home,
    support::{
        command::{HINT, Shell, words},
        compare::{Captured, Comparison, fill},
        server::Server,
    },
};

/// A deliberate difference: the command, what `jeton` prints instead, and why.
struct Difference {
    args: &'static str,
    exit: i64,
    /// `None`: as recorded.
    stdout: Option<&'static str>,
    stderr: Option<&'static str>,
    reason: &'static str,
    /// True if it creates a token that later recorded commands do not know.
    makes_token: bool,
}

impl Difference {
    /// Returns a difference in the wording of the error only.
    const fn words(args: &'static str, stderr: &'static str, reason: &'static str) -> Self {
        Self { args, exit: 1, stdout: None, stderr: Some(stderr), reason, makes_token: false }
    }
}

const DIFFERENCES: [Difference; 6] = [
    Difference {
        args: "auth create --read-bucket b1",
        exit: 0,
        stdout: Some(
            "ID\t\t\tDescription\tToken\tUser Name\tUser ID\t\t\tPermissions\n\
             {{id}}\t\t\t{{token}}\talice\t\t{{id}}\t[read:orgs/{{id}}/buckets/{{B}}]\n",
        ),
        stderr: Some(""),
        reason: "names are accepted wherever an id is (design, section 8)",
        makes_token: true,
    },
    Difference {
        args: "auth active --id {K} --json",
        exit: 0,
        stdout: Some(
            "{\n\t\"id\": \"{{K}}\",\n\t\"description\": \"b1 to b2\",\n\t\"token\": \"\",\n\t\"status\": \"active\",\n\t\
             \"userName\": \"alice\",\n\t\"userID\": \"{{id}}\",\n\t\"permissions\": [\n\t\t\"read:orgs/{{id}}/buckets/{{B}}\",\n\t\t\
             \"write:orgs/{{id}}/buckets/{{C}}\"\n\t]\n}\n",
        ),
        stderr: Some(""),
        reason: "active and inactive take --host, --token and --json (design, section 8)",
        makes_token: false,
    },
    Difference::words(
        "org members add -m {U} -n my-org",
        "Error: failed to add user \"{{U}}\" as member of org \"{{id}}\": 422 Unprocessable Entity: \
         user {{U}} is already a member or owner; remove them first to change the role\n",
        "a user who already is a member is no failure of the server's (design, section 8)",
    ),
    Difference::words(
        "user password -n bobby -p short",
        "Error: failed to set password for user \"bobby\": 400 Bad Request: passwords must be between 8 and 72 characters long\n",
        "the same refusal names the user that was meant",
    ),
    Difference::words(
        "auth list --org my-org --host http://127.0.0.1:1",
        "Error: could not find authorization with given parameters: Get \"http://127.0.0.1:1/api/v2/authorizations\": \
         Connection refused (os error 111)\n",
        "the same reason in this system's words",
    ),
    Difference {
        args: "version",
        exit: 0,
        stdout: Some("Jeton CLI {{any}} (git: {{any}}) build_date: {{any}}\n"),
        stderr: None,
        reason: "it is another program",
        makes_token: false,
    },
];

/// Recorded commands after which `jeton` prints a hint on standard error: the tokens of a list are empty since 2.9, and
/// a script that cuts them out of a table reads the next column. Nothing else differs.
const HINTED: [&str; 2] = ["auth list", "auth list --id {K}"];

/// Organizations are ordered by their ids, which are random.
const UNORDERED: &str = "org list --hide-headers";

#[tokio::test]
async fn the_command_line_answers_as_influx_does() {
    let recording: Value = serde_json::from_str(include_str!("../wire/cli.json")).expect("a recording");
    let commands = recording["commands"].as_array().expect("commands");
    for Difference { args, reason, .. } in &DIFFERENCES {
        assert!(commands.iter().any(|command| command["args"] == *args), "{args} is not recorded: {reason}");
    }
    for args in HINTED {
        assert!(commands.iter().any(|command| command["args"] == args), "{args} is not recorded");
    }
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    let mut captured = Captured::from([("url".into(), format!("http://{}", server.address))]);
    let mut found = Vec::new();
    for command in commands {
        let differences = play(&shell, command, &mut captured).await;
        if !differences.is_empty() {
            found.push(format!("{}\n    {}", command["args"], differences.join("\n    ")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn play(shell: &Shell, command: &Value, captured: &mut Captured) -> Vec<String> {
    let text = |name: &str| command[name].as_str().expect("a text");
    let arguments: Vec<String> = words(text("args")).iter().map(|word| fill(&pattern(word), captured)).collect();
    let said = shell.run_with(&arguments, "").await;
    if let Some(name) = command["capture"].as_str() {
        let printed: Value = serde_json::from_str(&said.stdout).unwrap_or_default();
        let id = printed.get("id").or_else(|| printed.get(0)?.get("id")).and_then(Value::as_str);
        captured.extend(id.map(|id| (name.to_owned(), id.to_owned())));
    }
    let known = DIFFERENCES.iter().find(|known| known.args == text("args"));
    let expected = |own: Option<&str>, name: &str| own.map_or_else(|| as_jeton(&pattern(text(name))), Into::into);
    let stdout = expected(known.and_then(|known| known.stdout), "stdout");
    let mut stderr = expected(known.and_then(|known| known.stderr), "stderr");
    if HINTED.contains(&text("args")) && command["exit"] == 0 {
        stderr.push_str(HINT);
    }
    let exit = known.map_or_else(|| command["exit"].as_i64(), |known| Some(known.exit));
    let mut comparison = Comparison { captured, unordered: false, differences: Vec::new() };
    if said.code.map(i64::from) != exit {
        comparison.differ("exit", format!("{exit:?}"), format!("{:?}", said.code));
    }
    let printed = if text("args") == UNORDERED { by_name(&said.stdout) } else { narrow(&said.stdout) };
    comparison.value("stdout", &narrow(&stdout).into(), &printed.into());
    let complaints = said.without_warnings();
    // Recordings contain no hints, unless they declare one.
    let complaints = if stderr.contains("Hint: ") { complaints } else { without_hints(&complaints) };
    comparison.value("stderr", &stderr.into(), &complaints.into());
    let differences = comparison.differences;
    if known.is_some_and(|known| known.makes_token) {
        let id = said.stdout.lines().nth(1).and_then(|row| row.split('\t').next()).expect("a row").to_owned();
        shell.ok(&format!("auth delete --id {id}")).await;
    }
    differences
}

/// Returns a text with the placeholders of the other recordings; help texts match anything.
fn pattern(text: &str) -> String {
    let names = ["id", "time", "token", "url", "B", "C", "K", "U", "P"];
    let text = names
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), &format!("{{{{{name}}}}}")));
    text.replace("{help}", "{{any}}")
}

fn as_jeton(text: &str) -> String {
    text.replace("influx", "jeton").replace("Influx", "Jeton")
}

/// Narrows the column of a new token, which is shorter than influxd's.
fn narrow(text: &str) -> String {
    let Some((before, after)) = text.split_once("\tToken\t") else { return text.into() };
    format!("{before}\tToken\t{}", after.trim_start_matches('\t'))
}

/// Sorts rows of ids and names by name.
fn by_name(text: &str) -> String {
    let mut rows: Vec<&str> = text.split_inclusive('\n').collect();
    rows.sort_by_key(|row| row.split_once('\t').map(|(_, name)| name.to_owned()));
    rows.concat()
}

/// Removes hints, which `influx` does not print.
fn without_hints(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with("Hint: ")).collect()
}
