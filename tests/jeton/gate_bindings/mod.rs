//! Bindings of buckets to the databases behind gates: who creates, ends and confirms them, and what they keep apart.

mod commands;
mod confirmation;
mod life;
mod orgs;
mod suspension;

use std::sync::Arc;

use serde_json::{Value, json};

use jeton_model::{
    BucketId, OrgId, Timestamp,
    binding::{Comparison, DirectoryContent, DirectoryRecord, ExistingData, FoundDatabase, GateIdentity, GateKind},
    grant,
};
use jeton_service::{
    Caller, Client, Error,
    error::{AuthError, BucketError, GateError},
    gates::{Found, NewBinding},
};

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, permission_in, permission_on, text},
};

const UPSTREAM: &str = "http://127.0.0.1:8087";

/// A server with a second bucket, and the caller who set it up: an operator.
struct Scene {
    server: Server,
    first: First,
    operator: Caller,
    org: OrgId,
    iot: BucketId,
    plant: BucketId,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start_at_rest(home).await;
        let first = server.set_up().await;
        let operator = server.caller(&first.token).await;
        let org = first.org.parse().expect("an id");
        let iot = first.bucket.parse().expect("an id");
        let plant = server.bucket(&first.token, &first.org, "plant").await.parse().expect("an id");
        Self { server, first, operator, org, iot, plant }
    }

    fn gate(&self, kind: GateKind) -> GateIdentity {
        GateIdentity { name: "hall".into(), kind, org: self.org, upstream: UPSTREAM.parse().expect("an address") }
    }

    async fn caller(&self, permissions: Value) -> Caller {
        let token = self.server.token(&self.first.token, &self.first.org, permissions).await.expect(201);
        self.server.caller(&text(&token["token"])).await
    }

    /// Returns a caller who may write the organization's buckets, and nothing else.
    async fn writer(&self) -> Caller {
        self.caller(json!([permission_in("write", "buckets", &self.first.org)])).await
    }

    async fn bind(&self, gate: &GateIdentity, bucket: BucketId, place: &str) -> Result<(), Error> {
        self.bind_as(&self.operator, gate, new(bucket, place, ExistingData::Unknown)).await
    }

    async fn bind_as(&self, caller: &Caller, gate: &GateIdentity, new: NewBinding) -> Result<(), Error> {
        self.server.service.bind_bucket(caller, gate, new).await.map(drop)
    }

    async fn unbind_as(&self, caller: &Caller, bucket: BucketId) -> Result<(), Error> {
        self.server.service.unbind_bucket(caller, "hall", bucket).await.map(drop)
    }

    /// Compares a gate with what its upstream has, as the operator.
    async fn sync(&self, gate: &GateIdentity, found: &Found, asked_at: Timestamp) -> Comparison {
        self.server.service.sync_gate(&self.operator, gate, found, asked_at).await.expect("compared")
    }

    async fn directory(&self, gate: &GateIdentity) -> Arc<DirectoryRecord> {
        self.server.service.gate_directory(gate).await.expect("a directory")
    }

    /// Returns the places of the directory, each with an exclamation mark if it is suspended.
    async fn places(&self, gate: &GateIdentity) -> Vec<String> {
        let directory = self.directory(gate).await;
        places(&directory)
    }

    /// Returns a time after all changes so far.
    fn later(&self) -> Timestamp {
        self.server.clock.advance(1);
        self.server.clock.now()
    }
}

/// `place`: `db` or `db/rp`.
fn new(bucket: BucketId, place: &str, existing: ExistingData) -> NewBinding {
    let (database, policy) = place.split_once('/').map_or((place, None), |(database, policy)| (database, Some(policy)));
    NewBinding { bucket, database: database.into(), policy: policy.map(Into::into), existing }
}

fn places(record: &DirectoryRecord) -> Vec<String> {
    let DirectoryContent::Bound(bound) = &record.content else { panic!("{record:?}") };
    let place = |database: &str, policy: &Option<String>, suspended: bool| {
        let policy = policy.as_ref().map(|policy| format!("/{policy}")).unwrap_or_default();
        format!("{database}{policy}{}", if suspended { "!" } else { "" })
    };
    bound.iter().map(|one| place(&one.database, &one.policy, one.suspended)).collect()
}

