//! Gates with TLS of a configuration file: they use the certificate of the server, and its certificates of clients.

use std::{fs, net::SocketAddr};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jeton::config::ConfigFile;
use jeton_model::Timestamp;
use jeton_service::Clock;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::client::TlsStream;

use crate::{
    home::Home,
    support::{
        certificates::fixture,
        console::Browser,
        polling::poll_until,
        server::{NAME, Server, client, permission_on, text},
        tls::{ServerFiles, certificate, connect, shown},
    },
};

use super::{
    configured::{Scene, section},
    played::{Played, WITHIN},
    victoriametrics_program::VictoriaMetrics,
};

/// Starts a server with a certificate, and with a gate that uses it too.
async fn serve<'h>(home: &'h Home, upstream: SocketAddr, files: &ServerFiles, more: &[&str]) -> Scene<'h> {
    let flags = files.flags();
    let flags = [&flags.each_ref().map(String::as_str)[..], more].concat();
    let scene = Scene::with(home, &(section(upstream, "*") + "tls = true\n"), &flags).await;
    scene.bind(upstream).await;
    scene
}

/// Sends a request by the protocol that was agreed on; returns status and text of the answer.
pub(super) async fn send(
    stream: TlsStream<TcpStream>,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<(u16, String), hyper::Error> {
    let is_multiplexed = stream.get_ref().1.alpn_protocol() == Some(b"h2".as_slice());
    let (method, target) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method);
    let request = if is_multiplexed {
        request.uri(format!("https://localhost{target}"))
    } else {
        request.uri(target).header("host", "localhost")
    };
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap();
    let io = TokioIo::new(stream);
    if is_multiplexed {
        let (mut send, connection) = http2::handshake(TokioExecutor::new(), io).await?;
        tokio::spawn(connection);
        read(send.send_request(request).await?).await
    } else {
        let (mut send, connection) = http1::handshake(io).await?;
        tokio::spawn(connection);
        read(send.send_request(request).await?).await
    }
}

async fn read(answer: Response<Incoming>) -> Result<(u16, String), hyper::Error> {
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// Requests what needs no token, and keeps the connection open.
async fn preflight(stream: &mut TlsStream<TcpStream>) {
    stream.write_all(b"OPTIONS /write HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream.flush().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(WITHIN, stream.read_u8()).await.unwrap().unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 204 "), "{}", String::from_utf8_lossy(&head));
}

#[tokio::test]
async fn a_row_is_written_and_read_through_tls_by_http_1_1_and_by_http_2() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let scene = serve(&home, database.address(), &files, &[]).await;
    let address = scene.address("plant").await;
    let [writer, reader] =
        [scene.token("write").await, scene.token("read").await].map(|token| format!("Token {token}"));
    // Queries leave out rows of the last second.
    let time = 1000 * (scene.server.clock.now().micros() - 30_000_000);
    for (protocol, measurement) in [("http/1.1", "one"), ("h2", "two")] {
        let agreed = async || {
            let stream = connect(address, protocol, None).await.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol.as_bytes()));
            stream
        };
        let row = format!("{measurement},host=own value=1 {time}");
        let written =
            send(agreed().await, "POST /write?db=a", &[("authorization", writer.as_str())], &row).await.unwrap();
        assert_eq!(written.0, 204, "{protocol}: {}", written.1);
        let refused =
            send(agreed().await, "POST /write?db=a", &[("authorization", reader.as_str())], &row).await.unwrap();
        assert_eq!(refused.0, 403, "{protocol}: {}", refused.1);
        assert!(!database.series().await.is_empty());
        let query = format!("GET /api/v1/query?query={measurement}_value");
        let (status, found) = send(agreed().await, &query, &[("authorization", reader.as_str())], "").await.unwrap();
        assert_eq!(status, 200, "{protocol}: {found}");
        assert!(found.contains("\"host\":\"own\""), "{protocol}: {found}");
    }
}

