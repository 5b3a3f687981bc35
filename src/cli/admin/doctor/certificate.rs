//! The certificate of the server's own listener, and the remaining validity of certificates.

use jeton_model::Timestamp;

use crate::{
    config::{AcmeSettings, Config, TlsSettings},
    server::{
        acme::{renewal, stored_validity},
        certificate::Validity,
        tls::valid_until,
    },
};

use super::finding::Finding;

const CHECK: &str = "certificate";

/// Number of days before the expiry of a certificate from which it is reported.
const EXPIRES_SOON: i64 = 14;

/// Examines the certificate of TLS, if there is one.
pub(super) fn examine(config: &Config, now: Timestamp) -> Option<Finding> {
    let settings = match config.tls() {
        Ok(settings) => settings?,
        Err(error) => return Some(Finding::failed(CHECK, error.to_string())),
    };
    Some(match settings {
        TlsSettings::Files(files) => match valid_until(&files) {
            Ok(end) => judge(&files.cert.display().to_string(), end, now),
            Err(error) => Finding::failed(CHECK, error.to_string()),
        },
        TlsSettings::Acme(settings) => examine_stored(&settings, now),
    })
}

/// Examines the certificate that the server has obtained by ACME.
fn examine_stored(settings: &AcmeSettings, now: Timestamp) -> Finding {
    let names = settings.domains.join(", ");
    match stored_validity(settings) {
        Ok(Some(validity)) => judge_renewed(&names, validity, now),
        Ok(None) => Finding::failed(
            CHECK,
            format!("there is no certificate for {names} yet; start the server, and look for the reason in its log"),
        ),
        Err(error) => Finding::failed(CHECK, error.to_string()),
    }
}

/// Reports whether a certificate was renewed in time: a server renews it in the last third of its life, and has failed
/// if half of that is over.
fn judge_renewed(names: &str, validity: Validity, now: Timestamp) -> Finding {
    let renewal = renewal(validity);
    let late = renewal.plus_seconds(validity.end.seconds_since(renewal) / 2);
    let end = validity.end.date();
    if now < late {
        return Finding::ok(CHECK, format!("the certificate for {names} is valid until {end}"));
    }
    let sentence = format!(
        "the certificate for {names} ends on {end} and was not renewed; look for the reason in the server's log"
    );
    Finding::failed(CHECK, sentence)
}

/// Reports the remaining validity of a certificate. `shown`: its file, or the URL that presents it.
pub(super) fn judge(shown: &str, end: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(end) = end else {
        return Finding::warning(CHECK, format!("the certificate of {shown} can't be read; look at it yourself"));
    };
    let (days, end) = (end.seconds_since(now).div_euclid(86_400), end.date());
    if days < EXPIRES_SOON {
        return Finding::failed(CHECK, format!("the certificate of {shown} expires on {end}; renew it"));
    }
    Finding::ok(CHECK, format!("the certificate of {shown} is valid until {end}"))
}

#[cfg(test)]
mod tests {
    use crate::cli::admin::doctor::finding::Status;

    use super::*;

    #[test]
    fn a_certificate_fails_two_weeks_before_its_end() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let of = |days: i64| judge("x", Some(now.plus_seconds(days * 86_400)), now).status;
        assert_eq!([of(15), of(14), of(13), of(-1)], [Status::Ok, Status::Ok, Status::Failed, Status::Failed]);
        assert_eq!(judge("x", None, now).status, Status::Warning);
    }
    #[test]
    fn a_certificate_that_the_server_has_not_renewed_fails_however_short_its_life_is() {
        let start = Timestamp::from_micros(1_800_000_000_000_000);
        for life in [86_400, 90 * 86_400] {
            let validity = Validity { start, end: start.plus_seconds(life) };
            let of = |part: i64| judge_renewed("x", validity, start.plus_seconds(life * part / 12)).status;
            assert_eq!([of(0), of(9), of(11), of(13)], [Status::Ok, Status::Ok, Status::Failed, Status::Failed]);
        }
    }
}