fn databases(names: &[&str]) -> Found {
    let policies = || vec!["autogen".into()];
    let found = |name: &&str| FoundDatabase { name: (*name).to_owned(), policies: policies(), default_policy: None };
    Found::Databases(names.iter().map(found).collect())
}

fn taken(place: &str) -> Result<(), Error> {
    Err(Error::Gate(GateError::DatabaseTaken { database: place.into() }))
}

fn reserved(bucket: &str) -> Result<(), Error> {
    Err(Error::Gate(GateError::ReservedBucket { bucket: bucket.into() }))
}

const OPERATORS_ONLY: Result<(), Error> = Err(Error::Gate(GateError::OperatorRequired));
const TOO_LIMITED: Result<(), Error> = Err(Error::Gate(GateError::LimitedOperator));

#[tokio::test]
async fn a_place_with_data_is_bound_by_operators_alone_and_a_new_one_by_whoever_writes_the_buckets() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        let writer = scene.writer().await;
        for existing in [ExistingData::Present, ExistingData::Unknown] {
            assert_eq!(scene.bind_as(&writer, &gate, new(scene.iot, "a", existing)).await, OPERATORS_ONLY);
        }
        assert_eq!(scene.bind_as(&writer, &gate, new(scene.iot, "a", ExistingData::Absent)).await, Ok(()));
        let present = new(scene.plant, "b", ExistingData::Present);
        assert_eq!(scene.bind_as(&scene.operator, &gate, present).await, Ok(()));
        assert_eq!(scene.places(&gate).await, ["a", "b"]);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_write_the_organizations_buckets_neither_binds_nor_unbinds() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, first) = (scene.gate(GateKind::Influxdb3), &scene.first);
        let elsewhere = scene.server.org(&first.token, "elsewhere").await;
        scene.bind(&gate, scene.plant, "plant").await.expect("bound");
        let one = permission_on("write", "buckets", &first.bucket, &first.org);
        for permissions in [
            json!([one, permission_on("write", "buckets", &scene.plant.to_string(), &first.org)]),
            json!([permission_in("read", "buckets", &first.org)]),
        ] {
            let caller = scene.caller(permissions).await;
            let refused = scene.bind_as(&caller, &gate, new(scene.iot, "a", ExistingData::Absent)).await;
            assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))), "{refused:?}");
            let refused = scene.unbind_as(&caller, scene.plant).await;
            assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))), "{refused:?}");
        }
        let permissions = json!([permission_in("write", "buckets", &elsewhere)]);
        let token = scene.server.token(&first.token, &elsewhere, permissions).await.expect(201);
        let foreign = scene.server.caller(&text(&token["token"])).await;
        let refused = scene.bind_as(&foreign, &gate, new(scene.iot, "a", ExistingData::Absent)).await;
        assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))), "{refused:?}");
        let theirs = GateIdentity { org: elsewhere.parse().expect("an id"), name: "theirs".into(), ..gate.clone() };
        let refused = scene.bind_as(&foreign, &theirs, new(scene.iot, "a", ExistingData::Absent)).await;
        assert_eq!(refused, Err(Error::Bucket(BucketError::NotFound)), "a bucket of another organization");
        assert_eq!(scene.places(&gate).await, ["plant"]);
    })
    .await;
}

