//! `jeton setup` (docs/influxdb-compatibility.md §7.3): creates the first user, organization and bucket, and a profile.

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use jeton_model::token::ADVISED_LENGTH;

use crate::{
    auth::variables,
    duration::{self, Span},
    environment::either,
    error::{Failure, Outcome, WhileDoing as _},
    flags::PrintFlags,
    http::Client,
    output::{Format, Shown, hint, print},
    profiles::{DEFAULT_HOST, Profile, Profiles},
    secret,
    server_flags::ServerFlags,
};

/// Who and what comes first.
#[derive(Args)]
pub struct Setup {
    #[command(flatten)]
    server: ServerFlags,

    #[command(flatten)]
    print: PrintFlags,

    /// Name of initial user to create
    #[arg(long, short, value_name = "NAME")]
    username: Option<String>,

    /// Password to set on initial user; - reads it from standard input. Without it, it is asked for on a terminal
    #[arg(long, short, value_name = "PASSWORD")]
    password: Option<SecretString>,

    /// Auth token to set on the initial user; - reads it from standard input
    #[arg(long, short, env = either("JETON_TOKEN", "INFLUX_TOKEN"), hide_env_values = true, allow_hyphen_values = true, value_name = "TOKEN")]
    token: Option<SecretString>,

    /// Name of initial organization to create
    #[arg(long, short, value_name = "NAME")]
    org: Option<String>,

    /// Name of initial bucket to create
    #[arg(long, short, value_name = "NAME")]
    bucket: Option<String>,

    /// Duration initial bucket will retain data, or 0 for infinite
    #[arg(long, short, value_name = "DURATION")]
    retention: Option<String>,

    /// Skip confirmation prompt
    #[arg(long, short)]
    force: bool,

    /// Name to set on CLI config generated for the InfluxDB instance, required if other configs exist
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Allowed {
    #[serde(default)]
    allowed: bool,
}

#[derive(Deserialize)]
struct Done {
    user: Named,
    org: Named,
    bucket: Named,
    auth: WithToken,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct WithToken {
    token: String,
}

/// The created user, organization and bucket.
#[derive(Serialize)]
struct Row {
    bucket: String,
    organization: String,
    user: String,
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["User", "Organization", "Bucket"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.user.clone(), self.organization.clone(), self.bucket.clone()]
    }
}

impl Setup {
    /// Sets the server up, and stores the operator token in the profile.
    pub async fn run(&self) -> Outcome {
        let printer = self.print.printer_of_token();
        let mut profiles = self.server.configs.read()?;
        let client = Client::anonymous(&self.server, &self.server.profile()?)?;
        let allowed = client.get("/api/v2/setup").read::<Allowed>().await;
        if !allowed.while_doing("failed to check if already set up")?.allowed {
            return Err(Failure::new("instance has already been set up"));
        }
        let name = self.profile_name(&profiles)?;
        let body = self.body()?;
        let done = client.post("/api/v2/setup").json(&body).read::<Done>().await;
        let Done { user, org, bucket, auth } = done.while_doing("failed to setup instance")?;
        if auth.token.len() < ADVISED_LENGTH {
            hint(&format!(
                "this token has fewer than {ADVISED_LENGTH} characters and can be guessed; without --token, \
                 the server makes one that can't"
            ));
        }
        let url = if client.host().is_empty() { DEFAULT_HOST } else { client.host() };
        let profile = Profile {
            url: url.into(),
            token: auth.token.clone(),
            org: org.name.clone(),
            active: true,
            ..Profile::default()
        };
        let kept = profiles.create(&name, profile).and_then(|()| profiles.write());
        let lost = "setup succeeded, but failed to write new config to local path";
        if printer.format == Format::Env {
            print(&variables(client.host(), &org.name, &auth.token))?;
            return kept.while_doing(lost);
        }
        if let Err(failure) = kept {
            // The token is shown nowhere else, and never again.
            print(&format!("{}\n", auth.token))?;
            return Err(failure.while_doing(lost).hint("the operator token is printed above, this once; keep it"));
        }
        printer.one(&Row { bucket: bucket.name, organization: org.name, user: user.name })
    }

    /// Checks the profile's name, before the server is changed.
    fn profile_name(&self, profiles: &Profiles) -> Outcome<String> {
        let name = self.name.clone().unwrap_or_default();
        if !profiles.is_empty() && name.is_empty() {
            return Err(Failure::new("config name is required if you already have existing configs"));
        }
        if profiles.get(&name).is_some() {
            return Err(Failure::new(format!("config name {name:?} already exists")));
        }
        Ok(if name.is_empty() { "default".into() } else { name })
    }

    fn body(&self) -> Outcome<Value> {
        if !self.force && !secret::can_ask() {
            return Err(Failure::new("there is no terminal to confirm at; give all values and --force"));
        }
        let ask = |flag: &Option<String>, prompt: &str| match flag.clone().filter(|text| !text.is_empty()) {
            None if !self.force => secret::ask_text(prompt, None),
            given => Ok(given.unwrap_or_default()),
        };
        let token = secret::given(self.token.as_ref())?;
        let username = ask(&self.username, "Please type your primary username")?;
        let password = match secret::given(self.password.as_ref())? {
            None if !self.force => Some(secret::ask("Please type your password", true)?),
            given => given,
        };
        let org = ask(&self.org, "Please type your primary organization name")?;
        let bucket = ask(&self.bucket, "Please type your primary bucket name")?;
        let seconds = match self.retention.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => duration::retention("retention policy", text)?,
            None if self.force => 0,
            None => {
                hours(&secret::ask_text("Please type your retention period in hours, or 0 for infinite", Some("0"))?)?
            }
        };
        if !self.force {
            confirm(&username, &org, &bucket, seconds)?;
        }
        let mut body = json!({"username": username, "org": org, "bucket": bucket, "retentionPeriodSeconds": seconds});
        for (name, secret) in [("password", password), ("token", token)] {
            if let Some(secret) = secret {
                body[name] = json!(secret.expose_secret());
            }
        }
        Ok(body)
    }
}

fn hours(text: &str) -> Outcome<i64> {
    let hours = text.parse::<i64>().ok().filter(|hours| *hours >= 0).and_then(|hours| hours.checked_mul(3600));
    hours.ok_or_else(|| Failure::new(format!("{text:?} is no number of hours")))
}

fn confirm(username: &str, org: &str, bucket: &str, seconds: i64) -> Outcome {
    let retention = if seconds == 0 { "infinite".to_owned() } else { Span::of_seconds(seconds) };
    let question = format!(
        "Setup with these parameters?\n  Username:          {username}\n  Organization:      {org}\n  \
         Bucket:            {bucket}\n  Retention Period:  {retention}\n(y/N)"
    );
    match secret::ask_text(&question, None)?.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new("setup was canceled")),
    }
}
