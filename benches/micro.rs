//! Micro-benchmarks: the verification of a token in process, and the match of permissions. They also count allocations.

use std::hint::black_box;

use divan::{AllocProfiler, Bencher};
use jeton_model::{Action, Id, OrgId, Permission, ResourceType, permission::which_permits, token::TokenHash};
use jeton_service::Client;

#[path = "common/mod.rs"]
mod common;

use common::{
    Result,
    data::{Data, Database},
    fill,
    server::Jeton,
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A permission on one bucket of one organization.
fn permission(number: u64) -> Permission {
    let id = |number| Id::new(number).unwrap_or(Id::from_random([1; 8]));
    Permission::on_in(Action::Read, ResourceType::Buckets, id(number), OrgId(id(7)))
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn match_of_the_last_permission(bencher: Bencher, held: u64) {
    let permissions: Vec<Permission> = (1..=held).map(permission).collect();
    bencher.bench_local(|| which_permits(black_box(&permissions), black_box(&permission(held))).is_some());
}

#[divan::bench]
fn hash_of_a_token() -> TokenHash {
    TokenHash::of(black_box("jtn_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG0000"))
}

#[divan::bench]
fn verification(bencher: Bencher) {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let (_data, jeton) = runtime.block_on(started()).expect("a server");
    let (token, client) = (fill::value(1), Client::default());
    bencher.bench_local(|| {
        let caller = runtime.block_on(jeton.service.caller_by_token(&token, client.clone()));
        black_box(caller.is_ok())
    });
    runtime.block_on(jeton.stop()).expect("a quiet stop");
}

async fn started() -> Result<(Data, Jeton)> {
    let data = Data::new(Database::Sqlite).await?;
    fill::filled(&data, 1000).await?;
    let jeton = Jeton::start(&data).await?;
    Ok((data, jeton))
}
