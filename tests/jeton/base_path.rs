//! Jeton below a path of a host, behind a real nginx that removes the path from requests.

use std::collections::BTreeSet;

use jeton_service::Clock;

use crate::{
    home::Home,
    support::{
        command::Shell,
        nginx::Nginx,
        server::{Answer, First, NAME, ORG, PASSWORD, Server, answer, client, with_token},
    },
};

use reqwest::{Method, RequestBuilder};
use serde_json::json;

/// A server below `/jeton`, seen through nginx, by a browser without JavaScript.
struct Site {
    first: First,
    nginx: Nginx,
    http: reqwest::Client,
    cookie: String,
    _server: Server,
}

impl Site {
    /// Starts the server and signs in; `None` if nginx is not installed.
    async fn start(home: &Home) -> Option<Self> {
        let server = Server::start_with(home, Clock::System, &["--public-url=https://example.com/jeton"]).await;
        let first = server.set_up().await;
        let nginx = Nginx::below("/jeton", server.address)?;
        let mut site = Self { first, nginx, http: client(), cookie: String::new(), _server: server };
        let signed_in = site.sign_in("/jeton/sign-in").await;
        site.cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        Some(site)
    }

    /// Prepares a request with the session's cookie. `address`: as a page writes it.
    fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{address}", self.nginx.address));
        if self.cookie.is_empty() { request } else { request.header("cookie", &self.cookie) }
    }

    async fn open(&self, address: &str) -> Answer {
        answer(self.request(Method::GET, address)).await
    }

    async fn send(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, address).body(body);
        answer(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    async fn sign_in(&self, address: &str) -> Answer {
        let signed_in = self.send(address, &[("username", NAME), ("password", PASSWORD)]).await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.body);
        signed_in
    }

    /// Returns the address of a page of the organization.
    fn page(&self, path: &str) -> String {
        format!("/jeton/orgs/{}/{path}", self.first.org)
    }
}

/// Returns the values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let mark = format!(" {attribute}=\"");
    let rests = page.match_indices(&mark).map(|(at, _)| &page[at + mark.len()..]);
    rests.map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

/// Checks that a page leads nowhere outside of the path; returns its links inside.
fn links(page: &str, address: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in ["href", "src", "action", "formaction"] {
        for value in values(page, attribute) {
            let is_elsewhere = value.starts_with('#') || value.starts_with("https://lucide.dev");
            assert!(is_elsewhere || value.starts_with("/jeton/"), "{attribute}={value:?} of {address}");
            if attribute == "href" && !is_elsewhere {
                found.insert(value.replace("&amp;", "&"));
            }
        }
    }
    found
}

#[tokio::test]
async fn below_a_path_every_page_leads_there_only_and_to_what_there_is() {
    let home = Home::sqlite();
    let Some(mut site) = Site::start(&home).await else { return };
    let (org, token) = (site.first.org.clone(), site.first.authorization.clone());
    let mut seen = BTreeSet::new();
    for path in [
        "load-data/buckets",
        "load-data/buckets/new",
        "load-data/telegrafs",
        "load-data/telegrafs/new",
        "load-data/tokens",
        "load-data/tokens?status=active",
        "load-data/tokens/generate/all-access",
        "load-data/tokens/generate/custom-api",
        "load-data/tokens/look",
        "load-data/tokens/filter",
        &format!("load-data/tokens/{token}"),
        &format!("load-data/tokens/{token}/rotate"),
        "settings/members",
        "settings/users",
        "settings/organizations",
        &format!("settings/organizations/{org}"),
        "settings/databases",
        "settings/audit-log",
        "account",
        "about",
    ] {
        let address = site.page(path);
        let page = site.open(&address).await;
        assert_eq!(page.status, 200, "{address}: {}", page.body);
        assert_eq!(values(&page.body, "data-base"), ["/jeton"], "{address}");
        for script in ["import('/jeton/pkg/jeton", "module_or_path: '/jeton/pkg/jeton"] {
            assert!(page.body.contains(script), "{script} in {address}");
        }
        let found = links(&page.body, &address);
        assert!(found.contains(&site.page("load-data/buckets")), "the navigation of {address}: {found:?}");
        seen.extend(found);
    }
    for address in seen.iter().filter(|address| !address.starts_with("/jeton/pkg/") && !address.contains("/favicon.")) {
        let page = site.open(address).await;
        assert!(![404, 502].contains(&page.status), "{address}: {}", page.status);
    }
    let docs = site.open("/jeton/docs").await;
    assert!(links(&docs.body, "the reference").contains("/jeton/api/v2/openapi.json"));
    assert!(docs.body.contains("curl https://example.com/jeton/api/v2/me"), "{}", docs.body);
    let missing = site.open(&site.page("load-data/nothing")).await;
    assert_eq!(missing.status, 404);
    assert!(links(&missing.body, "a missing page").contains("/jeton/"));
    site.cookie.clear();
    let sign_in = site.open("/jeton/sign-in?to=%2Fjeton%2F").await;
    assert_eq!(values(&sign_in.body, "action").last(), Some(&"/jeton/sign-in?to=%2Fjeton%2F"));
    assert!(links(&sign_in.body, "sign-in").contains("/jeton/docs"));
}

