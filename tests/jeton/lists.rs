//! The API's list of tokens: filters, order and paging, the same on both databases.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, members, permission_in, permission_on, text},
};

/// Descriptions in the order of creation; two tokens are inactive.
const ODD: [&str; 14] = [
    "zebra",
    "Äpfel",
    "apple",
    "100%",
    "100 per cent",
    "a_b",
    "axb",
    "back\\slash",
    "éclair",
    "Éclair",
    "_under",
    "日本",
    "apple",
    "ÿ",
];
/// Descriptions in the order of their case-folded bytes, equal ones by age.
const SORTED: [&str; 14] = [
    "100 per cent",
    "100%",
    "_under",
    "a_b",
    "apple",
    "apple",
    "axb",
    "back\\slash",
    "zebra",
    "Äpfel",
    "éclair",
    "Éclair",
    "ÿ",
    "日本",
];

async fn with_odd_tokens(home: &Home) -> (Server, First) {
    let server = Server::start(home).await;
    let first = server.set_up().await;
    let org = server.org(&first.token, "odd").await;
    for description in ODD {
        let status = if matches!(description, "100%" | "ÿ") { "inactive" } else { "active" };
        let body = json!({"orgID": org, "description": description, "status": status, "permissions": [permission_in("read", "tasks", &org)]});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
    }
    (server, First { org, ..first })
}

async fn list(server: &Server, first: &First, query: &str) -> Value {
    let path = format!("/api/v2/authorizations?orgID={}&{query}", first.org);
    server.get(&path, &first.token).await.expect(200)["authorizations"].clone()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn descriptions_are_sorted_alike_on_every_database() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        assert_eq!(members(&list(&server, &first, "").await, "description"), ODD, "by age, unless asked otherwise");
        assert_eq!(members(&list(&server, &first, "sort=description").await, "description"), SORTED);
        let mut ids = members(&list(&server, &first, "sort=createdAt").await, "id");
        ids.reverse();
        assert_eq!(members(&list(&server, &first, "sort=-createdAt").await, "id"), ids);
    })
    .await;
}

