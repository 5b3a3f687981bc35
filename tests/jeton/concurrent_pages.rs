//! Pages of the console that are requested at the same moment.

use futures_util::future::join_all;

use crate::{
    home::Home,
    support::{
        console::Browser,
        server::{NAME, Server},
    },
};

/// Number of visitors.
const VISITORS: usize = 24;
/// Number of pages that each of them opens.
const PAGES: usize = 10;

/// Several threads are necessary: the state of a page was disposed by one while another one wrote its title.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_is_whole_however_many_are_rendered_at_the_same_moment() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let org = server.org(&first.token, "o").await;
    let browser = Browser::sign_in(&server, NAME).await;
    let address = format!("/orgs/{org}/load-data/tokens");
    let visit = async || {
        for _ in 0..PAGES {
            let page = browser.open(&address).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(page.body.contains("<title>API Tokens | Load Data | o | Jeton</title>"), "the title is missing");
        }
    };
    join_all((0..VISITORS).map(|_| visit())).await;
}
