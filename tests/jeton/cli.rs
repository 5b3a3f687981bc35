//! `jeton` as a client: deliberate differences from `influx`, secrets and profiles.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::json;

use crate::{
    home::Home,
    support::{
        command::{Shell, signed_in, words},
        server::{Server, members, permission_in, text},
    },
};

#[tokio::test]
async fn names_are_taken_wherever_ids_are() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    let bob = server.user(&first.token, "bob").await;
    let made = shell.json("auth create --read-bucket iot --write-bucket iot --user bob").await;
    let bucket = format!("orgs/{}/buckets/{}", first.org, first.bucket);
    assert_eq!(made["permissions"], json!([format!("read:{bucket}"), format!("write:{bucket}")]));
    assert_eq!(made["userID"], bob.as_str());
    shell.ok("org members add --member bob --name acme").await;
    assert!(shell.ok("org members list").await.contains("bob"));
    shell.ok("org members remove --member bob").await;
    shell.ok("bucket update --id iot --name things").await;
    assert_eq!(shell.json("bucket list --id things").await[0]["id"], first.bucket.as_str());
    shell.ok("v1 dbrp create --bucket-id things --db db0 --rp rp0").await;
    shell.ok("v1 auth create --username graf --no-password --read-bucket things").await;
    shell.ok("user update --id bob --name bobby").await;
    shell.ok("user delete --id bobby").await;
    shell.ok("bucket delete --id things").await;
    assert_eq!(
        shell.fails("user delete --id bobby").await.0,
        "user \"bobby\" not found: could not find user with name \"bobby\": 404 Not Found: user not found"
    );
}

#[tokio::test]
async fn the_caller_is_the_owner_of_what_they_create() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    // First in the list of users, which influx would pick.
    let bob = server.user(&first.token, "aaron").await;
    let may = [permission_in("write", "authorizations", &first.org), permission_in("read", "tasks", &first.org)];
    let own = ["read", "write"].map(|action| json!({"action": action, "resource": {"type": "users", "id": bob}}));
    let org = json!({"action": "read", "resource": {"type": "orgs", "id": first.org}});
    let permissions = [may.to_vec(), own.to_vec(), vec![org]].concat();
    let body = json!({"orgID": first.org, "userID": bob, "permissions": permissions});
    let token = text(&server.post("/api/v2/authorizations", &first.token, body).await.expect(201)["token"]);
    let shell = shell.with("JETON_TOKEN", &token);
    assert_eq!(shell.json("auth create --read-tasks").await["userName"], "aaron");
}

#[tokio::test]
async fn the_filters_of_the_list_filter() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    server.user(&first.token, "bob").await;
    let other = server.org(&first.token, "other").await;
    shell.ok("auth create --read-tasks --user bob --description bobs").await;
    shell.ok("auth create --read-tasks --org other --description others").await;
    let shell = Shell::new(&server).with("INFLUX_TOKEN", &first.token);
    let listed = async |flags: &str| members(&shell.json(&format!("auth list {flags}")).await, "description");
    assert_eq!(listed("").await, ["alice's Token", "bobs", "others"]);
    assert_eq!(listed("--user bob").await, ["bobs"]);
    assert_eq!(listed("--user-id bob").await, ["bobs"]);
    assert_eq!(listed("--org other").await, ["others"]);
    assert_eq!(listed(&format!("--org-id {other}")).await, ["others"]);
    assert_eq!(shell.ok("auth list --user bob --org other --json").await, "null\n");
}

#[tokio::test]
async fn a_long_list_comes_in_pages_and_stays_one_list() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    for number in 0..230 {
        let body = json!({"orgID": first.org, "description": format!("n{number:03}"), "permissions": [permission_in("read", "tasks", &first.org)]});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
    }
    let listed = members(&shell.json("auth list").await, "description");
    assert_eq!((listed.len(), listed[230].as_str()), (231, "n229"));
    let table = shell.ok("auth list").await;
    assert_eq!((table.lines().count(), table.matches("Permissions").count()), (232, 1));
    let yaml = shell.ok("auth list --output yaml").await;
    assert_eq!(yaml.lines().filter(|line| line.starts_with("- ")).count(), 231);
}