#[tokio::test]
async fn pages_put_together_are_the_whole_list() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        for sort in ["createdAt", "-createdAt", "description", "-description", "status", "-status"] {
            let whole = members(&list(&server, &first, &format!("sort={sort}")).await, "id");
            assert_eq!(whole.len(), ODD.len());
            for limit in [1, 3, 5, 14, 1000] {
                let mut seen: Vec<String> = Vec::new();
                let mut after = String::new();
                loop {
                    let page =
                        members(&list(&server, &first, &format!("sort={sort}&limit={limit}{after}")).await, "id");
                    assert!(page.len() <= limit);
                    let Some(last) = page.last() else { break };
                    after = format!("&after={last}");
                    seen.extend(page);
                }
                assert_eq!(seen, whole, "{sort}, {limit} at once");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_goes_on_after_a_token_that_was_deleted_meanwhile() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        let page = members(&list(&server, &first, "limit=3").await, "id");
        server.delete(&format!("/api/v2/authorizations/{}", page[2]), &first.token).await.expect(204);
        let next = list(&server, &first, &format!("limit=3&after={}", page[2])).await;
        assert_eq!(members(&next, "description"), ODD[3..6]);
        let path = format!("/api/v2/authorizations?sort=description&limit=3&after={}", page[2]);
        let message = server.get(&path, &first.token).await.refused(400);
        assert!(message.starts_with("after names no authorization"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn what_is_looked_for_is_meant_to_the_letter_but_not_the_case() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        let expected: [(&str, &[&str]); 9] = [
            ("%", &["100%"]),
            ("a_b", &["a_b"]),
            ("\\", &["back\\slash"]),
            ("ÉCLAIR", &["éclair", "Éclair"]),
            ("APPLE", &["apple", "apple"]),
            ("äp", &["Äpfel"]),
            ("日", &["日本"]),
            ("  zebra ", &["zebra"]),
            ("' OR 1=1 --", &[]),
        ];
        for (text, found) in expected {
            let listed = list(&server, &first, &format!("q={}", encoded(text))).await;
            assert_eq!(members(&listed, "description"), found, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_status_is_filtered_and_combined_with_a_text() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        assert_eq!(members(&list(&server, &first, "status=inactive").await, "description"), ["100%", "ÿ"]);
        assert_eq!(list(&server, &first, "status=active").await.as_array().map(Vec::len), Some(12));
        assert_eq!(members(&list(&server, &first, "status=inactive&q=%25").await, "description"), ["100%"]);
        assert_eq!(members(&list(&server, &first, "status=active&q=%25").await, "description"), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_choices() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        let refused = [
            ("sort=age", "sort must be createdAt, description or status, with - in front for descending order"),
            ("limit=0", "limit must be between 1 and 1000"),
            ("limit=1001", "limit must be between 1 and 1000"),
            ("limit=all", "limit must be between 1 and 1000"),
            ("status=on", "status must be active, inactive or live"),
            ("after=x", "id must have a length of 16 bytes"),
        ];
        for (query, message) in refused {
            let path = format!("/api/v2/authorizations?{query}");
            assert_eq!(server.get(&path, &first.token).await.refused(400), message, "{query}");
        }
        let long = format!("/api/v2/authorizations?q={}", "x".repeat(256));
        assert_eq!(server.get(&long, &first.token).await.refused(400), "q must not be longer than 255 bytes");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_found_by_owner_id_prefix_and_by_todays_name_of_its_bucket() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "Bobolink").await;
        let bucket = server.bucket(&first.token, &first.org, "iot-center").await;
        let permissions = json!([permission_on("read", "buckets", &bucket, &first.org)]);
        let body = json!({"orgID": first.org, "userID": bob, "permissions": permissions});
        let created = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let found =
            async |text: &str| members(&list(&server, &first, &format!("q={}", encoded(text))).await, "id").join(" ");
        let (id, prefix) = (text(&created["id"]), text(&created["tokenPrefix"]));
        for text in ["bobolink", &id, &prefix, "iot-cent", &format!("read:orgs/{}/buckets", first.org)] {
            assert_eq!(found(text).await, id, "{text}");
        }
        server
            .patch(&format!("/api/v2/buckets/{bucket}"), &first.token, json!({"name": "Garden Shed"}))
            .await
            .expect(200);
        server.patch(&format!("/api/v2/users/{bob}"), &first.token, json!({"name": "Robin"})).await.expect(200);
        for text in ["garden SHED", "robin"] {
            assert_eq!(found(text).await, id, "{text}");
        }
        for text in ["iot-cent", "bobolink"] {
            assert_eq!(found(text).await, "", "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_tokens_of_others_but_who_may_read_them() {
    on_each_database(async |home| {
        let (server, first) = with_odd_tokens(&home).await;
        let bob = server.user(&first.token, "bob").await;
        server.post(&format!("/api/v2/orgs/{}/members", first.org), &first.token, json!({"id": bob})).await.expect(201);
        server
            .post(&format!("/api/v2/users/{bob}/password"), &first.token, json!({"password": "password2"}))
            .await
            .expect(204);
        let cookie = server.sign_in("bob", "password2").await.cookie();
        let permissions = json!([permission_in("read", "tasks", &first.org)]);
        let body = json!({"orgID": first.org, "userID": bob, "description": "mine", "permissions": permissions});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        for query in ["", "?limit=5", "?q=a", "?sort=description&limit=5"] {
            let listed = server.request("GET", &format!("/api/v2/authorizations{query}")).header("cookie", &cookie);
            let listed = crate::support::server::answer(listed).await.expect(200);
            let seen = members(&listed["authorizations"], "description");
            assert_eq!(seen, ["mine"], "{query}");
        }
    })
    .await;
}
