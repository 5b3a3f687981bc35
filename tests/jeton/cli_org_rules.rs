//! `jeton org rules`: every rule of the API, read and changed one by one.

use serde_json::json;

use crate::{home::Home, support::command::signed_in};

#[tokio::test]
async fn a_rule_that_is_set_leaves_the_others_as_they_are() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    let mut rules = json!({"longestLifeSeconds": null, "defaultLifeSeconds": null, "expiryRequired": false,
        "descriptionRequired": false, "operatorTokens": "anyone", "selfRotation": false,
        "suppliedTokens": "operators"});
    assert_eq!(shell.json("org rules get").await, rules);
    for (flag, name, value) in [
        ("--longest-life 90d", "longestLifeSeconds", json!(7_776_000)),
        ("--default-life=12h", "defaultLifeSeconds", json!(43_200)),
        ("--expiry-required", "expiryRequired", json!(true)),
        ("--description-required=true", "descriptionRequired", json!(true)),
        ("--operator-tokens operators", "operatorTokens", json!("operators")),
        ("--self-rotation", "selfRotation", json!(true)),
        ("--supplied-tokens nobody", "suppliedTokens", json!("nobody")),
        ("--expiry-required=false", "expiryRequired", json!(false)),
        ("--longest-life none", "longestLifeSeconds", json!(null)),
    ] {
        rules[name] = value;
        assert_eq!(shell.json(&format!("org rules set --name acme {flag}")).await, rules, "{flag}");
        assert_eq!(shell.json("org rules get").await, rules, "{flag}");
    }
    let table = shell.ok("org rules get --hide-headers").await;
    let cells: Vec<&str> = table.split_whitespace().collect();
    assert_eq!(cells, ["none", "12h0m0s", "false", "true", "operators", "true", "nobody"]);
}

#[tokio::test]
async fn a_rule_that_is_not_accepted_changes_nothing() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    let rules = shell.json("org rules get").await;
    assert_eq!(shell.fails("org rules set").await.0, "no rule is given");
    let (said, _) = shell.fails("org rules set --longest-life 1d --default-life 2d").await;
    assert!(said.ends_with("the default lifetime must not exceed the maximum lifetime"), "{said}");
    for flag in ["--longest-life 0", "--longest-life soon", "--operator-tokens nobody", "--supplied-tokens all"] {
        let said = shell.run(&format!("org rules set {flag}")).await;
        assert_eq!(said.code, Some(1), "{flag}");
        assert!(said.stdout.starts_with("Incorrect Usage: invalid value"), "{flag}: {said:?}");
    }
    assert_eq!(shell.json("org rules get").await, rules);
    let (said, _) = shell.fails("org rules get --name nowhere").await;
    assert!(said.contains("nowhere"), "{said}");
}