#[tokio::test]
async fn jetons_variables_win_over_influxs_where_they_say_something() {
    let home = Home::sqlite();
    let (server, _, shell) = signed_in(&home).await;
    let shell = shell.with("JETON_HOST", "");
    shell.ok("auth list").await;
    let shell = shell.with("JETON_TOKEN", "wrong");
    let (said, hint) = shell.fails("auth list").await;
    assert_eq!(said, "could not find authorization with given parameters: 401 Unauthorized: unauthorized access");
    assert!(hint.starts_with("Hint: the token is missing, unknown"), "{hint}");
    drop(server);
}

#[tokio::test]
async fn a_token_comes_from_standard_input_or_with_a_warning() {
    let home = Home::sqlite();
    let (server, first, _) = signed_in(&home).await;
    let shell = Shell::new(&server);
    let piped = shell.run_with(&words("org list --token -"), &format!("{}\n", first.token)).await;
    assert_eq!((piped.code, piped.stderr.as_str()), (Some(0), ""));
    let literal = shell.run(&format!("org list --token {}", first.token)).await;
    assert_eq!((literal.code, &literal.stdout), (Some(0), &piped.stdout));
    assert!(literal.stderr.starts_with("warning: the value of --token can be read in the process list"), "{literal:?}");
    assert!(!literal.stderr.contains(&first.token));
    let empty = shell.run_with(&words("org list --token -"), "").await;
    assert_eq!(empty.code, Some(1));
    assert!(empty.stderr.contains("standard input is empty"), "{empty:?}");
    // A secret in a variable causes no warning.
    let quiet = Shell::new(&server).with("INFLUX_TOKEN", &first.token).run("org list").await;
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn a_password_comes_from_standard_input_where_nobody_can_be_asked() {
    let home = Home::sqlite();
    let (server, _, shell) = signed_in(&home).await;
    let made = shell.run_with(&words("user create --name carol --password -"), "longenough\n").await;
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
    assert_eq!(server.sign_in("carol", "longenough").await.status, 204);
    let set = shell.run_with(&words("user password --name carol --password -"), "muchlonger\n").await;
    assert_eq!((set.code, set.stdout.as_str()), (Some(0), "Successfully updated password for user \"carol\"\n"));
    let (said, _) = shell.fails("user password --name carol").await;
    assert_eq!(said, "there is no terminal to ask for the password; give it on standard input with --password -");
}

#[tokio::test]
async fn a_profile_of_influx_just_works_and_stays_private() {
    let home = Home::sqlite();
    let (server, first, _) = signed_in(&home).await;
    let shell = Shell::new(&server).with("INFLUX_HOST", "");
    fs::create_dir(shell.configs().parent().expect("a folder")).expect("a folder");
    let written = format!(
        "[default]\n  url = \"http://{}\"\n  token = \"{}\"\n  org = \"acme\"\n  active = true\n# \n# [eu-central]\n#   url = \"https://eu-central-1-1.aws.cloud2.influxdata.com\"\n",
        server.address, first.token
    );
    fs::write(shell.configs(), written).expect("a file");
    assert!(shell.ok("auth list").await.contains("alice's Token"));
    assert!(shell.ok("bucket list").await.contains("iot"));
    shell.ok("config create -n other -u http://localhost:9 -o o").await;
    let mode = fs::metadata(shell.configs()).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(shell.configs().parent().expect("a folder")).expect("a folder").count(), 1);
    shell.ok("config other").await;
    assert!(shell.ok("config -").await.contains("*\tdefault"));
    assert_eq!(shell.fails("config nosuch").await.0, "config \"nosuch\" is not found");
    assert_eq!(
        shell.fails("config create -n other -u http://x").await.0,
        "failed to create config \"other\": config \"other\" already exists"
    );
    assert_eq!(
        shell.fails("config create -n list -u http://x").await.0,
        "failed to create config \"list\": \"list\" is not a valid config name"
    );
    shell.ok("config set -n other -p bob:secret12").await;
    assert!(fs::read_to_string(shell.configs()).expect("a file").contains("cookie = \"Ym9iOnNlY3JldDEy\""));
}

