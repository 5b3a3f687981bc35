//! `jeton user sessions`.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::{Shown, print},
};

use super::password::Whose;

/// Commands on the sessions of a user.
#[derive(Subcommand)]
pub enum Sessions {
    /// List the sessions of a user
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// End one session of a user, or all of them
    End(Box<End>),
}

/// The user whose sessions are listed.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    whose: Whose,

    #[command(flatten)]
    common: CommonFlags,
}

/// The sessions to end.
#[derive(Args)]
pub struct End {
    #[command(flatten)]
    whose: Whose,

    /// Id of the session, from the list; by default all sessions of the user are ended
    #[arg(long, value_name = "ID")]
    session: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Row(Value);

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Kind", "Client", "Address", "Created", "Last Used", "Expires"]
    }

    fn cells(&self) -> Vec<String> {
        let text = |name| self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        ["id", "kind", "client", "address", "createdAt", "lastUsedAt", "expiresAt"].map(text).into()
    }
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    sessions: Vec<Row>,
}

impl Sessions {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::List(list) => list.run().await,
            Self::End(end) => end.run().await,
        }
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let (id, shown) = self.whose.find(&session.client).await?;
        let found = session.client.get(format!("/api/v2/users/{id}/sessions")).read::<Found>().await;
        let Found { sessions } = found.while_doing(format!("failed to list the sessions of user {shown:?}"))?;
        session.printer.list(&sessions, "[]")
    }
}

impl End {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let (id, shown) = self.whose.find(&session.client).await?;
        let one = self.session.as_deref().filter(|key| !key.is_empty());
        let path = match one {
            Some(key) => {
                let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
                format!("/api/v2/users/{id}/sessions/{key}")
            }
            None => format!("/api/v2/users/{id}/sessions"),
        };
        let ended = session.client.delete(path).done().await;
        ended.while_doing(format!("failed to sign out user {shown:?}"))?;
        let what = one.map_or_else(|| "everywhere".to_owned(), |key| format!("of session {key:?}"));
        print(&format!("Successfully signed out user {shown:?} {what}\n"))
    }
}
