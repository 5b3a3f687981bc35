//! Agreement between SQL and the model: the database counts and lists the same tokens.

use std::collections::BTreeSet;

use jeton_model::{
    Authorization, AuthorizationId, Timestamp,
    attention::{Attention, Facts},
    console::attention_filter::AttentionFilter,
    org_rules::{OperatorTokens, OrgRules},
};

use crate::{home::on_each_database, token_list::query_of};

use super::{DAY, Office};

/// A random number generator with a fixed seed: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        choices[(self.0 >> 33) as usize % choices.len()]
    }
}

fn column(value: Option<i64>) -> String {
    value.map_or_else(|| "NULL".into(), |value| value.to_string())
}

const LONGEST_LIFE: i64 = 365 * 86_400;

/// Creates tokens on both sides of every limit, in random combinations.
async fn fill(office: &Office) {
    let mut templates = Vec::new();
    for breadth in ["operator", "custom"] {
        templates.push(office.number(&format!("SELECT id FROM authorizations WHERE breadth = '{breadth}'")).await);
    }
    let mut users = Vec::new();
    for name in ["bob", "bob", "bob", "carol", "dave"] {
        users.push(office.number(&format!("SELECT id FROM users WHERE name = '{name}'")).await);
    }
    let (now, mut dice) = (office.now(), Dice(7));
    let mut script = String::from("BEGIN;");
    for row in 0..400_i64 {
        let created = now - dice.pick(&[0, 30 * DAY, 30 * DAY - 1, 200 * DAY]);
        let life = created + LONGEST_LIFE * 1_000_000;
        let ends = [
            None,
            Some(now),
            Some(now + 1),
            Some(now + 14 * DAY),
            Some(now + 14 * DAY + 1),
            Some(life),
            Some(life + 1),
        ];
        let used = dice.pick(&[None, Some(now - 90 * DAY), Some(now - 90 * DAY + 1), Some(now)]);
        let (description, key) = dice.pick(&[("pump", "pump"), ("", ""), ("  ", "")]);
        let id = -9_000_000_000_000_000_000 + row;
        // Every fourth token replaces the one before.
        let replaces = (row % 4 == 3).then_some(id - 1);
        script.push_str(&format!(
            "INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, search_text, \
             permissions, created_at, updated_at, expires_at, ended_at, last_used_at, replaces_id, breadth) \
             SELECT {id}, org_id, {user}, created_by, kind, '{status}', '{description}', '{key}', '', permissions, {created}, \
             {created}, {ends}, {ended}, {used}, {replaces}, breadth FROM authorizations WHERE id = {template};",
            user = dice.pick(&users),
            status = dice.pick(&["active", "active", "active", "inactive"]),
            ends = column(dice.pick(&ends)),
            ended = column(dice.pick(&[None, None, None, Some(now)])),
            used = column(used),
            replaces = column(replaces),
            template = dice.pick(&templates),
        ));
    }
    script.push_str("COMMIT;");
    office.home.sql(&script).await;
    assert_eq!(office.home.sql("DELETE FROM users WHERE name = 'dave'").await, 1);
}

/// Returns no rules, each rule alone, and combinations.
fn every_rules() -> Vec<OrgRules> {
    let none = OrgRules::default();
    let description = OrgRules { description_required: true, ..none };
    let expiry = OrgRules { expiry_required: true, operator_tokens: OperatorTokens::Operators, ..none };
    let longest = OrgRules { longest_life: Some(LONGEST_LIFE), ..none };
    vec![
        none,
        description,
        expiry,
        longest,
        OrgRules { longest_life: longest.longest_life, description_required: true, ..expiry },
    ]
}

fn ids<'a>(tokens: impl IntoIterator<Item = &'a Authorization>) -> BTreeSet<AuthorizationId> {
    tokens.into_iter().map(|token| token.id).collect()
}

#[tokio::test]
async fn the_database_counts_and_lists_what_the_model_says() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        fill(&office).await;
        let now: Timestamp = office.server.clock.now();
        let all = office.listed("").await;
        let replaced: BTreeSet<AuthorizationId> = all.iter().filter_map(|token| token.replaces).collect();
        let mut seen = BTreeSet::new();
        for rules in every_rules() {
            let would_break = office.out_of_line(Some(&rules)).await;
            office.server.service.set_org_rules(&office.caller, office.org, rules).await.expect("rules");
            let reasons: Vec<(AuthorizationId, Vec<Attention>)> = all
                .iter()
                .map(|token| {
                    let facts = Facts {
                        authorization: token,
                        owner: office.owners.get(&token.user).copied(),
                        replaced: replaced.contains(&token.id),
                        rules,
                    };
                    (token.id, Attention::of(&facts, now))
                })
                .collect();
            let counts = office.server.service.attention(&office.caller, office.org).await.expect("numbers");
            let broken = counts.of(AttentionFilter::Only(Attention::OutOfLine)).known();
            let page = office.server.service.token_page(&office.caller, office.org, &query_of("")).await;
            assert_eq!(page.expect("a page").attention, Some(counts.clone()), "counted by index: {rules:?}");
            assert_eq!((would_break, office.out_of_line(None).await), (broken, broken), "before and after: {rules:?}");
            for filter in AttentionFilter::all() {
                let any = |kinds: &[Attention]| filter.kinds().any(|kind| kinds.contains(&kind));
                let expected: BTreeSet<_> = reasons.iter().filter(|(_, kinds)| any(kinds)).map(|(id, _)| *id).collect();
                let name = filter.name();
                assert_eq!(ids(&office.listed(&format!("attention={name}")).await), expected, "{name}, {rules:?}");
                assert_eq!(counts.of(filter).known(), expected.len() as u64, "{name}, {rules:?}");
                if !expected.is_empty() {
                    seen.insert(name);
                }
            }
        }
        assert_eq!(seen.len(), AttentionFilter::all().count(), "every reason was tried");
    })
    .await;
}
