//! `jeton telegrafs create`, `update` and `rm`.

use std::{
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    resolve,
};

use super::{PATH, Row, by_id_or_name, path};

/// A configuration to create.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    org: OrgFlags,

    #[command(flatten)]
    content: Content,

    #[command(flatten)]
    common: CommonFlags,
}

/// A configuration to change.
#[derive(Args)]
pub struct Update {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the configuration (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    #[command(flatten)]
    content: Content,

    #[command(flatten)]
    common: CommonFlags,
}

/// Configurations to delete.
#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the configuration; may be repeated (required)
    #[arg(long, short, required = true, value_delimiter = ',', value_name = "ID")]
    id: Vec<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The flags with the content of a configuration.
#[derive(Args)]
struct Content {
    /// Name of the configuration
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,

    /// Description of the configuration
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,

    /// File that holds the configuration in TOML; standard input by default
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Create {
    /// Creates it and shows it.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let client = &session.client;
        let config = self.content.text()?.ok_or_else(|| {
            Failure::new("no configuration was given; name its file with --file, or write it to standard input")
        })?;
        let org = resolve::org(client, &session.profile, &self.org).await?;
        let name = self.content.name.clone().unwrap_or_default();
        let description = self.content.description.clone().unwrap_or_default();
        let body = json!({"orgID": org, "name": name, "description": description, "config": config});
        let created = client.post(PATH).json(&body).read::<Row>().await;
        session.printer.one(&created.while_doing(format!("failed to create telegraf config {name:?}"))?)
    }
}

impl Update {
    /// Changes what is given and keeps the rest.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let (client, Content { name, description, .. }) = (&session.client, &self.content);
        let config = self.content.text()?;
        if name.is_none() && description.is_none() && config.is_none() {
            return Err(Failure::new("nothing to change; give --name, --description or --file"));
        }
        let id = by_id_or_name(&session, &self.id, &self.org).await?;
        let found = client.get(path(id)).read::<Row>().await;
        let found = found.while_doing(format!("failed to find telegraf config with ID {:?}", self.id))?;
        let or_kept = |given: Option<String>, member: &str| given.unwrap_or_else(|| found.text(member));
        let body = json!({
            "orgID": found.text("orgID"),
            "name": or_kept(name.clone(), "name"),
            "description": or_kept(description.clone(), "description"),
            "config": or_kept(config, "config"),
        });
        let changed = client.put(path(id)).json(&body).read::<Row>().await;
        session.printer.one(&changed.while_doing(format!("failed to update telegraf config with ID {:?}", self.id))?)
    }
}

impl Remove {
    /// Looks all of them up before the first is deleted. Prints nothing, as `influx` does.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let mut ids = Vec::new();
        for text in self.id.iter().filter(|text| !text.is_empty()) {
            ids.push((by_id_or_name(&session, text, &self.org).await?, text));
        }
        for (id, text) in ids {
            let deleted = session.client.delete(path(id)).done().await;
            deleted.while_doing(format!("failed to delete telegraf config with ID {text:?}"))?;
        }
        Ok(())
    }
}

impl Content {
    /// Returns the text of the file, or what is written to standard input; `None` if nothing is.
    fn text(&self) -> Outcome<Option<String>> {
        let file = self.file.as_deref().filter(|file| !file.as_os_str().is_empty());
        let read = match file {
            None if io::stdin().is_terminal() => return Ok(None),
            Some(file) if file != Path::new("-") => fs::read_to_string(file)
                .map_err(|error| Failure::new(format!("{} can't be read: {error}", file.display())))?,
            _ => io::read_to_string(io::stdin())
                .map_err(|error| Failure::new(format!("standard input can't be read: {error}")))?,
        };
        Ok(Some(read).filter(|text| file.is_some() || !text.trim().is_empty()))
    }
}
