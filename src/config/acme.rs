//! The flags of certificates by ACME (RFC 8555).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use rustls::pki_types::CertificateDer;
use secrecy::SecretSlice;
use url::{Host, Url};

use super::{
    acme_eab::{ExternalAccount, ExternalAccountError, kid},
    audit_http::certificates,
    gates::CredentialFile,
    tls::{TlsClients, TlsFlagsError},
};

/// The directory of Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// The directory of the account and the certificate, in the data directory.
pub const ACME_CACHE: &str = "acme";

/// The flags of certificates by ACME.
#[derive(Args, Clone, Debug, Default)]
pub struct Acme {
    /// Host name such as tokens.example.com, for which the server obtains a certificate by ACME, agreeing to the terms
    /// of the authority; it then answers by https only. May be given several times, or with commas
    #[arg(long, env = "JETON_ACME_DOMAIN", value_name = "DOMAIN", value_delimiter = ',', value_parser = domain)]
    pub acme_domain: Vec<String>,

    /// Address to which the authority may write, such as mailto:ops@example.com. May be given several times, or with
    /// commas
    #[arg(long, env = "JETON_ACME_CONTACT", value_name = "URL", value_delimiter = ',', value_parser = contact)]
    pub acme_contact: Vec<String>,

    /// URL of the authority's ACME directory; by default that of Let's Encrypt
    #[arg(long, env = "JETON_ACME_DIRECTORY", value_name = "URL", value_parser = directory)]
    pub acme_directory: Option<Url>,

    /// File with the certificates in PEM that are trusted for the ACME directory of a private authority, instead of
    /// those of the machine
    #[arg(long, env = "JETON_ACME_ROOT_CA", value_name = "FILE")]
    pub acme_root_ca: Option<PathBuf>,

    /// Key identifier of the external account to which the authority binds the server's account; some authorities
    /// require one
    #[arg(long, env = "JETON_ACME_EAB_KID", value_name = "ID", value_parser = kid)]
    pub acme_eab_kid: Option<String>,

    /// File with the key of --acme-eab-kid in base64url: a path that begins with /, ./ or ../, or the name of a
    /// credential of systemd
    #[arg(long, env = "JETON_ACME_EAB_KEY_FILE", value_name = "FILE", value_parser = CredentialFile::parse)]
    pub acme_eab_key_file: Option<CredentialFile>,
}

/// The settings of certificates by ACME.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeSettings {
    /// The host names of the certificate; at least one.
    pub domains: Vec<String>,
    /// The addresses of the account.
    pub contacts: Vec<String>,
    /// The URL of the ACME directory.
    pub directory: Url,
    /// The file of the authorities that are trusted for the directory, instead of those of the machine.
    pub root_ca: Option<PathBuf>,
    /// The external account to which the authority binds the account.
    pub external_account: Option<ExternalAccount>,
    /// The directory of the account and the certificate.
    pub cache: PathBuf,
    /// The certificates that clients may show.
    pub clients: Option<TlsClients>,
}

/// The reason why the file of the trusted authorities cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum AcmeRootError {
    /// The file cannot be read.
    #[error("the file {} of --acme-root-ca can't be read: {error}; give this user read access, or another file", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file has no certificates, or one that cannot be used.
    #[error("the file {} of --acme-root-ca must contain certificates of authorities in PEM, and nothing broken", .0.display())]
    NotAuthorities(PathBuf),
}

impl Acme {
    /// Returns the settings; `None` without a domain. `data`: the data directory.
    pub(super) fn settings(
        &self,
        data: &Path,
        clients: Option<TlsClients>,
    ) -> Result<Option<AcmeSettings>, TlsFlagsError> {
        if self.acme_domain.is_empty() {
            return self.orphan().map_or(Ok(None), |flag| Err(TlsFlagsError::NoAcmeDomain(flag)));
        }
        let mut domains = self.acme_domain.clone();
        domains.sort();
        domains.dedup();
        let external_account = self.external_account()?;
        let default = || LETS_ENCRYPT.parse().ok();
        Ok(self.acme_directory.clone().or_else(default).map(|directory| AcmeSettings {
            domains,
            contacts: self.acme_contact.clone(),
            directory,
            root_ca: self.acme_root_ca.clone(),
            external_account,
            cache: data.join(ACME_CACHE),
            clients,
        }))
    }

    fn external_account(&self) -> Result<Option<ExternalAccount>, TlsFlagsError> {
        match (self.acme_eab_kid.clone(), self.acme_eab_key_file.clone()) {
            (Some(kid), Some(key_file)) => Ok(Some(ExternalAccount { kid, key_file })),
            (Some(_), None) => Err(TlsFlagsError::NoEabKey),
            (None, Some(_)) => Err(TlsFlagsError::NoEabKid),
            (None, None) => Ok(None),
        }
    }

    /// Returns a flag that is set and has no meaning without a domain.
    fn orphan(&self) -> Option<&'static str> {
        if !self.acme_contact.is_empty() {
            return Some("--acme-contact");
        }
        if self.acme_directory.is_some() {
            return Some("--acme-directory");
        }
        if self.acme_root_ca.is_some() {
            return Some("--acme-root-ca");
        }
        let key = self.acme_eab_key_file.as_ref().map(|_| "--acme-eab-key-file");
        self.acme_eab_kid.as_ref().map(|_| "--acme-eab-kid").or(key)
    }
}

