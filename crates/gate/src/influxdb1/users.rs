//! The users that a gate creates in InfluxDB 1.x, with which the database checks the caller's permissions again: the
//! statements about them, and what the answers mean.

use serde_json::Value;

use crate::{
    grants::{Grants, Privilege},
    influxql::{QueryResult, all_results, quoted, results, text},
    request::Method,
    upstream::UpstreamRequest,
};

/// Maximum number of privileges that one request grants. The database writes all its metadata to the disk for each, and
/// the answer must arrive in time even if it has 10,000 databases. Names have 255 bytes at most, which are those of a
/// folder, so that a body has no more than 40 KiB.
const AT_ONCE: usize = 50;
/// Number of hexadecimal digits at the end of a name.
const DIGITS: usize = 16;
/// The database's error about a user that does not exist.
const NO_USER: &str = "user not found";

/// The users of one gate of one instance of Jeton. They are recognized by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateUsers {
    prefix: String,
}

/// Statements for the database, sent together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statements {
    request: UpstreamRequest,
    count: usize,
}

/// The state of a user in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserState {
    /// There is no such user.
    Missing,
    /// The user has these privileges.
    Holds(Grants),
}

impl GateUsers {
    /// Returns the users of a gate. `instance`: the id of the instance of Jeton.
    pub fn of(instance: &str, gate: &str) -> Self {
        Self { prefix: format!("jeton-{instance}-{gate}-") }
    }

    /// Returns the beginning of each name.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns the name of a user. No two users, not even of the same privileges, have the same number: that one is
    /// deleted late must not delete the other.
    pub fn name(&self, number: u64) -> String {
        format!("{}{number:0DIGITS$x}", self.prefix)
    }

    /// Returns whether a name is one of these users. The name of another gate may begin with that of this one.
    fn has(&self, name: &str) -> bool {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let rest = name.strip_prefix(self.prefix.as_str());
        rest.is_some_and(|rest| rest.len() == DIGITS && rest.bytes().all(is_digit))
    }

    /// Returns the request for the names of all users.
    pub fn list() -> UpstreamRequest {
        statements("SHOW USERS")
    }

    /// Reads the answer to [`Self::list`]: the names of these users. `None` if it is none.
    pub fn listed(&self, answer: &[u8]) -> Option<Vec<String>> {
        let names = only(results(answer)?)?.names()?;
        Some(names.into_iter().filter(|name| self.has(name)).collect())
    }

    /// Returns the statement that creates a user, without privileges. `password`: hexadecimal digits.
    pub fn create(name: &str, password: &str) -> Statements {
        Statements::of(&[format!("CREATE USER {} WITH PASSWORD '{password}'", quoted(name))])
    }

    /// Returns the statements that grant a user its privileges, request by request.
    pub fn grant(name: &str, grants: &Grants) -> Vec<Statements> {
        let user = quoted(name);
        let grant = |(database, privilege): (&str, Privilege)| {
            format!("GRANT {} ON {} TO {user}", privilege.keyword(), quoted(database))
        };
        let all: Vec<String> = grants.iter().map(grant).collect();
        all.chunks(AT_ONCE).map(Statements::of).collect()
    }

    /// Returns whether a user gets these privileges in more than one request.
    pub fn needs_several_requests(grants: &Grants) -> bool {
        grants.iter().nth(AT_ONCE).is_some()
    }

    /// Returns the request that deletes a user.
    pub fn delete(name: &str) -> UpstreamRequest {
        statements(&format!("DROP USER {}", quoted(name)))
    }

    /// Returns whether the answer to [`Self::delete`] says that there is no such user any more.
    pub fn is_deleted(answer: &[u8]) -> bool {
        let result = all_results(answer).and_then(only);
        result.is_some_and(|result| result.error.is_none_or(|error| error == NO_USER))
    }

    /// Returns the request for the privileges of a user.
    pub fn show(name: &str) -> UpstreamRequest {
        statements(&format!("SHOW GRANTS FOR {}", quoted(name)))
    }

    /// Reads the answer to [`Self::show`]; `None` if it is none.
    pub fn shown(answer: &[u8]) -> Option<UserState> {
        let result = only(all_results(answer)?)?;
        match result.error.as_deref() {
            Some(NO_USER) => Some(UserState::Missing),
            Some(_) => None,
            None => Some(UserState::Holds(result.rows().filter_map(|row| privilege(row)).collect())),
        }
    }

