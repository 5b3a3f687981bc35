//! The certificate of the server's own listener, and the remaining validity of certificates.

use jeton_model::Timestamp;

use crate::{config::Config, server::tls::valid_until};

use super::finding::Finding;

const CHECK: &str = "certificate";

/// Number of days before the expiry of a certificate from which it is reported.
const EXPIRES_SOON: i64 = 14;

/// Examines the files of TLS, if there are any.
pub(super) fn examine(config: &Config, now: Timestamp) -> Option<Finding> {
    let files = match config.tls() {
        Ok(files) => files?,
        Err(error) => return Some(Finding::failed(CHECK, error.to_string())),
    };
    Some(match valid_until(&files) {
        Ok(end) => judge(&files.cert.display().to_string(), end, now),
        Err(error) => Finding::failed(CHECK, error.to_string()),
    })
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
}