#[tokio::test]
async fn below_a_path_signing_in_and_out_leads_to_addresses_there() {
    let home = Home::sqlite();
    let Some(mut site) = Site::start(&home).await else { return };
    let (cookie, list) = (std::mem::take(&mut site.cookie), site.page("load-data/tokens"));
    assert_eq!(site.open("/jeton/").await.header("location"), "/jeton/sign-in");
    let to = form_urlencoded::Serializer::new(String::new()).append_pair("to", &list).finish();
    assert_eq!(site.open(&list).await.header("location"), format!("/jeton/sign-in?{to}"));
    let signed_in = site.sign_in(&format!("/jeton/sign-in?{to}")).await;
    assert_eq!(signed_in.header("location"), list);
    let set = signed_in.header("set-cookie");
    assert!(set.starts_with("__Secure-jeton="), "{set}");
    assert!(set.ends_with("; Path=/jeton/; HttpOnly; Secure; SameSite=Lax"), "{set}");
    for other in ["%2F", "%2Fother", "%2Fjetonx%2F", "%2F%2Fevil.example", "%2Fjeton%2F%2Fevil.example"] {
        let signed_in = site.sign_in(&format!("/jeton/sign-in?to={other}")).await;
        assert_eq!(signed_in.header("location"), "/jeton/", "{other}");
    }
    site.cookie = cookie;
    assert_eq!(site.open("/jeton/").await.header("location"), list);
    let set = site.open(&list).await.header("set-cookie");
    assert!(set.starts_with("jeton-org=") && set.contains("; Path=/jeton/; "), "{set}");
    let theme = site.request(Method::POST, "/jeton/theme").header("referer", "https://example.com/jeton/docs");
    let theme = answer(theme.body("theme=dark")).await;
    assert_eq!(theme.header("location"), "/jeton/docs");
    assert!(theme.header("set-cookie").starts_with("jeton-theme=dark; Path=/jeton/; "));
    let signed_out = site.send("/jeton/sign-out", &[]).await;
    assert_eq!(signed_out.header("location"), "/jeton/sign-in");
    let set = signed_out.header("set-cookie");
    assert!(set.starts_with("__Secure-jeton=; Path=/jeton/; ") && set.ends_with("; Max-Age=0"), "{set}");
    assert_eq!(site.open("/jeton/").await.header("location"), "/jeton/sign-in", "the session has ended");
}

#[tokio::test]
async fn below_a_path_forms_work_with_and_without_script() {
    let home = Home::sqlite();
    let Some(site) = Site::start(&home).await else { return };
    let (form, list) = (site.page("load-data/buckets/new"), site.page("load-data/buckets"));
    let posted = site.send(&form, &[("name", "posted"), ("description", ""), ("retention", "forever")]).await;
    assert_eq!((posted.status, posted.header("location")), (303, format!("{list}?done=bucket-created")));
    // With script, the address is the one that the server's routes match.
    let fields = json!([["name", "called"], ["description", ""], ["retention", "forever"]]);
    let path = form.trim_start_matches("/jeton");
    let call = site.request(Method::POST, "/jeton/fn/submit").json(&json!({"address": path, "fields": fields}));
    let called = answer(call).await;
    assert_eq!(called.status, 200, "{}", called.body);
    assert!(called.body.contains(&list), "the address to go to: {}", called.body);
    let page = site.open(&list).await.body;
    assert!(page.contains("posted") && page.contains("called"), "{page}");
}

#[tokio::test]
async fn below_a_path_the_api_and_its_clients_work() {
    let home = Home::sqlite();
    let Some(mut site) = Site::start(&home).await else { return };
    site.cookie.clear();
    let signed_in = site.request(Method::POST, "/jeton/api/v2/signin").basic_auth(NAME, Some(PASSWORD));
    let signed_in = answer(signed_in).await;
    assert!(signed_in.header("set-cookie").contains("; Path=/jeton/api/; "), "{}", signed_in.header("set-cookie"));
    site.cookie = signed_in.cookie();
    assert_eq!(site.open("/jeton/api/v2/me").await.expect(200)["name"], NAME);
    let asked = with_token(site.request(Method::GET, "/jeton/api/v2/orgs"), &site.first.token);
    let orgs = answer(asked).await.expect(200);
    assert_eq!(orgs["links"]["self"], "/api/v2/orgs", "as influxd: below the URL that clients are given");
    let document = site.open("/jeton/api/v2/openapi.json").await.expect(200);
    assert_eq!(document["servers"][0]["url"], "https://example.com/jeton");
    let shell = Shell::at(&format!("http://{}/jeton", site.nginx.address)).with("INFLUX_TOKEN", &site.first.token);
    assert!(shell.ok("org list").await.contains(ORG));
}