    /// Returns the request for the names of all databases.
    pub fn databases() -> UpstreamRequest {
        statements("SHOW DATABASES")
    }

    /// Reads the answer to [`Self::databases`]; `None` if it is none.
    pub fn named_databases(answer: &[u8]) -> Option<Vec<String>> {
        only(results(answer)?)?.names()
    }
}

impl Statements {
    fn of(all: &[String]) -> Self {
        Self { request: statements(&all.join("; ")), count: all.len() }
    }

    /// Returns the request.
    pub fn request(&self) -> &UpstreamRequest {
        &self.request
    }

    /// Returns whether the answer says of each statement that it succeeded. The database stops at the first that fails.
    pub fn succeeded(&self, answer: &[u8]) -> bool {
        let Some(results) = results(answer) else { return false };
        // Old versions do not number them.
        let is_next = |(at, result): (usize, &QueryResult)| result.statement_id.is_none_or(|id| id == at);
        results.len() == self.count && results.iter().enumerate().all(is_next)
    }
}

/// Returns a request with statements in its body, which no access log shows.
fn statements(text: &str) -> UpstreamRequest {
    UpstreamRequest::own(Method::Post, "/query").form(&[("q".to_owned(), text.to_owned())])
}

fn only(results: Vec<QueryResult>) -> Option<QueryResult> {
    let [result] = <[QueryResult; 1]>::try_from(results).ok()?;
    Some(result)
}

fn privilege(row: &[Value]) -> Option<(String, Privilege)> {
    Some((text(row, 0)?, Privilege::listed(&text(row, 1)?)?))
}

#[cfg(test)]
mod tests {
    use crate::upstream::Body;

    use super::*;

    fn users() -> GateUsers {
        GateUsers::of("00000000000000aa", "plant")
    }

    /// Returns the statements of a request.
    fn sent(request: &UpstreamRequest) -> String {
        let Body::Built(body) = request.body() else { panic!("a body") };
        assert_eq!((request.method(), request.target().as_str()), (Method::Post, "/query"));
        let (name, text) = form_urlencoded::parse(body).next().unwrap();
        assert_eq!(name, "q");
        text.into_owned()
    }

    /// Returns the statements of the requests that grant privileges.
    fn granted(name: &str, wanted: &Grants) -> Vec<String> {
        GateUsers::grant(name, wanted).iter().map(|statements| sent(statements.request())).collect()
    }

    fn grants(privileges: &[(&str, Privilege)]) -> Grants {
        privileges.iter().map(|(database, privilege)| ((*database).to_owned(), *privilege)).collect()
    }

    #[test]
    fn a_user_is_created_with_its_privileges_and_without_others() {
        let name = users().name(0xfe);
        assert_eq!(name, "jeton-00000000000000aa-plant-00000000000000fe");
        let created = sent(GateUsers::create(&name, "0123").request());
        assert_eq!(created, format!("CREATE USER \"{name}\" WITH PASSWORD '0123'"));
        let wanted = grants(&[("a", Privilege::Read), ("b", Privilege::All), ("c", Privilege::Write)]);
        let granted = granted(&name, &wanted);
        let (a, b) = (format!("GRANT READ ON \"a\" TO \"{name}\""), format!("GRANT ALL ON \"b\" TO \"{name}\""));
        assert_eq!(granted, [format!("{a}; {b}; GRANT WRITE ON \"c\" TO \"{name}\"")]);
        assert_eq!(sent(&GateUsers::delete(&name)), format!("DROP USER \"{name}\""));
    }