#[tokio::test]
async fn a_profile_with_a_password_signs_in() {
    let home = Home::sqlite();
    let (server, _, _) = signed_in(&home).await;
    let shell = Shell::new(&server);
    let create = format!("config create -n me -u http://{} -o acme -p alice:password1 -a", server.address);
    shell.ok(&create).await;
    assert!(shell.ok("auth list").await.contains("alice's Token"));
    // With a session, its own user's password is changed with the password that signed in.
    let set = shell.run_with(&words("user password --name alice --password -"), "password2\n").await;
    assert_eq!((set.code, set.stdout.as_str()), (Some(0), "Successfully updated password for user \"alice\"\n"));
    assert_eq!(server.sign_in("alice", "password2").await.status, 204);
    shell.ok("config set -n me -p alice:wrongwrong").await;
    let (said, _) = shell.fails("auth list").await;
    assert_eq!(said, "sign-in failed: 401 Unauthorized: unauthorized access");
}

#[tokio::test]
async fn a_config_file_that_cannot_be_read_is_left_alone_and_its_tokens_unsaid() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    fs::create_dir(shell.configs().parent().expect("a folder")).expect("a folder");
    let broken = "[default]\ntoken = \"secret-token\nurl = 7\n";
    fs::write(shell.configs(), broken).expect("a file");
    let (said, more) = shell.fails("config create -n a -u http://localhost:9").await;
    assert!(said.ends_with("is not valid TOML in the format of influx; correct or remove it"), "{said}");
    assert!(!format!("{said}{more}").contains("secret-token"));
    assert_eq!(fs::read_to_string(shell.configs()).expect("a file"), broken);
}

#[tokio::test]
async fn a_bucket_of_another_organization_is_told_as_one() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    let other = server.org(&first.token, "other").await;
    let foreign = server.bucket(&first.token, &other, "theirs").await;
    let (said, hint) = shell.fails("auth create --read-bucket theirs").await;
    assert_eq!(said, "could not find bucket \"theirs\": 404 Not Found: bucket \"theirs\" not found");
    assert_eq!(
        hint,
        "Hint: the token is for organization acme, but bucket theirs is in other; use --org other or another bucket\n"
    );
    let may = json!([permission_in("write", "authorizations", &first.org), permission_in("read", "buckets", &first.org), {"action": "write", "resource": {"type": "users"}}, {"action": "read", "resource": {"type": "orgs"}}, {"action": "read", "resource": {"type": "buckets"}}]);
    let token = text(&server.token(&first.token, &first.org, may).await.expect(201)["token"]);
    let shell = shell.with("JETON_TOKEN", &token);
    let (_, hint) = shell.fails(&format!("auth create --write-bucket {foreign}")).await;
    assert!(hint.contains("the token is for organization acme, but bucket"), "{hint}");
}