#[tokio::test]
async fn a_gate_shows_the_new_certificate_of_the_server_and_open_connections_stay() {
    let (home, files, database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    let scene = serve(&home, database.address, &files, &[]).await;
    let address = scene.address("plant").await;
    let mut before = connect(address, "http/1.1", None).await.unwrap();
    assert_eq!(shown(&before), certificate("first"));
    preflight(&mut before).await;
    files.put("second");
    let served = async || shown(&connect(address, "http/1.1", None).await.unwrap());
    assert!(poll_until(async || served().await == certificate("second")).await, "the new certificate is served");
    preflight(&mut before).await;
}

#[tokio::test]
async fn a_gate_gets_tls_by_a_change_of_the_file_and_keeps_its_address() {
    let (home, files, database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    let (flags, plain) = (files.flags(), section(database.address, "*"));
    let scene = Scene::with(&home, &plain, &flags.each_ref().map(String::as_str)).await;
    let address = scene.address("plant").await;
    assert!(connect(address, "http/1.1", None).await.is_err(), "no TLS yet");
    scene.rewrite(&(plain + "tls = true\n"));
    assert!(poll_until(async || connect(address, "http/1.1", None).await.is_ok()).await, "TLS");
    assert_eq!(scene.address("plant").await, address);
}

#[tokio::test]
async fn a_client_without_tls_is_not_answered_by_a_gate_with_it() {
    let (home, files, mut database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    let scene = serve(&home, database.address, &files, &[]).await;
    let (address, token) = (scene.address("plant").await, scene.writer().await);
    let write = client().post(format!("http://{address}/write?db=a")).header("authorization", format!("Token {token}"));
    let refused = write.body("m v=1").send().await;
    assert!(refused.is_err(), "{refused:?}");
    assert!(database.is_idle());
}

#[tokio::test]
async fn only_a_proxy_with_a_certificate_names_the_client_of_a_gate() {
    let (home, files, mut database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    let ca = format!("--tls-client-ca={}", fixture("proxies-ca.crt").display());
    // At a gate, the address of a trusted proxy alone makes none.
    let scene = serve(&home, database.address, &files, &[&ca, "--trusted-proxies=127.0.0.0/8"]).await;
    let address = scene.address("plant").await;
    let permission = permission_on("write", "buckets", &scene.first.bucket, &scene.first.org);
    let body = json!({"orgID": scene.first.org, "permissions": [permission], "allowedNetworks": ["203.0.113.0/24"]});
    let created: Value = scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
    let token = format!("Token {}", text(&created["token"]));
    let write = async |client: Option<&str>, protocol: &str, said: Option<&str>| {
        let stream = connect(address, protocol, client).await.ok()?;
        let named = said.map(|said| ("x-forwarded-for", said));
        let headers: Vec<_> = [("authorization", token.as_str())].into_iter().chain(named).collect();
        send(stream, "POST /write?db=a", &headers, "m v=1").await.ok().map(|(status, _)| status)
    };
    for protocol in ["http/1.1", "h2"] {
        let accepted = async {
            let request = database.next().await;
            assert!(!request.head.contains("forwarded"), "{}", request.head);
            request.answer("204 No Content", "", "").await;
        };
        let (written, ()) = tokio::join!(write(Some("proxy"), protocol, Some("203.0.113.5")), accepted);
        assert_eq!(written, Some(204), "{protocol}");
        for said in [None, Some("unknown"), Some("203.0.113.5, 192.0.2.9")] {
            assert_eq!(write(Some("proxy"), protocol, said).await, Some(401), "{protocol}: {said:?}");
        }
        assert_eq!(write(None, protocol, Some("203.0.113.5")).await, Some(401), "{protocol}");
        assert_eq!(write(Some("stranger"), protocol, Some("203.0.113.5")).await, None, "{protocol}");
    }
    let proxy = connect(address, "http/1.1", Some("proxy")).await.unwrap();
    let (status, _) = send(proxy, "POST /write?db=a", &[("x-forwarded-for", "203.0.113.5")], "m v=1").await.unwrap();
    assert_eq!(status, 401, "a certificate is no token");
    assert!(database.is_idle());
}

/// Sends a write on an open connection, and returns the status of the answer.
async fn write_on(stream: &mut TlsStream<TcpStream>, token: &str) -> String {
    let head = format!(
        "POST /write?db=a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\n\
         X-Forwarded-For: 203.0.113.5\r\nContent-Length: 5\r\n\r\nm v=1"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(timeout(WITHIN, stream.read_u8()).await.unwrap().unwrap());
    }
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_certificate_that_expires_on_an_open_connection_names_no_client_any_more() {
    let (home, files, mut database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    let ca = format!("--tls-client-ca={}", fixture("proxies-ca.crt").display());
    let [certificate, key] = files.flags();
    let flags = [certificate.as_str(), key.as_str(), ca.as_str()];
    let clock = Clock::manual(Timestamp::from_micros(1_800_000_000_000_000));
    let scene = Scene::at(&home, &(section(database.address, "*") + "tls = true\n"), &flags, clock).await;
    scene.bind(database.address).await;
    let (anywhere, permission) =
        (scene.writer().await, permission_on("write", "buckets", &scene.first.bucket, &scene.first.org));
    let body = json!({"orgID": scene.first.org, "permissions": [permission], "allowedNetworks": ["203.0.113.0/24"]});
    let created: Value = scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
    let there = text(&created["token"]);
    let mut proxy = connect(scene.address("plant").await, "http/1.1", Some("proxy")).await.unwrap();
    let accepted = async { database.next().await.answer("204 No Content", "", "").await };
    assert_eq!(tokio::join!(write_on(&mut proxy, &there), accepted).0, "204");

    // The certificate is valid until 2119.
    scene.server.clock.advance(100 * 366 * 86_400);
    let accepted = async { database.next().await.answer("204 No Content", "", "").await };
    assert_eq!(tokio::join!(write_on(&mut proxy, &anywhere), accepted).0, "204", "the connection is open");
    assert_eq!(write_on(&mut proxy, &there).await, "401");
    assert!(database.is_idle());
}

#[tokio::test]
async fn where_the_server_requires_certificates_its_gates_do_too() {
    let (home, files, database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    // The set-up needs a server that requires none.
    serve(&home, database.address, &files, &[]).await.server.stop().await;
    let flags = files.flags();
    let ca = format!("--tls-client-ca={}", fixture("proxies-ca.crt").display());
    let mut config = home.config(&[flags[0].as_str(), flags[1].as_str(), ca.as_str(), "--tls-client-required"]);
    config.file = Some(ConfigFile::read(&home.path().join("jeton.toml")).unwrap());
    let server = Server::start_as(&home, config, Clock::System).await.unwrap();
    let address = server.gate_addresses().borrow()["plant"];
    for (client, is_answered) in [(Some("proxy"), true), (None, false), (Some("stranger"), false)] {
        let asked = async {
            let stream = connect(address, "http/1.1", client).await.ok()?;
            send(stream, "OPTIONS /write", &[], "").await.ok()
        };
        assert_eq!(asked.await.is_some(), is_answered, "{client:?}");
    }
}

#[tokio::test]
async fn the_console_and_the_api_show_the_https_address_of_a_gate() {
    let (home, files, database) = (Home::sqlite(), ServerFiles::of("first"), Played::start().await);
    let scene = serve(&home, database.address, &files, &[]).await;
    let address = scene.address("plant").await;
    let listed = scene.server.get("/api/v2/gates", &scene.first.token).await.expect(200);
    assert_eq!(listed["gates"][0]["tls"], true);
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let drawer = browser.open(&format!("/orgs/{}/settings/databases/plant", scene.first.org)).await;
    assert!(drawer.body.contains(&format!("https://{address}")), "{}", drawer.body);
    let dialog = format!("/orgs/{}/load-data/tokens/generate/custom-api", scene.first.org);
    let permission = format!("write:buckets/{}", scene.first.bucket);
    let created = browser.send(&dialog, &[("description", "x"), ("permission", permission.as_str())]).await;
    assert_eq!(created.status, 200, "{}", created.body);
    assert!(created.body.contains(&format!("https://{address}/write?db=a")), "{}", created.body);
}

#[tokio::test]
async fn a_gate_with_tls_and_no_certificate_keeps_the_server_from_starting() {
    let home = Home::sqlite();
    let path = home.path().join("jeton.toml");
    fs::write(&path, section("127.0.0.1:9".parse().unwrap(), "*") + "tls = true\n").unwrap();
    let mut config = home.config(&[]);
    config.file = Some(ConfigFile::read(&path).unwrap());
    let refused = Server::start_as(&home, config, Clock::System).await.err().expect("a refusal");
    let sentence = "gate plant has tls = true, and the server has no certificate; set tls-cert and tls-key, or \
                    acme-domain, or remove tls";
    assert_eq!(refused.to_string(), sentence);
}
