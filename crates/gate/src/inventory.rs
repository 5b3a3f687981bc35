//! The list of a database server's databases and retention policies: the requests for it, and the parsing of the
//! responses.

use jeton_model::binding::FoundDatabase;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    influxql::{QueryResult, Series, quoted, results, text},
    kind::Kind,
};

/// Maximum number of databases per request for retention policies.
const AT_ONCE: usize = 50;

/// A request for a list, on the gate's own behalf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    target: String,
    about: About,
}

/// The subject of a list request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum About {
    /// The databases of InfluxDB 1.x.
    Databases,
    /// The retention policies of some databases of InfluxDB 1.x.
    Policies {
        /// The databases whose policies were read.
        found: Vec<FoundDatabase>,
        /// The databases whose policies are requested.
        requested: Vec<String>,
        /// The databases whose policies are requested later.
        rest: Vec<String>,
    },
    /// The databases of InfluxDB 3.
    Configured,
    /// The values of VictoriaMetrics' label `db`.
    Values,
}

/// The next step of listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inventory {
    /// Another request.
    Ask(Question),
    /// The complete list.
    Done(Vec<FoundDatabase>),
}

impl Question {
    /// Returns the first request; `None` for a kind of database that the gate does not list.
    pub fn first(kind: Kind) -> Option<Self> {
        let (target, about) = match kind {
            Kind::Influxdb1 => ("/query?q=SHOW+DATABASES", About::Databases),
            Kind::Influxdb2 => return None,
            Kind::Influxdb3 => ("/api/v3/configure/database?format=json", About::Configured),
            // Without a start, only the values of the last minutes are listed.
            Kind::Victoriametrics => ("/api/v1/label/db/values?start=1", About::Values),
        };
        Some(Self { target: target.into(), about })
    }

    /// Returns the target of the GET request.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Parses the response; `None` if it is not valid or not complete.
    pub fn read(self, body: &[u8]) -> Option<Inventory> {
        match self.about {
            About::Databases => {
                let listed = results(body)?;
                let [databases] = listed.as_slice() else { return None };
                Some(next(Vec::new(), databases.names()?))
            }
            About::Policies { mut found, requested, rest } => {
                let lists = results(body)?;
                if lists.len() != requested.len() {
                    return None;
                }
                for (name, list) in requested.into_iter().zip(&lists) {
                    found.push(FoundDatabase { name, policies: list.names()?, default_policy: default_policy(list) });
                }
                Some(next(found, rest))
            }
            About::Configured => {
                let rows: Vec<Configured> = serde_json::from_slice(body).ok()?;
                Some(Inventory::Done(rows.into_iter().map(|row| whole(row.database)).collect()))
            }
            About::Values => {
                let values: Values = serde_json::from_slice(body).ok()?;
                let complete = values.status == "success" && !values.is_partial;
                complete.then(|| Inventory::Done(values.data.into_iter().map(whole).collect()))
            }
        }
    }
}

/// A database without retention policies.
const fn whole(name: String) -> FoundDatabase {
    FoundDatabase { name, policies: Vec::new(), default_policy: None }
}

/// Requests the retention policies of the remaining databases.
fn next(found: Vec<FoundDatabase>, mut names: Vec<String>) -> Inventory {
    if names.is_empty() {
        return Inventory::Done(found);
    }
    let rest = names.split_off(names.len().min(AT_ONCE));
    let statements: Vec<String> =
        names.iter().map(|name| format!("SHOW RETENTION POLICIES ON {}", quoted(name))).collect();
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &statements.join("; ")).finish();
    Inventory::Ask(Question {
        target: format!("/query?{query}"),
        about: About::Policies { found, requested: names, rest },
    })
}

#[derive(Deserialize)]
struct Configured {
    #[serde(rename = "iox::database")]
    database: String,
}

#[derive(Deserialize)]
struct Values {
    status: String,
    #[serde(default, rename = "isPartial")]
    is_partial: bool,
    data: Vec<String>,
}

/// Returns the name of the one row whose column `default` is true; `None` if there is no such row, or if there are
/// several.
fn default_policy(result: &QueryResult) -> Option<String> {
    let defaults: Vec<&Vec<Value>> = result.series.iter().flat_map(default_rows).collect();
    let [row] = defaults.as_slice() else { return None };
    text(row, 0)
}