#[tokio::test]
async fn a_token_is_described_in_words() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    let made = shell.json("auth create --read-bucket iot --read-buckets --write-authorizations -d demo").await;
    let id = text(&made["id"]);
    let said = shell.ok(&format!("auth describe {id}")).await;
    for line in [
        "Description:  demo",
        "Expires:      never",
        "It can:",
        "  Read all buckets in acme",
        "  Create, change and delete API tokens in acme",
        "Caution:\n  Write authorizations lets this token create more tokens.",
        "It cannot:\n  Read authorizations, dashboards",
        "  Write buckets, dashboards",
    ] {
        assert!(said.contains(line), "{line:?} in {said}");
    }
    assert!(said.contains("Implied by other permissions:\n  read:orgs/"), "{said}");
    assert_eq!(shell.json(&format!("auth describe {id}")).await["implied"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_dry_run_creates_nothing() {
    let home = Home::sqlite();
    let (_server, first, shell) = signed_in(&home).await;
    let said =
        shell.ok("auth create --write-bucket iot --read-tasks --expires 90d --network 10.0.0.0/8 -d x --dry-run").await;
    assert!(said.starts_with("Nothing was created."), "{said}");
    assert!(said.contains("Write to bucket iot (write:orgs/"), "{said}");
    assert!(said.contains("Networks:     10.0.0.0/8"), "{said}");
    let body = shell.json("auth create --write-bucket iot --dry-run").await;
    assert_eq!(body["permissions"][0]["resource"]["id"], first.bucket.as_str());
    assert_eq!(shell.json("auth list").await.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_new_token_is_written_as_variables() {
    let home = Home::sqlite();
    let (server, _, shell) = signed_in(&home).await;
    let said = shell.ok("auth create --read-tasks --output env").await;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..2], [format!("INFLUX_HOST=http://{}", server.address).as_str(), "INFLUX_ORG=acme"]);
    assert!(lines[2].starts_with("INFLUX_TOKEN=jtn_"), "{said}");
    let (said, _) = shell.fails("auth list --output env").await;
    assert_eq!(said, "--output env is for commands that show a new token: auth create, auth rotate and setup");
}

#[tokio::test]
async fn help_is_no_failure_and_a_typing_error_has_a_suggestion() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    for line in ["", "auth", "auth create --help", "--help", "v1", "org members"] {
        let said = shell.run(line).await;
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{line}");
        assert!(said.stdout.contains("Usage: jeton"), "{line}: {}", said.stdout);
        assert!(!said.stdout.contains('\u{1b}'), "colours only on a terminal");
    }
    let (said, hint) = shell.fails("auth create --read-bukets").await;
    assert_eq!(
        (said.as_str(), hint.as_str()),
        ("flag provided but not defined: -read-bukets", "Hint: did you mean --read-buckets?\n")
    );
    let (said, hint) = shell.fails("auth crate").await;
    assert_eq!(
        (said.as_str(), hint.as_str()),
        ("unknown command \"crate\" for \"jeton auth\"", "Hint: did you mean create?\n")
    );
    assert_eq!(shell.fails("user create").await.0, "Required flag \"name\" not set");
    assert_eq!(shell.fails("v1 dbrp create --db x").await.0, "Required flags \"bucket-id, rp\" not set");
    assert_eq!(shell.fails("auth create x").await.0, "unknown command \"x\" for \"jeton auth create\"");
    // The value may be a secret.
    let said = shell.run("auth list --hide-headers=jtn_abc --output jtn_xyz").await;
    assert_eq!(said.code, Some(1));
}

#[tokio::test]
async fn a_shell_completes_and_a_manual_tells() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    for (name, sign) in [("bash", "_jeton()"), ("zsh", "#compdef jeton"), ("fish", "complete -c jeton")] {
        let script = shell.ok(&format!("completions {name}")).await;
        assert!(script.contains(sign) && script.contains("read-buckets"), "{name}");
    }
    assert!(shell.ok("man").await.contains(".TH jeton 1"));
    let pages = shell.home().join("pages");
    shell.ok(&format!("man {}", pages.display())).await;
    assert!(fs::read_to_string(pages.join("jeton-auth-create.1")).expect("a page").contains("expires"));
    let mut names = fs::read_dir(&pages).expect("pages").map(|page| page.expect("a page").file_name());
    assert!(names.all(|name| !name.to_string_lossy().contains("-help")), "of commands, and not of their help");
}

#[tokio::test]
async fn set_up_asks_for_everything_before_it_happens() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    let (said, _) = shell.fails("setup -u alice -o acme -b iot").await;
    assert_eq!(said, "there is no terminal for prompts; give all values and --force");
    assert_eq!(
        shell.fails("setup -u alice -o acme -b iot -r 1500ms -f").await.0,
        "retention policy \"1500ms\" is too precise, must be divisible by 1s"
    );
    shell.ok("config create -n default -u http://localhost:9").await;
    let line = "setup -u alice -p - -o acme -b iot -r 30d -f";
    let said = shell.run_with(&words(line), "password1\n").await;
    assert!(said.stderr.contains("config name is required if you already have existing configs"), "{said:?}");
    let said = shell.run_with(&words(&format!("{line} -n mine --json")), "password1\n").await;
    assert_eq!(
        said.stdout, "{\n\t\"bucket\": \"iot\",\n\t\"organization\": \"acme\",\n\t\"user\": \"alice\"\n}\n",
        "{said:?}"
    );
    assert!(shell.ok("bucket list").await.contains("iot\t\t720h0m0s"));
    assert_eq!(server.sign_in("alice", "password1").await.status, 204);
}
