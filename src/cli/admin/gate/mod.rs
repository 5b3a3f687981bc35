//! `jeton gate`: the bindings of buckets to databases behind gates. The commands use the server that `--host` names, or
//! open Jeton's database without a server and without a token.

mod explain;
mod flags;
mod online;

use clap::{Args, Subcommand};

use jeton_client::{
    error::{Failure, Outcome},
    gate::{
        GateAdopt, GateCheck, GateSync,
        bindings::{self, Place},
        row::{BindingRow, ConfirmationRow, ConfirmedRow},
    },
    output::Deleted,
};
use jeton_service::{Error, error::GateError, gates::OfflineGateError};

use crate::server::data_dir::Purpose;

use super::{
    offline::{OfflineFlags, Opened, open},
    operation_failed,
};

use flags::{GateFlags, required};
use online::OnlineFlags;

/// Commands about gates. Those about bindings need neither a server nor a token; with SQLite, the server must be stopped
/// unless it is asked.
#[derive(Subcommand)]
pub enum Gate {
    /// List the buckets that are bound to databases
    #[command(visible_aliases = ["ls", "find"])]
    List(Box<List>),
    /// Bind a bucket to a database, whose data the tokens of the bucket can access from then on
    Bind(Box<Bind>),
    /// End the binding of a bucket; its database keeps the data
    Unbind(Box<Unbind>),
    /// Make a bucket available again that was suspended because its database vanished or changed; with --all, each
    Confirm(Box<Confirm>),
    /// Compare a gate with the databases of its upstream, and suspend buckets whose database vanished (needs the server)
    Sync(Box<GateSync>),
    /// Create buckets for the databases that no bucket stands for, and bind them (needs the server)
    ///
    /// Without --apply, prints what would be done. Names that are no bucket names, names that a bucket has, databases of
    /// other gates and the database's own are left as they are, each with its reason. Of InfluxDB 2, the organization
    /// and its buckets are created with the ids that they have there.
    Adopt(Box<GateAdopt>),
    /// Ask the databases behind gates, and print what to change (needs the server)
    Check(Box<GateCheck>),
    /// Print what a request for data needs, whether its token may have it, and which permission decides
    Explain(Box<explain::Explain>),
}

/// Lists bindings.
#[derive(Args)]
pub struct List {
    /// Name of the gate; all by default
    #[arg(long, value_name = "NAME")]
    gate: Option<String>,
    #[command(flatten)]
    online: OnlineFlags,
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Binds a bucket.
#[derive(Args)]
pub struct Bind {
    #[command(flatten)]
    gate: GateFlags,
    /// Name or id of the bucket
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// Name of the database; for VictoriaMetrics, the value of the label db
    #[arg(long, value_name = "NAME")]
    database: Option<String>,
    /// Retention policy of InfluxDB 1.x; by default all of those that are not bound to another bucket
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    #[command(flatten)]
    online: OnlineFlags,
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Ends a binding.
#[derive(Args)]
pub struct Unbind {
    /// Name of the gate
    #[arg(long, value_name = "NAME")]
    gate: Option<String>,
    /// Name or id of the bucket
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    #[command(flatten)]
    online: OnlineFlags,
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Confirms a suspended bucket, or all of a gate.
#[derive(Args)]
pub struct Confirm {
    /// Name of the gate, instead of --gate
    #[arg(value_name = "NAME", conflicts_with = "gate")]
    name: Option<String>,
    #[command(flatten)]
    gate: GateFlags,
    /// Confirm each suspended bucket whose database is there again; without a server, each suspended bucket
    #[arg(long, conflicts_with = "bucket")]
    all: bool,
    /// Name or id of the bucket
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    #[command(flatten)]
    online: OnlineFlags,
    #[command(flatten)]
    flags: OfflineFlags,
}

impl Gate {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::List(list) => list.run().await,
            Self::Bind(bind) => bind.run().await,
            Self::Unbind(unbind) => unbind.run().await,
            Self::Confirm(confirm) => confirm.run().await,
            Self::Sync(sync) => sync.run().await,
            Self::Adopt(adopt) => adopt.run().await,
            Self::Check(check) => check.run().await,
            Self::Explain(explain) => explain.run().await,
        }
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let gate = self.gate.as_deref().filter(|gate| !gate.is_empty());
        if let Some(session) = self.online.session(self.flags.print).await? {
            return session.printer.list(&bindings::list(&session.client, gate).await?, "[]");
        }
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let found = opened.offline.gate_bindings(gate).await.map_err(operation_failed)?;
        opened.close().await;
        printer.list(&found.into_iter().map(BindingRow::from).collect::<Vec<_>>(), "[]")
    }
}

impl Bind {
    async fn run(&self) -> Outcome {
        if let Some(session) = self.online.session(self.flags.print).await? {
            return session.printer.one(&bindings::bind(&session.client, self.place()?).await?);
        }
        let gate = self.gate.settings()?;
        let Place { bucket, database, policy, .. } = self.place()?;
        let (database, policy) = (database.to_owned(), policy.map(str::to_owned));
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let bound = opened.offline.bind_bucket(gate, bucket, database, policy).await.map_err(failed)?;
        opened.close().await;
        printer.one(&BindingRow::from(bound))
    }

