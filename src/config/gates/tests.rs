//! Tests of what a `[[gate]]` section may say.

use std::path::Path;

use crate::config::file::ConfigFile;

use super::*;

const PLANT: &str = "[[gate]]\nname = \"plant\"\nkind = \"influxdb2\"\nlisten = \":9999\"\norg = \"acme\"\n\
    upstream = \"http://127.0.0.1:8087\"\ncredential-file = \"plant.token\"\ndatabases = [\"*\"]\n";
const VM: &str = "[[gate]]\nname = \"vm\"\nkind = \"victoriametrics\"\nlisten = \":8429\"\norg = \"acme\"\n\
    upstream = \"http://127.0.0.1:8428\"\ndatabases = [\"a\", \"b*\"]\n";

fn gates(text: &str) -> Vec<GateSettings> {
    ConfigFile::parse(Path::new("jeton.toml"), text).unwrap().gates().to_vec()
}

/// Returns the line of the first mistake, and the sentence.
fn refused(text: &str) -> (usize, String) {
    let flaw = ConfigFile::parse(Path::new("jeton.toml"), text).unwrap_err();
    (flaw.position(text).0, flaw.message)
}

#[test]
fn a_gate_has_the_settings_of_its_section() {
    let more = "mode = \"observe\"\nwriters-delete = true\nflux-imports = [\"influxdata/influxdb/tasks\"]\n\
        max-exchange = \"30m\"\nmax-query-seconds = 60\nmax-queries-per-token = 2\nauth = \"delegate\"\n";
    let gate = gates(&format!("{PLANT}{more}")).remove(0);
    assert_eq!((gate.name.as_str(), gate.kind, gate.org.as_str()), ("plant", Kind::Influxdb2, "acme"));
    assert_eq!((gate.mode, gate.auth, gate.writers_delete), (Mode::Observe, Auth::Delegate, true));
    assert_eq!(gate.listen, Some(ListenAddr::EveryInterface(9999)));
    assert_eq!(gate.credential_file, Some(CredentialFile::Systemd("plant.token".into())));
    assert_eq!((gate.max_exchange.as_secs(), gate.max_query.as_secs()), (1800, 60));
    assert_eq!(gate.max_queries_per_token.get(), 2);
    assert!(gate.decisions().writers_delete && gate.decisions().flux_imports == gate.flux_imports);
}

/// Otherwise the manual shows what the server refuses.
#[test]
fn the_manual_shows_a_valid_section_for_every_kind() {
    let manual = include_str!("../../../docs/gate.md");
    let blocks = manual.split("```toml").skip(1).filter_map(|rest| rest.split("```").next());
    let sections = blocks.filter(|block| block.contains("[[gate]]"));
    let shown: Vec<Kind> = sections.map(|section| gates(section).remove(0).kind).collect();
    for kind in [Kind::Influxdb1, Kind::Influxdb2, Kind::Influxdb3, Kind::Victoriametrics] {
        assert!(shown.contains(&kind), "{kind:?}");
    }
}

#[test]
fn what_a_section_leaves_out_has_its_default() {
    let gate = gates(VM).remove(0);
    assert_eq!((gate.mode, gate.auth, gate.writers_delete), (Mode::Enforce, Auth::Classify, false));
    assert_eq!((gate.max_exchange.as_secs(), gate.max_query.as_secs()), (3600, 300));
    assert_eq!((gate.max_queries_per_token.get(), gate.credential_file.is_none()), (20, true));
    assert_eq!(gate.databases.iter().map(DatabasePattern::as_str).collect::<Vec<_>>(), ["a", "b*"]);
    assert!(gate.guards("a") && gate.guards("bc") && !gate.guards("ab"));
}

#[test]
fn every_key_is_one_of_a_section_and_no_other_is() {
    let all = format!(
        "{}tls = true\nupstream-ca-file = \"ca.crt\"\nforward-auth-key-file = \"plant.key\"\nmode = \"enforce\"\nauth = \"delegate\"\n\
         shared-secret-file = \"plant.secret\"\nwriters-delete = false\nflux-imports = []\n\
         max-exchange = \"1h\"\nmax-query-seconds = 300\nmax-queries-per-token = 20\n",
        PLANT.replace("http://", "https://").replace("influxdb2", "influxdb1")
    );
    assert_eq!(gates(&all).len(), 1);
    for key in KEYS {
        assert!(all.contains(&format!("\n{key} = ")), "{key}");
    }
    assert_eq!(all.lines().count(), KEYS.len() + 1);
    let (line, sentence) = refused(&format!("{PLANT}listn = \":1\"\n"));
    assert_eq!(line, 9);
    assert!(sentence.starts_with("a gate has no setting \"listn\", but name, kind, "), "{sentence}");
}

