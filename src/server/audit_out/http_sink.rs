//! The HTTP sink of the audit export: posts entries as JSON lines.

use std::{
    error::Error as _,
    io,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{
    Certificate, Client, Method, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};
use rustls::pki_types::CertificateDer;
use secrecy::ExposeSecret as _;
use tokio::runtime;

use jeton_service::{Clock, audit::outlet::ExportedEntry};

use crate::{config::HttpSink, server::ring_provider::use_ring};

use super::retry_after::pause;

/// The type of a body: one JSON object per line.
const JSON_LINES: &str = "application/x-ndjson";
/// Maximum number of bytes of a body with several entries. Many servers refuse bodies of more than 1 MiB.
const LARGEST: usize = 512 << 10;
/// Timeouts of connecting, and of a request with its answer.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Maximum time without a request, after which the sink is asked whether it works.
const PROBE_EVERY: Duration = Duration::from_secs(10);

/// A URL to which entries are posted, each with its sequence number.
pub(super) struct Http {
    settings: HttpSink,
    state: Mutex<State>,
}

/// The state that earlier requests left.
#[derive(Default)]
struct State {
    /// The client, and the trusted authorities that it was made with; `None` for those of the machine.
    client: Option<(Option<Vec<CertificateDer<'static>>>, Client)>,
    /// Sequence number of the last accepted entry. Those of a batch of which a later part failed are not repeated.
    accepted: i64,
    /// The end of a pause that an answer asked for.
    paused_until: Option<Instant>,
    /// The time until which the sink is taken to work without asking it.
    works_until: Option<Instant>,
}

/// A body, and the sequence number of its last entry.
struct Lines {
    text: String,
    last: i64,
}

impl Http {
    pub(super) fn new(settings: HttpSink) -> Self {
        Self { settings, state: Mutex::default() }
    }

    /// Posts entries, in order. Without any, asks the sink from time to time whether it works. It blocks its thread, with
    /// a runtime of its own: a name server that hangs does not keep the server from stopping.
    ///
    /// # Errors
    /// Fails if not all entries are accepted; no error contains the URL or the token.
    pub(super) fn write(&self, entries: &[ExportedEntry]) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if state.paused_until.is_some_and(|end| now < end) {
            return Err(io::Error::other("it asked to wait before the next request"));
        }
        let bodies = bodies(entries.iter().filter(|entry| entry.seq > state.accepted));
        if bodies.is_empty() && state.works_until.is_some_and(|end| now < end) {
            return Ok(());
        }
        state.works_until = None;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let sent = runtime.block_on(state.send(&self.settings, bodies));
        runtime.shutdown_background();
        sent?;
        state.works_until = Some(Instant::now() + PROBE_EVERY);
        Ok(())
    }
}

impl State {
    /// Sends the bodies, or a request that asks whether the sink works. The files are read each time, so that a new token
    /// needs no restart.
    async fn send(&mut self, settings: &HttpSink, bodies: Vec<Lines>) -> io::Result<()> {
        let client = self.client(settings)?;
        let token = settings.token().map_err(io::Error::other)?;
        let request = |method: Method| {
            let request = client.request(method, settings.url().clone());
            match &token {
                Some(token) => request.bearer_auth(token.expose_secret()),
                None => request,
            }
        };
        if bodies.is_empty() {
            let sent = request(Method::HEAD).send().await;
            return self.judge(sent, is_reachable);
        }
        for body in bodies {
            let sent = request(Method::POST).header(CONTENT_TYPE, JSON_LINES).body(body.text).send().await;
            self.judge(sent, |status| status.is_success())?;
            self.accepted = body.last;
        }
        Ok(())
    }

    /// Returns the client, which is made again when the file of the authorities has changed.
    fn client(&mut self, settings: &HttpSink) -> io::Result<Client> {
        let authorities = settings.authorities().map_err(io::Error::other)?;
        if let Some((known, client)) = &self.client
            && *known == authorities
        {
            return Ok(client.clone());
        }
        let is_encrypted = settings.url().scheme() == "https";
        let client = client(authorities.as_deref(), is_encrypted).map_err(failure)?;
        self.client = Some((authorities, client.clone()));
        Ok(client)
    }

    /// Checks the status of an answer, whose body is not read, and keeps the pause that a refusal asks for.
    fn judge(&mut self, sent: reqwest::Result<Response>, is_fine: fn(StatusCode) -> bool) -> io::Result<()> {
        let answer = sent.map_err(failure)?;
        let status = answer.status();
        if is_fine(status) {
            return Ok(());
        }
        let pause = pause(answer.headers().get(RETRY_AFTER), Clock::System.now());
        self.paused_until = Some(Instant::now() + pause);
        Err(io::Error::other(format!("it answers with status {}{}", status.as_u16(), advice(status))))
    }
}

/// Joins entries to bodies of limited size; a larger entry has a body of its own.
fn bodies<'a>(entries: impl Iterator<Item = &'a ExportedEntry>) -> Vec<Lines> {
    let mut bodies: Vec<Lines> = Vec::new();
    for entry in entries {
        match bodies.last_mut().filter(|body| body.text.len() + entry.line.len() < LARGEST) {
            Some(body) => {
                body.text.push_str(&entry.line);
                body.text.push('\n');
                body.last = entry.seq;
            }
            None => bodies.push(Lines { text: format!("{}\n", entry.line), last: entry.seq }),
        }
    }
    bodies
}