    fn place(&self) -> Outcome<Place<'_>> {
        Ok(Place {
            gate: required("gate", self.gate.gate.as_deref())?,
            bucket: required("bucket", self.bucket.as_deref())?,
            database: required("database", self.database.as_deref())?,
            policy: self.policy.as_deref().filter(|policy| !policy.is_empty()),
        })
    }
}

impl Unbind {
    async fn run(&self) -> Outcome {
        let gate = required("gate", self.gate.as_deref())?;
        let bucket = required("bucket", self.bucket.as_deref())?;
        if let Some(session) = self.online.session(self.flags.print).await? {
            return session.printer.one(&Deleted(bindings::unbind(&session.client, gate, bucket).await?));
        }
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let ended = opened.offline.unbind_bucket(gate, bucket).await.map_err(failed)?;
        opened.close().await;
        printer.one(&Deleted(BindingRow::from(ended)))
    }
}

impl Confirm {
    async fn run(&self) -> Outcome {
        let flags = GateFlags { gate: self.gate.gate.clone().or_else(|| self.name.clone()), ..self.gate.clone() };
        if self.all {
            return self.run_all(&flags).await;
        }
        let bucket = required("bucket", self.bucket.as_deref())?;
        if let Some(session) = self.online.session(self.flags.print).await? {
            let gate = required("gate", flags.gate.as_deref())?;
            return session.printer.one(&bindings::confirm(&session.client, gate, bucket).await?);
        }
        let gate = flags.settings()?;
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let confirmed = opened.offline.confirm_bucket(gate, bucket).await.map_err(failed)?;
        opened.close().await;
        printer.one(&ConfirmedRow { id: confirmed.id.to_string(), name: confirmed.name })
    }

    async fn run_all(&self, flags: &GateFlags) -> Outcome {
        if let Some(session) = self.online.session(self.flags.print).await? {
            let gate = required("gate", flags.gate.as_deref())?;
            return session.printer.list(&bindings::confirm_all(&session.client, gate).await?, "[]");
        }
        let gate = flags.settings()?;
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let confirmed = opened.offline.confirm_all(gate).await.map_err(failed)?;
        opened.close().await;
        printer.list(&confirmed.into_iter().map(ConfirmationRow::from).collect::<Vec<_>>(), "[]")
    }
}

/// Opens existing data; creates none.
async fn opened(flags: &OfflineFlags) -> Outcome<Opened> {
    open(&flags.storage, Purpose::Recover).await
}

/// Returns the failure of a command, with a hint about what to do next.
fn failed(error: OfflineGateError) -> Failure {
    match error {
        OfflineGateError::Refused(
            error @ Error::Gate(GateError::DatabaseTaken { .. } | GateError::NotBound { .. }),
        ) => operation_failed(error).hint("jeton gate list prints all bindings"),
        OfflineGateError::Refused(error) => operation_failed(error),
        OfflineGateError::NoOrg { .. } => {
            Failure::new(error.to_string()).hint("jeton recovery org list prints all organizations")
        }
        OfflineGateError::SeveralBuckets { .. } => {
            Failure::new(error.to_string()).hint("jeton gate list prints the ids")
        }
    }
}