    #[test]
    fn the_name_of_a_database_is_no_statement() {
        let hostile = grants(&[("a\" TO \"root\"; GRANT ALL TO \"x", Privilege::Read), ("b\\", Privilege::Read)]);
        let granted = granted("u", &hostile);
        let first = r#"GRANT READ ON "a\" TO \"root\"; GRANT ALL TO \"x" TO "u""#;
        assert_eq!(granted, [format!(r#"{first}; GRANT READ ON "b\\" TO "u""#)]);
    }

    #[test]
    fn many_privileges_are_granted_in_several_requests() {
        let names: Vec<String> = (0..=AT_ONCE).map(|number| number.to_string()).collect();
        let many: Grants = names.into_iter().map(|name| (name, Privilege::Read)).collect();
        let granted: Vec<usize> =
            granted("u", &many).iter().map(|text| text.matches("GRANT READ ON").count()).collect();
        assert_eq!(granted, [AT_ONCE, 1]);
        assert!(GateUsers::needs_several_requests(&many));
        let fewer: Grants = many.iter().skip(1).map(|(name, privilege)| (name.to_owned(), privilege)).collect();
        assert!(!GateUsers::needs_several_requests(&fewer));
        assert!(GateUsers::grant("u", &Grants::default()).is_empty());
    }

    /// Otherwise a user that lacks a privilege would count as one that has it.
    #[test]
    fn one_statement_that_fails_or_has_no_result_fails_all() {
        let both = GateUsers::grant("u", &grants(&[("a", Privilege::Read), ("b", Privilege::Read)]));
        let [both] = both.as_slice() else { panic!("one request") };
        let succeeded = |results: &str| both.succeeded(format!("{{\"results\":[{results}]}}").as_bytes());
        let (first, second) = (r#"{"statement_id":0}"#, r#"{"statement_id":1}"#);
        assert!(succeeded(&format!("{first},{second}")));
        assert!(succeeded("{},{}"), "old versions do not number results");
        for refused in [
            String::new(),
            first.to_owned(),
            second.to_owned(),
            format!("{first},{first}"),
            format!("{second},{first}"),
            format!("{first},{second},{second}"),
            format!(r#"{first},{{"statement_id":1,"error":"database not found: b"}}"#),
            r#"{"statement_id":0,"error":"user not found"},{"statement_id":1,"error":"not executed"}"#.to_owned(),
        ] {
            assert!(!succeeded(&refused), "{refused}");
        }
        assert!(!both.succeeded(b"{}"));
    }

    #[test]
    fn only_users_of_the_gate_are_its_own() {
        let own = users().name(1);
        for (name, is_own) in [
            (own.as_str(), true),
            ("jeton-00000000000000aa-plant-000000000000000", false),
            ("jeton-00000000000000aa-plant-000000000000000G", false),
            ("jeton-00000000000000aa-plant-a-0000000000000001", false),
            ("jeton-00000000000000bb-plant-0000000000000001", false),
            ("root", false),
        ] {
            let series = format!(r#"{{"columns":["user","admin"],"values":[["{name}",false]]}}"#);
            let answer = format!(r#"{{"results":[{{"statement_id":0,"series":[{series}]}}]}}"#);
            assert_eq!(users().listed(answer.as_bytes()).unwrap().len(), usize::from(is_own), "{name}");
        }
        assert_eq!(users().listed(br#"{"results":[{"error":"no"}]}"#), None);
    }

    #[test]
    fn answers_about_users_are_read() {
        let shown = br#"{"results":[{"statement_id":0,"series":[{"columns":["database","privilege"],
            "values":[["a","READ"],["b","ALL PRIVILEGES"],["c","NO PRIVILEGES"]]}]}]}"#;
        let held = grants(&[("a", Privilege::Read), ("b", Privilege::All)]);
        assert_eq!(GateUsers::shown(shown), Some(UserState::Holds(held)));
        let missing = br#"{"results":[{"statement_id":0,"error":"user not found"}]}"#;
        let failed = br#"{"results":[{"statement_id":0,"error":"timeout"}]}"#;
        let done = br#"{"results":[{"statement_id":0}]}"#;
        assert_eq!(GateUsers::shown(missing), Some(UserState::Missing));
        assert_eq!(GateUsers::shown(failed), None);
        assert!(GateUsers::is_deleted(missing) && GateUsers::is_deleted(done) && !GateUsers::is_deleted(failed));
        let created = GateUsers::create("u", "0123");
        assert!(created.succeeded(done) && !created.succeeded(failed) && !created.succeeded(b"{}"));
        let databases = br#"{"results":[{"series":[{"columns":["name"],"values":[["_internal"],["a"]]}]}]}"#;
        assert_eq!(GateUsers::named_databases(databases).unwrap(), ["_internal", "a"]);
    }
}
