//! Tests of the options of `jeton serve`.

use std::time::Duration;

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

/// Parses the flags of `jeton serve`.
pub(crate) fn config(flags: &[&str]) -> Config {
    Line::try_parse_from([&["jeton"], flags].concat()).map(|line| line.config).unwrap()
}

#[test]
fn metrics_have_another_address_or_none() {
    assert_eq!(config(&[]).metrics_addr, None);
    assert_eq!(config(&["--metrics-addr", "off"]).metrics_addr, Some(MetricsAddr::Off));
    let at = MetricsAddr::At(ListenAddr::One("127.0.0.1:9090".parse().unwrap()));
    assert_eq!(config(&["--metrics-addr", "127.0.0.1:9090"]).metrics_addr, Some(at));
    let everywhere = MetricsAddr::At(ListenAddr::EveryInterface(9090));
    assert_eq!(config(&["--metrics-addr", ":9090"]).metrics_addr, Some(everywhere));
    assert!(Line::try_parse_from(["jeton", "--metrics-addr", "on"]).is_err());
}

#[test]
fn a_proxy_is_a_network_or_an_address() {
    let proxies = config(&["--trusted-proxies", "10.0.0.0/8,127.0.0.1,::1"]).trusted_proxies;
    assert_eq!(proxies.len(), 3);
    assert!(Line::try_parse_from(["jeton", "--trusted-proxies", "everyone"]).is_err());
}

#[test]
fn the_audit_log_is_kept_for_days() {
    assert_eq!(config(&["--audit-retention", "365d"]).audit_retention, Some(365));
    assert_eq!(config(&[]).audit_retention, None);
    for nonsense in ["365", "0d", "-1d", "1y", "d", "99999d"] {
        assert!(Line::try_parse_from(["jeton", "--audit-retention", nonsense]).is_err(), "{nonsense}");
    }
}

#[test]
fn backups_are_taken_daily_for_a_week_unless_told_otherwise() {
    assert!(config(&[]).backups().is_none());
    let usual = config(&["--backup-dir=b"]).backups().unwrap();
    assert_eq!((usual.every, usual.keep), (Span::hours(24), 7));
    let other = config(&["--backup-dir=b", "--backup-every=90m", "--backup-keep=2"]).backups().unwrap();
    assert_eq!((other.every.seconds(), other.keep), (5400, 2));
    for nonsense in ["--backup-every=59s", "--backup-every=0", "--backup-every=day", "--backup-keep=0"] {
        assert!(Line::try_parse_from(["jeton", "--backup-dir=b", nonsense]).is_err(), "{nonsense}");
    }
}

#[test]
fn expired_tokens_are_kept_and_tokens_are_not_repeated_unless_told() {
    let echoes = |config: &Config| config.http_settings().unwrap().echo_own_token;
    let (usual, changed) = (config(&[]), config(&["--expired-retention=30d", "--echo-own-token"]));
    assert_eq!((usual.expired_retention, echoes(&usual)), (None, false));
    assert_eq!((changed.expired_retention, echoes(&changed)), (Some(30), true));
}

#[test]
fn memory_is_never_stale_unless_told_and_a_day_at_most() {
    assert_eq!(config(&[]).stale_reads.seconds(), 0);
    assert_eq!(config(&["--stale-reads=5m"]).stale_reads.seconds(), 300);
    assert_eq!(config(&["--stale-reads=1d"]).stale_reads, Span::hours(24));
    for nonsense in ["86401s", "2d", "5", "-5m", ""] {
        assert!(Line::try_parse_from(["jeton", "--stale-reads", nonsense]).is_err(), "{nonsense}");
    }
}

#[test]
fn entries_that_have_to_leave_need_a_place() {
    let check = |flags: &[&str]| config(flags).check_audit_out();
    assert_eq!(check(&["--audit-out-required"]), Err(AuditOutError::NoSink));
    for flags in [&[][..], &["--audit-file=f"], &["--audit-out-required", "--audit-file=f"]] {
        assert_eq!(check(flags), Ok(()), "{flags:?}");
    }
    assert_eq!(check(&["--audit-out-required", "--audit-syslog=/dev/log"]), Ok(()));
    assert_eq!(check(&["--audit-out-required", "--audit-http=https://logs.example.com"]), Ok(()));
    for (flag, name) in
        [("--audit-http-token-file=./t", "--audit-http-token-file"), ("--audit-http-ca-file=c", "--audit-http-ca-file")]
    {
        assert_eq!(check(&[flag]), Err(AuditOutError::NoUrl(name)));
        assert_eq!(check(&[flag, "--audit-http=https://logs.example.com"]), Ok(()));
    }
}