fn default_rows(series: &Series) -> impl Iterator<Item = &Vec<Value>> {
    let column = series.columns.iter().position(|column| column == "default");
    let is_default = move |row: &&Vec<Value>| column.and_then(|at| row.get(at)) == Some(&Value::Bool(true));
    series.values.iter().filter(is_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: Kind) -> Question {
        Question::first(kind).unwrap()
    }

    fn database(name: &str, policies: &[&str]) -> FoundDatabase {
        let policies = policies.iter().map(ToString::to_string).collect();
        FoundDatabase { name: name.into(), policies, default_policy: None }
    }

    /// Returns what is known about the database `a` after an answer about its retention policies.
    fn databases(series: &str) -> Option<Vec<FoundDatabase>> {
        let Inventory::Ask(requested) = next(Vec::new(), vec!["a".into()]) else { panic!("a question") };
        match requested.read(format!("{{\"results\":[{{\"series\":[{series}]}}]}}").as_bytes())? {
            Inventory::Ask(_) => None,
            Inventory::Done(found) => Some(found),
        }
    }

    #[test]
    fn influxdb_1_is_asked_for_the_policies_of_each_database() {
        let listed = br#"{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["a"],["b\"c"]]}]}]}"#;
        let Some(Inventory::Ask(requested)) = question(Kind::Influxdb1).read(listed) else { panic!("a question") };
        let query = "SHOW+RETENTION+POLICIES+ON+%22a%22%3B+SHOW+RETENTION+POLICIES+ON+%22b%5C%22c%22";
        assert_eq!(requested.target(), format!("/query?q={query}"));
        let policies = br#"{"results":[
            {"statement_id":0,"series":[{"columns":["name","duration"],"values":[["autogen","0s"],["week","168h"]]}]},
            {"statement_id":1,"series":[{"columns":["name","duration"]}]}]}"#;
        let expected = vec![database("a", &["autogen", "week"]), database("b\"c", &[])];
        assert_eq!(requested.clone().read(policies), Some(Inventory::Done(expected)));
        let failed = br#"{"results":[{"statement_id":0,"error":"database not found: a"},{"statement_id":1}]}"#;
        assert_eq!(requested.clone().read(failed), None);
        assert_eq!(requested.read(br#"{"results":[{"statement_id":0}]}"#), None, "a list is missing");
        let empty = br#"{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"]}]}]}"#;
        assert_eq!(question(Kind::Influxdb1).read(empty), Some(Inventory::Done(Vec::new())));
    }

    /// Otherwise the databases behind the `max-row-limit` of InfluxDB 1.x would count as vanished.
    #[test]
    fn a_list_that_the_database_cut_off_is_none() {
        let series = r#"{"columns":["name"],"values":[["a"]],"partial":true}"#;
        let body = format!("{{\"results\":[{{\"statement_id\":0,\"series\":[{series}]}}]}}");
        assert_eq!(question(Kind::Influxdb1).read(body.as_bytes()), None);
        assert_eq!(databases(series), None);
        assert!(question(Kind::Influxdb1).read(body.replace("true", "false").as_bytes()).is_some());
    }

    #[test]
    fn the_default_retention_policy_is_the_one_that_says_so() {
        let default = |series: &str| databases(series).unwrap()[0].default_policy.clone();
        let columns = r#""columns":["name","duration","shardGroupDuration","replicaN","default"]"#;
        let week = r#"["week","168h0m0s","24h0m0s",1,true]"#;
        let autogen = r#"["autogen","0s","168h0m0s",1,false]"#;
        assert_eq!(default(&format!("{{{columns},\"values\":[{autogen},{week}]}}")), Some("week".into()));
        assert_eq!(default(&format!("{{{columns},\"values\":[{autogen}]}}")), None);
        assert_eq!(default(&format!("{{{columns},\"values\":[{week},{week}]}}")), None, "two defaults are none");
        assert_eq!(default(r#"{"columns":["name"],"values":[["autogen"]]}"#), None);
        assert_eq!(databases(r#"{"columns":["name","default"],"values":[[1,true]]}"#), None, "a name is a text");
    }

    #[test]
    fn many_databases_are_asked_for_in_several_requests() {
        let names: Vec<String> = (0..=AT_ONCE).map(|number| number.to_string()).collect();
        let Inventory::Ask(first) = next(Vec::new(), names) else { panic!("a question") };
        let results = vec![r#"{"series":[]}"#; AT_ONCE].join(",");
        let Some(Inventory::Ask(second)) = first.read(format!("{{\"results\":[{results}]}}").as_bytes()) else {
            panic!("a second question")
        };
        let Some(Inventory::Done(found)) = second.read(br#"{"results":[{}]}"#) else { panic!("the list") };
        assert_eq!(found.len(), AT_ONCE + 1);
    }

    #[test]
    fn the_lists_of_the_other_kinds_are_read() {
        let configured = br#"[{"iox::database":"_internal"},{"iox::database":"a/week"}]"#;
        let expected = vec![database("_internal", &[]), database("a/week", &[])];
        assert_eq!(question(Kind::Influxdb3).read(configured), Some(Inventory::Done(expected)));
        let values = br#"{"status":"success","data":["a"]}"#;
        let expected = vec![database("a", &[])];
        assert_eq!(question(Kind::Victoriametrics).read(values), Some(Inventory::Done(expected)));
        assert_eq!(question(Kind::Victoriametrics).read(br#"{"status":"success","isPartial":true,"data":[]}"#), None);
        assert_eq!(Question::first(Kind::Influxdb2), None);
    }

    #[test]
    fn what_is_no_list_is_none() {
        for kind in [Kind::Influxdb1, Kind::Influxdb3, Kind::Victoriametrics] {
            for body in [&b""[..], b"<html>", b"{}", b"null", br#"{"error":"unauthorized"}"#] {
                assert_eq!(question(kind).read(body), None, "{kind:?}");
            }
        }
    }
}
