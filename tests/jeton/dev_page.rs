//! The development page with every component: only in debug builds, such as the one under test.

use crate::{
    home::Home,
    support::server::{Server, answer},
};

#[tokio::test]
async fn a_debug_build_shows_every_component() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let page = answer(server.request("GET", "/dev/components")).await;
    if !cfg!(debug_assertions) {
        assert_eq!(page.status, 404, "a release shows none");
        return;
    }
    assert_eq!(page.status, 200, "{}", page.body);
    for heading in [
        "Buttons",
        "Fields",
        "Switch",
        "Check box",
        "Filter field",
        "Menu",
        "Unsaved changes",
        "Theme",
        "Alert",
        "Badges and chips",
        "Avatar",
        "Time",
        "Permissions",
        "Tables",
        "Pager",
        "Empty state",
        "Tabs and code",
        "Icons",
        "Dialogs and notifications",
    ] {
        assert!(page.body.contains(&format!("<h2>{heading}<")), "{heading}");
    }
    assert!(!page.body.contains("<script"), "the page needs no script");
}

#[tokio::test]
async fn what_stands_above_a_page_has_addresses_there() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    if !cfg!(debug_assertions) {
        return;
    }
    for (show, text) in [
        ("form", "Create bucket"),
        ("question", "Delete token"),
        ("drawer", "Billing export"),
        ("notifications", "The bucket was created"),
        ("sign-in", "Before signing in"),
    ] {
        let page = answer(server.request("GET", &format!("/dev/components?show={show}"))).await;
        assert_eq!(page.status, 200, "{show}");
        assert!(page.body.contains(text), "{show}: {}", page.body);
    }
}
