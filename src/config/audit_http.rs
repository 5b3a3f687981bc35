//! The settings of the HTTP sink of the audit export.

use std::{convert::Infallible, fs, io, path::PathBuf};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::gates::CredentialFile;

/// The URL of `--audit-http` as it was given. It is parsed later: errors of the command line repeat values, and a URL may
/// contain a password.
#[derive(Clone, Debug)]
pub struct GivenUrl(SecretString);

/// The error for a text that is no URL of a sink. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASinkUrl {
    /// The text is no URL.
    #[error("give a URL such as https://logs.example.com/jeton")]
    NotAUrl,
    /// The URL is none of the web.
    #[error("the scheme must be https or http")]
    Scheme,
    /// The URL contains a user name or a password.
    #[error(
        "the URL must not contain a user name or a password; write a token into the file of --audit-http-token-file"
    )]
    UserInfo,
    /// The URL has a part that is never sent.
    #[error("remove # and what follows it from the URL; it is never sent")]
    Fragment,
}

/// The reason why a file of the HTTP sink cannot be used, in one sentence without its content.
#[derive(Debug, thiserror::Error)]
pub enum SinkFileError {
    /// The token is a credential of systemd, and there are none.
    #[error(
        "the token \"{0}\" for --audit-http is a credential of systemd, but CREDENTIALS_DIRECTORY is not set; add \
         LoadCredential={0}:FILE to the service, or give the path of a file, beginning with / or ./"
    )]
    NoCredentials(String),
    /// The file of the token cannot be read, or is not UTF-8.
    #[error(
        "the file {} of the token for --audit-http can't be read: {error}; give this user read access, or another file",
        .path.display()
    )]
    Token {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file of the token contains nothing, more than one line, or characters that no token has.
    #[error(
        "the file {} of the token for --audit-http must contain one line of visible ASCII characters without spaces",
        .0.display()
    )]
    NotOneToken(PathBuf),
    /// The file of CA certificates cannot be read.
    #[error(
        "the file {} in --audit-http-ca-file can't be read: {error}; give this user read access, or another file",
        .path.display()
    )]
    Authorities {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file of CA certificates has none, or one that cannot be used.
    #[error(
        "the file {} in --audit-http-ca-file must contain certificates of authorities in PEM, and nothing broken",
        .0.display()
    )]
    NotAuthorities(PathBuf),
}

/// The HTTP sink of the audit export. It has no `Debug`: the query of the URL may contain a key.
#[derive(Clone)]
pub struct HttpSink {
    url: Url,
    token_file: Option<CredentialFile>,
    ca_file: Option<PathBuf>,
}

impl GivenUrl {
    /// Accepts any text, as the parser of a flag.
    pub fn accept(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }

    fn parsed(&self) -> Result<Url, NotASinkUrl> {
        let url: Url = self.0.expose_secret().parse().map_err(|_| NotASinkUrl::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotASinkUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotASinkUrl::UserInfo);
        }
        if url.fragment().is_some() { Err(NotASinkUrl::Fragment) } else { Ok(url) }
    }
}

impl HttpSink {
    /// Returns the sink at a URL. `token_file`: the file of the bearer token; `ca_file`: that of the certificates of the
    /// trusted authorities, instead of those of the machine.
    ///
    /// # Errors
    /// Fails if the URL is not accepted.
    pub fn new(
        url: &GivenUrl,
        token_file: Option<CredentialFile>,
        ca_file: Option<PathBuf>,
    ) -> Result<Self, NotASinkUrl> {
        Ok(Self { url: url.parsed()?, token_file, ca_file })
    }

    /// Returns the URL.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Reads the bearer token, without the line break at its end; `None` if none is sent.
    ///
    /// # Errors
    /// Fails if the file cannot be read or does not contain one token.
    pub fn token(&self) -> Result<Option<SecretString>, SinkFileError> {
        self.token_file.as_ref().map(token).transpose()
    }

    /// Reads the certificates of the trusted authorities; `None` for those of the machine.
    ///
    /// # Errors
    /// Fails if the file cannot be read, has none, or one that cannot be used.
    pub fn authorities(&self) -> Result<Option<Vec<CertificateDer<'static>>>, SinkFileError> {
        let Some(path) = &self.ca_file else { return Ok(None) };
        let pem = fs::read(path).map_err(|error| SinkFileError::Authorities { path: path.clone(), error })?;
        certificates(&pem).map(Some).ok_or_else(|| SinkFileError::NotAuthorities(path.clone()))
    }

    /// Checks that the files can be used.
    ///
    /// # Errors
    /// Fails with the first that cannot; a missing directory of credentials is reported last.
    pub fn check_files(&self) -> Result<(), SinkFileError> {
        self.authorities()?;
        self.token().map(drop)
    }

    /// Returns a warning if every user of the machine can read the token.
    pub fn token_caution(&self) -> Option<String> {
        let path = self.token_file.as_ref()?.readable_by_all()?;
        Some(format!(
            "every user of this machine can read the file {0} of the token for --audit-http; run: chmod o-r {0}",
            path.display()
        ))
    }

    /// Returns a warning if entries cross a network without TLS.
    pub fn network_caution(&self) -> Option<String> {
        let is_exposed = self.url.scheme() == "http" && !self.is_of_this_machine();
        is_exposed.then(|| {
            format!(
                "--audit-http sends entries to {} without TLS: whoever is between can read and change them, and use the \
                 token; set a URL with https",
                self.url.origin().ascii_serialization()
            )
        })
    }

    fn is_of_this_machine(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

fn token(file: &CredentialFile) -> Result<SecretString, SinkFileError> {
    let path = file.located().map_err(|name| SinkFileError::NoCredentials(name.to_owned()))?;
    let content = match fs::read_to_string(&path) {
        Ok(content) => SecretString::from(content),
        Err(error) => return Err(SinkFileError::Token { path, error }),
    };
    let line = content.expose_secret().trim_end_matches(['\r', '\n']);
    if line.is_empty() || !line.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SinkFileError::NotOneToken(path));
    }
    Ok(line.into())
}