impl AcmeSettings {
    /// Reads the certificates of the authorities that are trusted for the directory; `None` for those of the machine.
    ///
    /// # Errors
    /// Fails if the file cannot be read, has none, or one that cannot be used.
    pub fn authorities(&self) -> Result<Option<Vec<CertificateDer<'static>>>, AcmeRootError> {
        let Some(path) = &self.root_ca else { return Ok(None) };
        let pem = fs::read(path).map_err(|error| AcmeRootError::Read { path: path.clone(), error })?;
        certificates(&pem).map(Some).ok_or_else(|| AcmeRootError::NotAuthorities(path.clone()))
    }

    /// Reads the key of the external account; `None` if there is none.
    ///
    /// # Errors
    /// Fails if the file cannot be read or does not contain one key.
    pub fn external_account_key(&self) -> Result<Option<SecretSlice<u8>>, ExternalAccountError> {
        self.external_account.as_ref().map(ExternalAccount::key).transpose()
    }
}

/// Parses a host name. The challenge TLS-ALPN-01 proves neither wildcards nor, with most authorities, IP addresses.
fn domain(text: &str) -> Result<String, String> {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-');
    match Host::parse(text) {
        Ok(Host::Domain(name)) if name.split('.').all(is_label) => Ok(name),
        _ => Err("give a host name such as tokens.example.com: no wildcard, IP address or port".into()),
    }
}

/// Parses an address of the account.
fn contact(text: &str) -> Result<String, String> {
    let address = text.strip_prefix("mailto:").and_then(|address| address.split_once('@'));
    match address {
        Some((name, host)) if !name.is_empty() && !host.is_empty() => Ok(text.to_owned()),
        _ => Err("give an address such as mailto:ops@example.com".into()),
    }
}

/// Parses the URL of a directory. ACME requires https.
fn directory(text: &str) -> Result<Url, String> {
    let url: Option<Url> = text.parse().ok();
    let url = url.filter(|url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none());
    url.ok_or_else(|| "give a URL with https, such as https://ca.example.com/acme/acme/directory".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(domains: &[&str]) -> Acme {
        let acme_domain = domains.iter().map(ToString::to_string).collect();
        Acme { acme_domain, ..Acme::default() }
    }

    #[test]
    fn a_domain_is_a_host_name_in_its_canonical_form() {
        for (text, name) in [
            ("tokens.example.com", "tokens.example.com"),
            ("Tokens.Example.com", "tokens.example.com"),
            ("localhost", "localhost"),
            ("m\u{fc}nchen.example", "xn--mnchen-3ya.example"),
        ] {
            assert_eq!(domain(text).as_deref(), Ok(name), "{text}");
        }
        for text in
            ["", "*.example.com", "127.0.0.1", "[::1]", "example.com:443", "https://example.com", "example.com."]
        {
            assert!(domain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_one_of_mail_and_a_directory_is_reached_by_https() {
        assert!(contact("mailto:ops@example.com").is_ok());
        for text in ["ops@example.com", "mailto:", "mailto:ops", "mailto:@example.com", "tel:+49"] {
            assert!(contact(text).is_err(), "{text}");
        }
        assert!(directory("https://localhost:14000/dir").is_ok());
        for text in ["http://localhost/dir", "https://a:b@localhost/dir", "localhost"] {
            assert!(directory(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_order_and_repetition_of_domains_make_no_other_certificate() {
        let of = |domains: &[&str]| flags(domains).settings(Path::new("data"), None).unwrap().unwrap();
        let settings = of(&["b.example", "a.example", "b.example"]);
        assert_eq!(settings, of(&["a.example", "b.example"]));
        assert_eq!(settings.directory.as_str(), LETS_ENCRYPT);
        assert_eq!(settings.cache, Path::new("data/acme"));
    }

    #[test]
    fn what_belongs_to_a_domain_is_refused_without_one() {
        let of = |flags: &Acme| flags.settings(Path::new("data"), None);
        assert_eq!(of(&Acme::default()), Ok(None));
        let contact = Acme { acme_contact: vec!["mailto:ops@example.com".into()], ..Acme::default() };
        assert_eq!(of(&contact), Err(TlsFlagsError::NoAcmeDomain("--acme-contact")));
        let root = Acme { acme_root_ca: Some("root.pem".into()), ..Acme::default() };
        assert_eq!(of(&root), Err(TlsFlagsError::NoAcmeDomain("--acme-root-ca")));
        let external = external(Vec::new(), Some("kid"), Some("./eab.key"));
        assert_eq!(of(&external), Err(TlsFlagsError::NoAcmeDomain("--acme-eab-kid")));
    }

    fn external(acme_domain: Vec<String>, kid: Option<&str>, file: Option<&str>) -> Acme {
        let acme_eab_key_file = file.map(|file| CredentialFile::parse(file).unwrap());
        Acme { acme_domain, acme_eab_kid: kid.map(Into::into), acme_eab_key_file, ..Acme::default() }
    }

    #[test]
    fn an_external_account_has_an_identifier_and_a_key() {
        let of = |kid, file| external(vec!["a.example".into()], kid, file).settings(Path::new("data"), None);
        let settings = of(Some("kid"), Some("./eab.key")).unwrap().unwrap();
        assert_eq!(settings.external_account.unwrap().kid, "kid");
        assert_eq!(of(Some("kid"), None), Err(TlsFlagsError::NoEabKey));
        assert_eq!(of(None, Some("./eab.key")), Err(TlsFlagsError::NoEabKid));
        assert_eq!(of(None, None).unwrap().unwrap().external_account, None);
    }
}
