//! Lists with more tokens than are counted.

use jeton_model::tally::{COUNTED_UP_TO, Tally};
use jeton_service::{
    Error,
    error::TokenError,
    tokens::bulk::{MAX_AT_ONCE, Targets},
};

use crate::{
    home::{Home, on_each_database},
    token_list::{Scene, query_of},
};

const COPIES: u64 = COUNTED_UP_TO + 45;
/// The copies, and those of the scene.
const TOKENS: u64 = COPIES + 8;

/// Copies one inactive token, as if each copy had been created with a description of its own.
async fn copy(home: &Home) {
    let copied = home
        .sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COPIES}) \
             INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, \
             search_text, permissions, created_at, updated_at, breadth) \
             SELECT -9000000000000000000 + n.i, org_id, user_id, created_by, kind, status, 'Copy ' || CAST(n.i AS TEXT), \
             'zz copy ' || CAST(n.i AS TEXT), 'copy ' || CAST(n.i AS TEXT) || ' ' || search_text, permissions, created_at, \
             updated_at, breadth FROM authorizations, n WHERE description = 'tasks'"
        ))
        .await;
    assert_eq!(copied, COPIES);
}

#[tokio::test]
async fn a_list_says_that_it_has_more_than_are_counted() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        copy(&home).await;
        let more = Tally::up_to(COUNTED_UP_TO, COUNTED_UP_TO + 1);
        let page = async |query: &str| {
            let page = scene.page(&scene.caller, query).await;
            (page.page, page.rows.len(), page.total, page.unfiltered)
        };
        assert_eq!(page("").await, (1, 25, more, more));
        assert_eq!(page("page=402").await, (402, 25, more, more), "pages behind the counted ones are there");
        assert_eq!(page("page=403").await, (403, 3, Tally::exact(TOKENS), more), "the last one tells the number");
        assert_eq!(page("page=9000").await, (400, 25, more, more), "without rows it is the last of the counted ones");
        assert_eq!(page("searchTerm=copy").await, (1, 25, more, more));
        assert_eq!(page("status=inactive").await, (1, 25, more, more));
        // Copies 77, 770 to 779 and 7700 to 7799.
        assert_eq!(page("searchTerm=copy+77").await, (1, 25, Tally::exact(111), more));
        assert_eq!(page("searchTerm=copy+77&page=5&sortKey=createdAt").await, (5, 11, Tally::exact(111), more));
        assert_eq!(page("searchTerm=names+it").await, (1, 1, Tally::exact(1), more));
        assert_eq!(page("status=active").await, (1, 7, Tally::exact(7), more));
        assert_eq!(page("status=active&searchTerm=copy").await, (1, 0, Tally::exact(0), more));
        let bucket = page("bucket=iot").await;
        assert_eq!((bucket.1 as u64, bucket.2.is_more()), (bucket.2.known(), false), "few of many");
        let listed = Targets::Listed { query: query_of("searchTerm=copy"), expected: None };
        let refused = scene.server.service.count_meant(&scene.caller, scene.org, &listed).await;
        assert_eq!(refused, Err(Error::Token(TokenError::TooManySelected { limit: MAX_AT_ONCE })));
    })
    .await;
}