#[test]
fn a_server_has_one_certificate() {
    let acme = config(&["--acme-domain=b.example,a.example", "--redirect-addr=:80"]);
    assert!(acme.is_encrypted() && acme.http_settings().unwrap().is_encrypted);
    let Ok(Some(TlsSettings::Acme(settings))) = acme.tls() else { panic!("a certificate by ACME") };
    assert_eq!(settings.domains, ["a.example", "b.example"]);
    for flag in ["--tls-cert=c", "--tls-key=k"] {
        assert_eq!(config(&["--acme-domain=a.example", flag]).tls(), Err(TlsFlagsError::TwoCertificates));
    }
    assert!(matches!(config(&["--tls-cert=c", "--tls-key=k"]).tls(), Ok(Some(TlsSettings::Files(_)))));
}

#[test]
fn a_password_in_the_url_of_a_sink_is_refused_and_not_shown() {
    let config = config(&["--audit-http=https://jeton:open-sesame@logs.example.com"]);
    assert!(config.check_audit_out().is_err_and(|error| !error.to_string().contains("open-sesame")));
    assert!(!format!("{config:?}").contains("open-sesame"));
}

#[test]
fn quotas_are_generous_and_zero_is_none() {
    let usual = config(&[]).quotas();
    assert_eq!((usual.tokens_per_user, usual.tokens_per_org), (Some(10_000), Some(100_000)));
    assert_eq!(usual.permissions_per_org, Some(1_000_000));
    let flags = ["--max-tokens-per-user=0", "--max-tokens-per-org=0", "--max-permissions-per-org=0"];
    assert_eq!(config(&flags).quotas(), Quotas::NONE);
}

#[test]
fn an_idle_connection_outlives_those_of_proxies_and_a_head_or_a_client_that_does_not_read_does_not() {
    let (idle, head, write) = (Duration::from_secs(120), Duration::from_secs(10), Duration::from_secs(60));
    let usual = Timeouts { idle, head, write };
    assert_eq!(config(&[]).timeouts, usual);
}

#[test]
fn the_path_of_the_public_url_is_the_base_path() {
    for (url, base) in [
        ("https://example.com", ""),
        ("https://example.com/", ""),
        ("https://example.com/jeton", "/jeton"),
        ("https://example.com:8443/tools/jeton/", "/tools/jeton"),
    ] {
        assert_eq!(config(&["--public-url", url]).http_settings().unwrap().base_path.as_str(), base, "{url}");
    }
}

#[test]
fn there_may_be_several_public_urls() {
    let urls =
        |flags: &[&str]| config(flags).public_url.iter().map(|public| public.url().to_string()).collect::<Vec<_>>();
    let both = ["https://tokens.example.com/", "http://jeton:8086/"];
    assert_eq!(urls(&["--public-url=https://tokens.example.com", "--public-url=http://jeton:8086"]), both);
    assert_eq!(urls(&["--public-url=https://tokens.example.com,http://jeton:8086"]), both, "as in the variable");
    assert_eq!(urls(&[]), [""; 0]);
}

#[test]
fn several_public_urls_share_one_path() {
    let settings = |urls: &str| config(&["--public-url", urls]).http_settings();
    let shared = settings("https://example.com/jeton,http://jeton:8086/jeton/").unwrap();
    assert_eq!(shared.base_path.as_str(), "/jeton");
    for urls in ["https://example.com/jeton,http://jeton:8086", "https://a.example/a,https://b.example/b"] {
        assert!(matches!(settings(urls), Err(PublicUrlError::Paths(..))), "{urls}");
    }
}

#[test]
fn a_public_url_that_is_no_base_of_addresses_is_refused() {
    for url in [
        "ftp://example.com",
        "https://example.com/jeton?a=b",
        "https://example.com//jeton",
        "https://example.com/jeton//",
        "https://example.com/a%2fb",
        "https://example.com/a b",
        "https://example.com/a;b",
    ] {
        assert!(Line::try_parse_from(["jeton", "--public-url", url]).is_err(), "{url}");
    }
}
