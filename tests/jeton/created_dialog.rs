//! The dialog that displays a new token: what it says about it.

use crate::{
    home::Home,
    support::{
        console::Browser,
        server::{NAME, Server},
    },
};

/// Returns the line about a new token that reads a bucket.
async fn facts(browser: &Browser<'_>, dialog: &str, bucket: &str, description: &str) -> String {
    let permission = format!("read:buckets/{bucket}");
    let fields = [("description", description), ("permission", permission.as_str())];
    let answer = browser.send(dialog, &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let line = answer.body.split_once("class=\"created-facts\">").expect("the line").1;
    line.split("</p>").next().expect("its end").to_owned()
}

#[tokio::test]
async fn a_generated_description_is_shown_once_and_a_given_one_beside_the_permissions() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let browser = Browser::sign_in(&server, NAME).await;
    let dialog = format!("/orgs/{}/load-data/tokens/generate/custom-api", first.org);
    let generated = facts(&browser, &dialog, &first.bucket, "").await;
    assert_eq!(generated.matches("Read buckets iot").count(), 1, "{generated}");
    let given = facts(&browser, &dialog, &first.bucket, "Wall display").await;
    assert!(given.contains("Wall display") && given.contains("Read buckets iot"), "{given}");
}