/// Returns a client. `authorities`: those that are trusted, instead of those of the machine. It uses no proxy, follows no
/// redirect, and keeps no connection, which would belong to the runtime of one write.
fn client(authorities: Option<&[CertificateDer<'static>]>, is_encrypted: bool) -> reqwest::Result<Client> {
    use_ring();
    let builder = Client::builder().user_agent(concat!("jeton/", env!("CARGO_PKG_VERSION")));
    let builder = builder.redirect(Policy::none()).no_proxy().pool_max_idle_per_host(0);
    let builder = builder.connect_timeout(CONNECT_WITHIN).timeout(ANSWER_WITHIN);
    match authorities {
        Some(trusted) => {
            let trusted = trusted.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
            builder.tls_certs_only(trusted).build()
        }
        // Reads the certificates of the machine, of which there are hundreds.
        None if is_encrypted => builder.build(),
        None => builder.tls_certs_only(std::iter::empty()).build(),
    }
}

/// Returns whether the answer to a request without entries shows a sink that accepts requests. Many accept POST only.
fn is_reachable(status: StatusCode) -> bool {
    match status.as_u16() {
        401 | 408 | 429 => false,
        code => matches!(code, 200..=299 | 400..=499 | 501),
    }
}

/// Returns what to do about a status.
fn advice(status: StatusCode) -> &'static str {
    match status.as_u16() {
        300..=399 => "; redirects are not followed, so set the URL that it leads to",
        401 | 403 => "; check the token in the file of --audit-http-token-file",
        413 => "; let it accept bodies of 1 MiB",
        _ => "",
    }
}

/// Returns an error with its causes and without the URL.
fn failure(error: reqwest::Error) -> io::Error {
    let error = error.without_url();
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    io::Error::other(texts.join(": "))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    use jeton_model::Timestamp;

    use crate::config::GivenUrl;

    use super::*;

    fn entry(seq: i64, length: usize) -> ExportedEntry {
        let at = Timestamp::from_micros(0);
        ExportedEntry { seq, hash: String::new(), at, line: "x".repeat(length), brief: String::new() }
    }

    #[test]
    fn a_body_has_whole_lines_and_at_most_its_size() {
        let entries = [entry(1, 3), entry(2, LARGEST / 2), entry(3, LARGEST / 2), entry(4, 2 * LARGEST), entry(5, 1)];
        let bodies = bodies(entries.iter());
        let found: Vec<_> = bodies.iter().map(|body| (body.last, body.text.lines().count())).collect();
        assert_eq!(found, [(2, 2), (3, 1), (4, 1), (5, 1)]);
        assert!(bodies.iter().all(|body| body.text.ends_with('\n')));
        assert!(bodies.iter().all(|body| body.text.len() <= LARGEST || body.text.lines().count() == 1));
    }

    #[test]
    fn nothing_is_sent_before_the_end_of_the_pause_that_an_answer_asks_for() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = GivenUrl::accept(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let sink = Http::new(HttpSink::new(&url, None, None).unwrap());
        thread::scope(|scope| {
            scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\nx\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    request.push(byte[0]);
                }
                let answer = b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(answer).unwrap();
            });
            let said = sink.write(&[entry(1, 1)]).unwrap_err().to_string();
            assert!(said.contains("status 503"), "{said}");
        });
        let said = sink.write(&[entry(1, 1)]).unwrap_err().to_string();
        assert!(said.contains("asked to wait"), "{said}");
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock));
    }

    #[test]
    fn a_sink_that_accepts_posts_only_works_and_one_that_fails_or_leads_elsewhere_does_not() {
        for (status, works) in [(200, true), (204, true), (404, true), (405, true), (501, true)] {
            assert_eq!(is_reachable(StatusCode::from_u16(status).unwrap()), works, "{status}");
        }
        for status in [302, 307, 401, 408, 429, 500, 502, 503, 504] {
            assert!(!is_reachable(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
