//! Tests on a small database: candidates and limits change no result.

use sqlx::AssertSqlSafe;

use jeton_model::{
    Id, ResourceType, Timestamp, attention::Attention, console::attention_filter::AttentionFilter, tally::Tally,
};
use tempfile::TempDir;

use crate::{
    Store, attention,
    authorization_list::{Sort, Start, count, list},
    text_search::TokenText,
    visibility::{Reach, Visible},
};

use super::*;

const TOKENS: u64 = 50;

fn org() -> OrgId {
    OrgId(Id::new(7).expect("an id"))
}

/// A database with tokens that were never used; every fifth is inactive.
async fn store() -> (TempDir, Store) {
    store_with(TOKENS).await
}

async fn store_with(tokens: u64) -> (TempDir, Store) {
    let data = TempDir::new().expect("a directory");
    let store = Store::sqlite(&data.path().join("jeton.db")).await.expect("a database");
    let (org, user) = (from_id(org()), from_id(UserId(Id::new(8).expect("an id"))));
    for statement in [
        format!("INSERT INTO users VALUES ({user}, 'alice', 'alice', 'active', NULL, 1, 1, NULL)"),
        format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {tokens}) \
             INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, \
             search_text, permissions, created_at, updated_at, breadth) SELECT -9000000000000000000 + i, {org}, {user}, \
             {user}, 'v2', CASE WHEN i % 5 = 0 THEN 'inactive' ELSE 'active' END, 'pump ' || i, 'pump ' || i, \
             'pump ' || i || ' read:tasks', '[]', 1, 1, 'custom' FROM n"
        ),
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&store.readers).await.expect("rows");
    }
    (data, store)
}

fn everything() -> Filter {
    let visible = Visible { authorizations: Reach::All, owners: OwnerReach::All, owned_orgs: Vec::new() };
    Filter { visible, org: Some(org()), ..Filter::default() }
}

#[tokio::test]
async fn a_count_ends_above_its_limit() {
    let (_data, store) = store().await;
    let mut reader = store.read().await.expect("a reader");
    for (limit, counted) in [(0, 1), (10, 11), (TOKENS - 1, TOKENS), (TOKENS, TOKENS), (u64::MAX, TOKENS)] {
        assert_eq!(count(&mut reader, &everything(), limit).await.expect("a count"), counted, "{limit}");
    }
}

#[tokio::test]
async fn candidates_change_no_result() {
    let (_data, store) = store().await;
    let mut reader = store.read().await.expect("a reader");
    for (text, found) in [("pump 1", 11), ("pump 17", 1), ("ump", 50), ("lic", 50), ("zzz", 0), ("ks", 50)] {
        let text = TokenText::find(&mut reader, text).await.expect("a search");
        let wide = Filter { text: Some(text), ..everything() };
        let narrow = wide.clone().narrow(&mut reader).await.expect("candidates");
        for sort in [Sort::Id, Sort::IdDescending, Sort::Description, Sort::StatusDescending] {
            let one = list(&mut reader, &wide, sort, Start::Offset(0), 100).await.expect("a list");
            let other = list(&mut reader, &narrow, sort, Start::Offset(0), 100).await.expect("a list");
            assert_eq!(one, other);
            assert_eq!(one.len(), found);
        }
        assert_eq!(count(&mut reader, &narrow, 100).await.expect("a count"), found as u64);
    }
}

/// The limit of candidates is one of tokens: a token has several permissions on a bucket.
#[tokio::test]
async fn tokens_with_several_permissions_are_all_found() {
    const OTHERS: i64 = 1000;
    const FOUND: i64 = MOST * 3 / 5;
    let (_data, store) = store_with((OTHERS + FOUND).cast_unsigned()).await;
    let bucket = Id::new(9).expect("an id");
    let (org_id, id) = (from_id(org()), from_id(bucket));
    let grants = format!(
        "INSERT INTO grants SELECT id, action, 'buckets', {id}, {org_id} FROM authorizations, \
         (SELECT 'read' AS action UNION SELECT 'write') WHERE id > -9000000000000000000 + {OTHERS}"
    );
    sqlx::query(AssertSqlSafe(grants)).execute(&store.readers).await.expect("rows");
    let mut reader = store.read().await.expect("a reader");
    let access = Access { kind: ResourceType::Buckets, id: bucket, org: Some(org()), action: None };
    let filter = Filter { accesses: vec![access], ..everything() };
    let found = filter.clone().narrow(&mut reader).await.expect("candidates").candidates.expect("candidates");
    assert_eq!(found.count, FOUND);
}

#[tokio::test]
async fn a_part_of_the_candidates_restricts_nothing() {
    let (_data, store) = store().await;
    let mut reader = store.read().await.expect("a reader");
    let ids: Vec<String> = (1..=20_i64).map(|number| (number - 9_000_000_000_000_000_000).to_string()).collect();
    let part = Candidates { backend: Backend::Sqlite, ids: format!("[{}]", ids.join(",")), count: MOST };
    let filter = Filter { candidates: Some(part), ..everything() };
    let rows = list(&mut reader, &filter, Sort::Id, Start::Offset(0), 100).await.expect("a list");
    assert_eq!(rows.len() as u64, TOKENS);
    assert_eq!(count(&mut reader, &filter, 10).await.expect("a count"), 11, "the part shows it");
    assert_eq!(count(&mut reader, &filter, 100).await.expect("a count"), TOKENS, "the part can't show it");
}

#[tokio::test]
async fn reasons_for_attention_are_counted_up_to_a_limit() {
    let (_data, store) = store().await;
    let mut reader = store.read().await.expect("a reader");
    let now = Timestamp::from_micros(1_800_000_000_000_000);
    for (limit, never_used) in [(3, Tally::up_to(3, 4)), (40, Tally::exact(40)), (39, Tally::up_to(39, 40))] {
        let counts = attention::counts_up_to(&mut reader, org(), now, limit).await.expect("counts");
        assert_eq!(counts.of(AttentionFilter::Only(Attention::NeverUsed)), never_used);
        assert_eq!(counts.of(AttentionFilter::Any), never_used);
        assert_eq!(counts.of(AttentionFilter::Only(Attention::Expired)), Tally::exact(0));
    }
}