#[tokio::test]
async fn an_operator_with_limits_gives_no_access_that_has_none() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, server) = (scene.gate(GateKind::Influxdb1), &scene.server);
        scene.bind(&gate, scene.plant, "plant").await.expect("bound");
        scene.sync(&gate, &databases(&[]), scene.later()).await;
        let client = Client { address: "10.1.2.3".parse().ok(), ..Client::default() };
        let end = server.clock.now().plus_seconds(3600).to_string();
        for limit in [json!({"expiresAt": end}), json!({"allowedNetworks": ["10.0.0.0/8"]})] {
            let mut body = json!({"orgID": scene.first.org, "permissions": grant::operator()});
            body.as_object_mut().unwrap().extend(limit.as_object().unwrap().clone());
            let made = server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
            let limited =
                server.service.caller_by_token(&text(&made["token"]), client.clone()).await.expect("a caller");
            let new = new(scene.iot, "a", ExistingData::Present);
            assert_eq!(scene.bind_as(&limited, &gate, new).await, TOO_LIMITED, "{limit}");
            assert_eq!(server.service.confirm_bucket(&limited, &gate, scene.plant, None).await, TOO_LIMITED, "{limit}");
            assert_eq!(scene.unbind_as(&limited, scene.plant).await, TOO_LIMITED, "{limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_belongs_to_one_gate_and_one_organization_whatever_its_upstreams_spelling() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a/week").await.expect("bound");
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let bucket = scene.server.bucket(&scene.first.token, &elsewhere, "theirs").await.parse().expect("an id");
        let org = elsewhere.parse().expect("an id");
        let other = GateIdentity {
            name: "other".into(),
            org,
            upstream: "HTTP://localhost:8087/".parse().expect("an address"),
            ..gate.clone()
        };
        for place in ["a/week", "a/year", "a"] {
            assert_eq!(scene.bind(&other, bucket, place).await, taken(place), "all policies belong together");
        }
        for upstream in ["https://localhost:8087", "http://[::1]:8087", "http://127.0.0.2:8087"] {
            let other = GateIdentity { upstream: upstream.parse().expect("an address"), ..other.clone() };
            assert_eq!(scene.bind(&other, bucket, "a").await, taken("a"), "{upstream}");
        }
        let moved = GateIdentity { org, ..gate.clone() };
        assert_eq!(scene.bind(&moved, bucket, "a").await, taken("a"), "the gate has another organization now");
        let away = GateIdentity { upstream: "http://127.0.0.1:8088".parse().expect("an address"), ..other };
        assert_eq!(scene.bind(&away, bucket, "a").await, Ok(()), "another upstream has databases of its own");
        assert_eq!(scene.bind(&gate, scene.plant, "a/week").await, taken("a/week"));
        assert_eq!(scene.bind(&gate, scene.plant, "a").await, Ok(()), "the rest of the database");
        assert_eq!(
            scene.bind(&gate, scene.plant, "b").await.map_err(|error| error.to_string()),
            Err("bucket \"plant\" is bound at this gate already; unbind it first".to_owned())
        );
        assert!(scene.places(&moved).await.is_empty(), "bindings of the former organization do not count");
        assert_eq!(scene.places(&gate).await, ["a", "a/week"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_the_databases_own_is_never_bound() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for kind in [GateKind::Influxdb1, GateKind::Influxdb3, GateKind::Victoriametrics] {
            for name in ["_internal", "_monitoring", "_tasks", "system", "SYSTEM"] {
                let refused = scene.bind(&scene.gate(kind), scene.iot, name).await;
                assert!(matches!(refused, Err(Error::Validation(_))), "{name}: {refused:?}");
            }
        }
        let found = scene.server.get("/api/v2/buckets?name=_tasks", &scene.first.token).await.expect(200);
        let tasks = text(&found["buckets"][0]["id"]).parse().expect("an id");
        let gate = scene.gate(GateKind::Influxdb1);
        assert_eq!(scene.bind(&gate, tasks, "a").await, reserved("_tasks"));
        let system = scene.server.bucket(&scene.first.token, &scene.first.org, "System").await.parse().expect("an id");
        assert_eq!(scene.bind(&gate, system, "a").await, reserved("System"));
        let refused = scene.bind(&scene.gate(GateKind::Influxdb2), scene.iot, "a").await;
        assert_eq!(refused, Err(Error::Gate(GateError::NoBindings)));
        let refused = scene.bind(&scene.gate(GateKind::Influxdb3), scene.iot, "a/week").await;
        assert!(matches!(refused, Err(Error::Validation(_))), "only 1.x has policies: {refused:?}");
        assert!(scene.places(&gate).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn bindings_are_listed_to_whoever_reads_their_buckets() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        scene.bind(&gate, scene.plant, "b").await.expect("bound");
        let reader =
            scene.caller(json!([permission_on("read", "buckets", &scene.first.bucket, &scene.first.org)])).await;
        let seen = async |caller: &Caller| -> Vec<String> {
            let listed = scene.server.service.gate_bindings(caller, "hall").await.expect("a list");
            listed.iter().map(|one| one.place()).collect()
        };
        assert_eq!(seen(&reader).await, ["a"]);
        assert_eq!(seen(&scene.operator).await, ["a", "b"]);
        assert!(seen(&scene.writer().await).await.is_empty());
    })
    .await;
}