/// Returns the certificates of a text in PEM; `None` if there are none, or if one can't be used.
pub(super) fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().ok()?;
    let mut roots = RootCertStore::empty();
    for certificate in &found {
        roots.add(certificate.clone()).ok()?;
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &[u8] = include_bytes!("../../tests/jeton/tls/first.crt");

    fn sink(url: &str, token_file: Option<&str>) -> Result<HttpSink, NotASinkUrl> {
        let file = token_file.map(|text| CredentialFile::parse(text).unwrap());
        HttpSink::new(&GivenUrl(url.into()), file, None)
    }

    #[test]
    fn a_url_has_no_user_and_no_error_repeats_it() {
        for (url, error) in [
            ("https://jeton:open-sesame@logs.example.com/", NotASinkUrl::UserInfo),
            ("https://open-sesame@logs.example.com/", NotASinkUrl::UserInfo),
            ("https://:open-sesame@logs.example.com/", NotASinkUrl::UserInfo),
            ("ftp://open-sesame.example.com/", NotASinkUrl::Scheme),
            ("https://logs.example.com/#open-sesame", NotASinkUrl::Fragment),
            ("open-sesame", NotASinkUrl::NotAUrl),
            ("", NotASinkUrl::NotAUrl),
        ] {
            assert_eq!(sink(url, None).err(), Some(error), "{url}");
            assert!(!error.to_string().contains("open-sesame"), "{error}");
        }
        for url in ["https://logs.example.com", "http://127.0.0.1:9428/insert/jsonline?_msg_field=action"] {
            assert!(sink(url, None).is_ok(), "{url}");
        }
        let given = GivenUrl::accept("https://jeton:open-sesame@logs.example.com/").unwrap();
        assert!(!format!("{given:?}").contains("open-sesame"));
    }

    #[test]
    fn a_url_that_leads_over_a_network_without_tls_is_told_without_its_query() {
        for url in ["https://logs.example.com/", "http://localhost/", "http://127.0.0.2:9428/", "http://[::1]/"] {
            assert_eq!(sink(url, None).unwrap().network_caution(), None, "{url}");
        }
        for url in ["http://logs.example.com/in?key=open-sesame", "http://10.0.0.5/?open-sesame"] {
            let said = sink(url, None).unwrap().network_caution().unwrap();
            assert!(said.contains("without TLS") && !said.contains("open-sesame"), "{said}");
        }
    }

    #[test]
    fn a_token_is_one_line_and_errors_do_not_repeat_it() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("token");
        let sink = sink("https://logs.example.com/", path.to_str()).unwrap();
        assert!(matches!(sink.token(), Err(SinkFileError::Token { .. })));
        for (content, token) in [
            ("open-sesame\n", Some("open-sesame")),
            ("open-sesame\r\n", Some("open-sesame")),
            ("", None),
            ("\n", None),
            ("open sesame", None),
            ("open-sesame\nopen-sesame\n", None),
            ("open-sesame\u{e9}", None),
        ] {
            fs::write(&path, content).unwrap();
            let read = sink.token();
            let found = read.as_ref().ok().and_then(Option::as_ref).map(|secret| secret.expose_secret());
            assert_eq!(found, token, "{content:?}");
            assert!(read.err().is_none_or(|error| !error.to_string().contains("sesame")), "{content:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_everyone_can_read_is_told_with_the_command_that_mends_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("token");
        fs::write(&path, "open-sesame").unwrap();
        let sink = sink("https://logs.example.com/", path.to_str()).unwrap();
        for (mode, is_told) in [(0o600, false), (0o640, false), (0o644, true)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let said = sink.token_caution();
            assert_eq!(said.is_some_and(|said| said.ends_with(&format!("chmod o-r {}", path.display()))), is_told);
        }
    }

    #[test]
    fn every_certificate_of_a_file_is_an_authority_and_what_is_none_is_refused() {
        let number = |pem: &[u8]| certificates(pem).map(|found| found.len());
        assert_eq!(number(&[CERTIFICATE, CERTIFICATE].concat()), Some(2));
        assert_eq!(number(b""), None);
        assert_eq!(number(b"no certificate"), None);
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(number(&[CERTIFICATE, broken].concat()), None, "one that cannot be used is not left out");
    }
}
