//! Reads everything from the API of a running influxd, before anything is written.

use std::collections::HashSet;

use indicatif::ProgressBar;
use serde::{Deserialize as _, de::DeserializeOwned};
use serde_json::Value;

use jeton_client::{
    error::{Failure, Outcome, WhileDoing as _},
    http::Client,
    output::warn,
};
use jeton_model::{Action, Permission, ResourceType, UserId, bucket::BucketKind};
use jeton_service::{
    import::{Kind, Left, Source, SourceMembership, SourceUser},
    orgs::members::Parent,
};

use super::{
    authorization::AuthorizationBody,
    wire::{BucketBody, DbrpBody, MemberBody, Now, OrgBody, TelegrafBody, UserBody},
};

/// Maximum number of items of a page of influxd (docs/influxdb-compatibility.md §1.8).
const PAGE: usize = 100;

/// A reader of one server.
pub struct Reading<'a> {
    /// The client of the server to read.
    pub client: &'a Client,
    /// The progress indicator on the terminal.
    pub bar: &'a ProgressBar,
    /// The time of the import.
    pub now: Now,
}

impl Reading<'_> {
    /// Reads everything that the server holds: one request per page and, where necessary, one per item.
    pub async fn all(&self) -> Outcome<Source> {
        let mut source = Source::default();
        let (now, unreadable) = (self.now, &mut source.unreadable);
        let orgs: Vec<OrgBody> = each(Kind::Organization, self.pages("/api/v2/orgs", "orgs").await?, unreadable);
        source.orgs = orgs.into_iter().map(|body| body.into_org(now)).collect();
        let users: Vec<UserBody> = each(Kind::User, self.pages("/api/v2/users", "users").await?, unreadable);
        for body in users {
            let owns_instance = self.owns_instance(body.id).await?;
            source.users.push(SourceUser { user: body.into_user(), owns_instance });
        }
        let buckets: Vec<BucketBody> = each(Kind::Bucket, self.pages("/api/v2/buckets", "buckets").await?, unreadable);
        source.buckets = buckets.into_iter().map(|body| body.into_bucket(now)).collect();
        for org in &source.orgs {
            let request = self.client.get("/api/v2/dbrps").query("orgID", org.id.to_string());
            let found = list(request.read().await.while_doing("could not read the DBRP mappings")?, "content");
            let made =
                each::<DbrpBody>(Kind::DbrpMapping, found, unreadable).into_iter().filter(|body| !body.is_virtual);
            source.dbrps.extend(made.map(DbrpBody::into_dbrp));
            self.bar.inc(1);
        }
        let found = self.whole("/api/v2/telegrafs", "configurations").await?;
        let telegrafs: Vec<TelegrafBody> = each(Kind::Telegraf, found, unreadable);
        source.telegrafs = telegrafs.into_iter().map(|body| body.into_telegraf(now)).collect();
        let found = self.whole("/api/v2/authorizations", "authorizations").await?;
        let tokens: Vec<AuthorizationBody> = each(Kind::Authorization, found, unreadable);
        let tokens = tokens.into_iter().filter(|body| !body.is_shadow());
        source.authorizations = tokens.map(|body| body.into_token(now)).collect();
        let found = self.credentials().await?;
        let credentials: Vec<AuthorizationBody> = each(Kind::V1Authorization, found, unreadable);
        source.authorizations.extend(credentials.into_iter().map(|body| body.into_credential(now)));
        self.memberships(&mut source).await?;
        Ok(source)
    }

    /// Refuses a token that is not an operator token: it does not see everything, and influxd only shortens its lists.
    pub async fn check_operator(&self) -> Outcome {
        let requested = self.client.get("/api/v2/config").done().await;
        match requested {
            Err(failure) if failure.to_string().contains("requires operator permissions") => {
                let sentence = "this token is not an operator token, so it can't read all data";
                Err(Failure::new(sentence)
                    .hint("use the token that influx setup created, or create one with influx auth create --operator"))
            }
            Err(failure) if failure.status() == Some(404) => {
                warn(
                    "warning: this server does not report whether this is an operator token; only data that the token \
                     can read are copied",
                );
                Ok(())
            }
            other => other.while_doing("could not read from the other server"),
        }
    }

    /// Reads all pages of a list. It ends with a page that contains nothing new: pages may be short
    /// (docs/influxdb-compatibility.md §5.1), and the earliest releases return everything at once, whatever the page.
    async fn pages(&self, path: &str, member: &str) -> Outcome<Vec<Value>> {
        let (mut all, mut seen, mut offset) = (Vec::new(), HashSet::new(), 0);
        loop {
            let request = self.client.get(path).query("limit", PAGE.to_string()).query("offset", offset.to_string());
            let page = list(request.read().await.while_doing(format!("could not read the {member}"))?, member);
            let before = all.len();
            all.extend(page.into_iter().filter(|item| seen.insert(id_of(item))));
            self.bar.inc(1);
            if all.len() == before {
                return Ok(all);
            }
            offset += PAGE;
        }
    }

    /// Reads a list without pages.
    async fn whole(&self, path: &str, member: &str) -> Outcome<Vec<Value>> {
        let found = self.client.get(path).read().await.while_doing(format!("could not read the {member}"))?;
        self.bar.inc(1);
        Ok(list(found, member))
    }

    /// Reads the 1.x credentials; none in releases without them.
    async fn credentials(&self) -> Outcome<Vec<Value>> {
        match self.whole("/private/legacy/authorizations", "authorizations").await {
            Err(failure) if failure.status() == Some(404) => Ok(Vec::new()),
            found => found,
        }
    }

    /// Returns whether a user set that server up: only then do their memberships give permissions on the instance
    /// (docs/influxdb-compatibility.md §4.10).
    async fn owns_instance(&self, user: UserId) -> Outcome<bool> {
        let found = self.client.get(format!("/api/v2/users/{user}/permissions")).read::<Vec<Value>>().await;
        self.bar.inc(1);
        let everything = Permission::global(Action::Write, ResourceType::Instance);
        match found {
            Ok(found) => {
                Ok(found.into_iter().any(|one| Permission::deserialize(one).is_ok_and(|one| one == everything)))
            }
            Err(failure) if failure.status() == Some(404) => Ok(false),
            Err(failure) => Err(failure.while_doing("could not read a user's permissions")),
        }
    }

    async fn memberships(&self, source: &mut Source) -> Outcome {
        let orgs = source.orgs.iter().map(|org| (Parent::Org(org.id), org.name.clone()));
        let own = source.buckets.iter().filter(|bucket| bucket.kind == BucketKind::User);
        let buckets = own.map(|bucket| (Parent::Bucket(bucket.id), format!("bucket {}", bucket.name)));
        let telegrafs = source.telegrafs.iter();
        let telegrafs = telegrafs.map(|one| (Parent::Telegraf(one.id), format!("telegraf configuration {}", one.name)));
        let parents: Vec<(Parent, String)> = orgs.chain(buckets).chain(telegrafs).collect();
        for (parent, name) in parents {
            for kind in ["owners", "members"] {
                self.members(source, parent, &name, kind).await?;
            }
        }
        Ok(())
    }

    async fn members(&self, source: &mut Source, parent: Parent, name: &str, kind: &str) -> Outcome {
        let path = match parent {
            Parent::Org(id) => format!("/api/v2/orgs/{id}/{kind}"),
            Parent::Bucket(id) => format!("/api/v2/buckets/{id}/{kind}"),
            Parent::Telegraf(id) => format!("/api/v2/telegrafs/{id}/{kind}"),
        };
        let found = match self.whole(&path, "users").await {
            // influxd returns none of the members if one of them was deleted (docs/influxdb-compatibility.md §5.3).
            Err(failure) if failure.status() == Some(404) => {
                let (id, name) = (String::new(), format!("{kind} of {name}"));
                source.unreadable.push(Left {
                    kind: Kind::Membership,
                    id,
                    name,
                    reason: failure.to_string(),
                    revoked: false,
                });
                return Ok(());
            }
            found => found?,
        };
        for body in each::<MemberBody>(Kind::Membership, found, &mut source.unreadable) {
            let words = format!("{}, {} of {name}", body.name, body.role.name());
            source.memberships.push(SourceMembership { parent, user: body.id, role: body.role, words });
        }
        Ok(())
    }
}

/// Returns the list in a response; empty if it is missing or null.
fn list(mut answer: Value, member: &str) -> Vec<Value> {
    match answer.get_mut(member).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn id_of(item: &Value) -> String {
    item["id"].as_str().unwrap_or_default().to_owned()
}

/// Reads each item; an item that cannot be parsed is left out and reported.
pub fn each<T: DeserializeOwned>(kind: Kind, items: Vec<Value>, unreadable: &mut Vec<Left>) -> Vec<T> {
    let mut read = Vec::new();
    for item in items {
        let name = ["name", "description", "database"].iter().find_map(|member| item[*member].as_str());
        let (id, name) = (id_of(&item), name.unwrap_or_default().to_owned());
        match T::deserialize(item) {
            Ok(one) => read.push(one),
            Err(error) => {
                let reason = format!("it can't be parsed: {error}");
                unreadable.push(Left { kind, id, name, reason, revoked: false });
            }
        }
    }
    read
}