#[test]
fn a_section_that_lacks_a_setting_is_named() {
    for key in ["name", "kind", "upstream", "org", "databases"] {
        let text: Vec<&str> = PLANT.lines().filter(|line| !line.starts_with(&format!("{key} = "))).collect();
        assert_eq!(refused(&text.join("\n")), (1, format!("the gate has no setting \"{key}\"")));
    }
    let without = |key: &str| {
        let text: Vec<&str> = PLANT.lines().filter(|line| !line.starts_with(key)).collect();
        text.join("\n")
    };
    assert!(refused(&without("credential-file")).1.starts_with("this gate needs credential-file"));
    assert!(refused(&without("databases").replace("influxdb2", "influx")).1.contains("influxdb2"));
    assert!(refused(&VM.replace("listen = \":8429\"\n", "")).1.starts_with("a gate of victoriametrics needs listen"));
}

#[test]
fn a_secret_in_a_section_is_refused_without_repeating_it() {
    for key in ["credential", "token", "password"] {
        let (line, sentence) = refused(&format!("{PLANT}{key} = \"hunter2\"\n"));
        assert_eq!(line, 9);
        assert!(sentence.contains("credential-file") && !sentence.contains("hunter2"), "{sentence}");
    }
    let (line, sentence) = refused(&PLANT.replace("http://", "http://admin:hunter2@"));
    assert_eq!(line, 6);
    assert!(sentence.starts_with("give the upstream as") && !sentence.contains("hunter2"), "{sentence}");
}

#[test]
fn a_value_that_a_gate_cannot_have_is_refused_where_it_is() {
    for (written, instead, line, sentence) in [
        ("name = \"plant\"", "name = \"a b\"", 2, "the name of a gate"),
        ("listen = \":9999\"", "listen = \"9999\"", 4, "give an IP address and a port"),
        ("org = \"acme\"", "org = \" \"", 5, "org: give the name"),
        ("databases = [\"*\"]", "databases = []", 8, "databases: list at least one"),
        ("databases = [\"*\"]", "databases = [\"\"]", 8, "a pattern of database names must not be empty"),
        ("\"plant.token\"", "\"secrets/\"", 7, "give the path of a file"),
    ] {
        let (at, said) = refused(&PLANT.replace(written, instead));
        assert_eq!(at, line, "{instead}: {said}");
        assert!(said.starts_with(sentence), "{instead}: {said}");
    }
    for (more, sentence) in [
        ("max-exchange = \"0\"", "max-exchange must be at least 1s"),
        ("max-exchange = \"soon\"", "a length of time must be"),
        ("max-query-seconds = 86401", "max-query-seconds must not exceed 86400"),
        ("max-query-seconds = 0", "invalid value"),
        ("flux-imports = [\"\"]", "flux-imports: list packages"),
        ("mode = \"off\"", "unknown variant"),
        ("auth = \"classify\"", "auth: only influxdb1 has a choice"),
    ] {
        let (line, said) = refused(&format!("{PLANT}{more}\n"));
        assert_eq!(line, 9, "{more}: {said}");
        assert!(said.starts_with(sentence), "{more}: {said}");
    }
    assert!(refused(&format!("{VM}writers-delete = true\n")).1.starts_with("writers-delete is for"));
    assert!(refused(&format!("{VM}flux-imports = [\"math\"]\n")).1.starts_with("flux-imports is for"));
}

#[test]
fn the_authentication_of_influxdb_1_is_not_guessed() {
    let v1 = PLANT.replace("influxdb2", "influxdb1");
    assert!(refused(&v1).1.starts_with("a gate of influxdb1 needs auth"));
    let open = v1.replace("credential-file = \"plant.token\"\n", "");
    assert_eq!(gates(&format!("{open}auth = \"classify\"\n"))[0].auth, Auth::Classify);
    assert!(refused(&format!("{open}auth = \"delegate\"\n")).1.starts_with("this gate needs credential-file"));
}

#[test]
fn a_shared_secret_is_given_to_delegate_to_influxdb_1_and_nowhere_else() {
    let v1 = PLANT.replace("influxdb2", "influxdb1");
    let file = "shared-secret-file = \"./plant.secret\"\n";
    let gate = gates(&format!("{v1}auth = \"delegate\"\n{file}")).remove(0);
    assert_eq!(gate.auth, Auth::Delegate);
    assert_eq!(gate.shared_secret_file, Some(CredentialFile::Path("./plant.secret".into())));
    assert!(gate.files().any(|path| path == Path::new("./plant.secret")), "it is watched");
    let (line, said) = refused(&format!("{v1}auth = \"delegate\"\n"));
    assert_eq!(line, 1);
    assert!(said.starts_with("auth = \"delegate\" needs shared-secret-file"), "{said}");
    for other in [format!("{v1}{file}auth = \"classify\"\n"), format!("{PLANT}{file}")] {
        let (line, said) = refused(&other);
        assert_eq!(line, 9);
        assert!(said.starts_with("shared-secret-file is for influxdb1 with auth = \"delegate\""), "{said}");
    }
    let (_, said) = refused(&format!("{v1}shared-secret = \"hunter2\"\n"));
    assert!(said.ends_with("under shared-secret-file") && !said.contains("hunter2"), "{said}");
}

