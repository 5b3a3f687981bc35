//! *Confirm all* of the console's page of gates, without a script.

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{Answer, NAME},
    },
};

use super::{
    api::{influxdb1, tell},
    configured::Scene,
    page::{page, part},
    played::Played,
};

/// Returns the value of a hidden field of a page.
#[track_caller]
fn hidden(page: &str, name: &str) -> String {
    let wanted = format!("name=\"{name}\"");
    let input =
        page.split("<input").skip(1).filter_map(|rest| rest.split('>').next()).find(|one| one.contains(&wanted));
    let input = input.unwrap_or_else(|| panic!("{name}: {page}"));
    let value = input.split_once("value=\"").and_then(|(_, rest)| rest.split('"').next());
    value.unwrap_or_else(|| panic!("{name}: {input}")).to_owned()
}

/// Opens the dialog that confirms all suspended buckets; returns the hidden fields of its form.
async fn shown(browser: &Browser<'_>, address: &str) -> [(&'static str, String); 2] {
    let dialog = browser.open(address).await.body;
    ["upstream", "lastSuspended"].map(|name| (name, hidden(&dialog, name)))
}

/// Sends the form that confirms all suspended buckets, while the upstream lists databases.
async fn confirm_all(
    browser: &Browser<'_>,
    address: &str,
    shown: &[(&'static str, String); 2],
    database: &mut Played,
    there: &[&str],
) -> Answer {
    let fields = shown.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (sent, ()) = tokio::join!(browser.send(address, &fields), tell(database, there));
    sent
}

#[tokio::test]
async fn all_suspended_buckets_are_confirmed_by_a_form_that_states_the_effect() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        scene.server.bucket(&scene.first.token, &scene.first.org, "second").await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let address = page(&scene, "/plant/bind");
        for (bucket, name) in [("iot", "a"), ("second", "b")] {
            let fields = [("bucket", bucket), ("database", name), ("policy", "")];
            let (bound, ()) = tokio::join!(browser.send(&address, &fields), tell(&mut database, &[]));
            assert_eq!(bound.status, 303, "{}", bound.body);
        }
        let address = page(&scene, "/plant/confirm-all");
        let none = browser.open(&address).await;
        assert!(none.body.contains("There is no suspended bucket here that you may confirm."), "{}", none.body);

        let sync = page(&scene, "/plant/sync");
        let (compared, ()) = tokio::join!(browser.send(&sync, &[]), tell(&mut database, &["other"]));
        assert_eq!(compared.status, 303, "{}", compared.body);
        assert!(browser.open(&page(&scene, "/plant")).await.body.contains(&format!("href=\"{address}")));
        let asked = part(&browser.open(&address).await, "overlay--container", "dialog");
        for shown in ["2 buckets", "whose database is there again", "whose database is missing stays suspended"] {
            assert!(asked.contains(shown), "{shown} in {asked}");
        }
        for (there, done, left) in [
            (vec!["other"], "no-bucket-confirmed", vec!["iot", "second"]),
            (vec!["a"], "some-buckets-confirmed", vec!["second"]),
            (vec!["a", "b"], "buckets-confirmed", vec![]),
        ] {
            let fields = shown(&browser, &address).await;
            let sent = confirm_all(&browser, &address, &fields, &mut database, &there).await;
            let drawer = page(&scene, &format!("/plant?done={done}"));
            assert_eq!((sent.status, sent.header("location")), (303, drawer), "{}", sent.body);
            let drawer = browser.open(&page(&scene, "/plant")).await;
            for bucket in ["iot", "second"] {
                let row = part(&drawer, &format!("gate-bucket {bucket}"), "li");
                assert_eq!(row.contains("Suspended"), left.contains(&bucket), "{done}: {row}");
            }
            assert_eq!(drawer.body.contains("data-testid=\"confirm-all\""), !left.is_empty(), "{done}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_suspended_after_the_question_is_not_confirmed_by_its_answer() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        scene.server.bucket(&scene.first.token, &scene.first.org, "second").await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let (bind, sync) = (page(&scene, "/plant/bind"), page(&scene, "/plant/sync"));
        for (bucket, name) in [("iot", "a"), ("second", "b")] {
            let fields = [("bucket", bucket), ("database", name), ("policy", "")];
            let (bound, ()) = tokio::join!(browser.send(&bind, &fields), tell(&mut database, &[]));
            assert_eq!(bound.status, 303, "{}", bound.body);
        }
        let (compared, ()) = tokio::join!(browser.send(&sync, &[]), tell(&mut database, &["b"]));
        assert_eq!(compared.status, 303, "{}", compared.body);
        let address = page(&scene, "/plant/confirm-all");
        let seen = shown(&browser, &address).await;

        let (compared, ()) = tokio::join!(browser.send(&sync, &[]), tell(&mut database, &["other"]));
        assert_eq!(compared.status, 303, "{}", compared.body);
        let sent = confirm_all(&browser, &address, &seen, &mut database, &["a", "b"]).await;
        assert_eq!(sent.header("location"), page(&scene, "/plant?done=some-buckets-confirmed"), "{}", sent.body);
        let drawer = browser.open(&page(&scene, "/plant")).await;
        assert!(!part(&drawer, "gate-bucket iot", "li").contains("Suspended"));
        assert!(part(&drawer, "gate-bucket second", "li").contains("Suspended"), "nobody was asked about it");

        let [(upstream, same), (last_suspended, latest)] = shown(&browser, &address).await;
        let elsewhere = [(upstream, "http://127.0.0.1:1"), (last_suspended, latest.as_str())];
        for fields in [&elsewhere[..], &elsewhere[1..], &[]] {
            let refused = browser.send(&address, fields).await;
            assert_eq!(refused.status, 422, "{fields:?}");
            assert!(refused.body.contains("changed since its suspended buckets were shown"), "{}", refused.body);
        }
        assert!(database.is_idle(), "the database is not asked");
        let without_time = [(upstream, same), (last_suspended, "never".to_owned())];
        let sent = confirm_all(&browser, &address, &without_time, &mut database, &["a", "b"]).await;
        assert_eq!(sent.header("location"), page(&scene, "/plant?done=no-bucket-confirmed"), "{}", sent.body);
    })
    .await;
}