#[test]
fn gates_do_not_get_into_each_others_way() {
    assert_eq!(gates(&format!("{PLANT}{VM}")).len(), 2);
    let hall = PLANT.replace("plant", "hall").replace("9999", "9998");
    let same_name = hall.replace("hall", "plant");
    let (line, said) = refused(&format!("{PLANT}{same_name}"));
    assert_eq!(line, 10, "{said}");
    assert!(said.starts_with("there is another gate \"plant\""), "{said}");
    let (line, said) = refused(&format!("{PLANT}{}", hall.replace("9998", "9999")));
    assert_eq!((line, said.as_str()), (12, "the gate plant listens on this address already"));
    let free = |text: &str| text.replace("9999", "0").replace("9998", "0");
    assert_eq!(gates(&format!("{}{}", free(PLANT), free(&hall))).len(), 2, "two ports that are free");
    let shared = |text: &str| text.replace("listen = ", "# ");
    let (line, said) = refused(&format!("{}{}", shared(PLANT), shared(&hall)));
    assert_eq!(line, 9, "{said}");
    assert!(said.starts_with("the gate plant is on Jeton's own address already"), "{said}");
    assert_eq!(gates(&format!("{}{hall}", shared(PLANT))).len(), 2);
}

#[test]
fn a_gate_that_answers_reverse_proxies_need_not_listen() {
    let key = "forward-auth-key-file = \"/etc/jeton/plant.key\"\n";
    let without = |text: &str| text.replace("listen = ", "# ") + key;
    let both = gates(&format!("{}{}", without(PLANT), without(VM)));
    assert!(both.iter().all(|gate| gate.listen.is_none() && !gate.shares_address()));
    assert_eq!(both[1].forward_auth_key_file, Some(CredentialFile::Path("/etc/jeton/plant.key".into())));
    assert_eq!(gates(&format!("{PLANT}{key}"))[0].listen, Some(ListenAddr::EveryInterface(9999)));
}

#[test]
fn authorities_are_given_for_a_database_with_tls_alone() {
    let secure = PLANT.replace("http://", "https://");
    assert_eq!(gates(&secure)[0].upstream_ca_file, None);
    let file = "upstream-ca-file = \"/nowhere/ca.crt\"\n";
    let gate = gates(&format!("{secure}{file}")).remove(0);
    assert_eq!(gate.upstream_ca_file.as_deref(), Some(Path::new("/nowhere/ca.crt")));
    assert!(gate.files().any(|path| path == Path::new("/nowhere/ca.crt")), "it is watched");
    let said = gate.authorities().unwrap_err().to_string();
    assert!(said.starts_with("the file /nowhere/ca.crt in upstream-ca-file of the gate plant can't be read"), "{said}");
    let (line, said) = refused(&format!("{PLANT}{file}"));
    assert_eq!((line, said.as_str()), (9, "upstream-ca-file is for an upstream that begins with https://"));
    assert_eq!(refused(&format!("{secure}upstream-ca-file = \"\"\n")).0, 9);
}

#[test]
fn tls_is_for_a_gate_that_listens() {
    assert!(!gates(PLANT)[0].tls);
    assert!(gates(&format!("{PLANT}tls = true\n"))[0].tls);
    let forward = PLANT.replace("listen = \":9999\"", "forward-auth-key-file = \"/etc/jeton/plant.key\"");
    let (line, said) = refused(&format!("{forward}tls = true\n"));
    assert_eq!((line, said.as_str()), (9, "tls is for a gate that listens: set listen too, or remove this setting"));
    assert!(!gates(&format!("{forward}tls = false\n"))[0].tls);
}

#[test]
fn no_database_of_an_upstream_belongs_to_two_organizations() {
    let hall = PLANT.replace("plant", "hall").replace("9999", "9998");
    assert_eq!(gates(&format!("{PLANT}{hall}")).len(), 2, "two gates of one organization");
    let other = hall.replace("acme", "umbrella").replace("127.0.0.1", "localhost");
    let (line, said) = refused(&format!("{PLANT}{other}"));
    assert_eq!(line, 16, "{said}");
    assert!(said.starts_with("the gate plant guards databases of these names"), "{said}");
    let disjoint = |text: &str, pattern: &str| text.replace("[\"*\"]", pattern);
    let both = format!("{}{}", disjoint(PLANT, "[\"a*\"]"), disjoint(&other, "[\"b*\", \"c\"]"));
    assert_eq!(gates(&both).len(), 2);
    assert_eq!(gates(&format!("{PLANT}{}", other.replace("8087", "8088"))).len(), 2, "two upstreams");
}
