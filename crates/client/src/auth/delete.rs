//! `jeton auth delete`.

use clap::Args;

use crate::{
    authorization::{Authorization, Row},
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::Deleted,
};

/// An authorization to delete.
#[derive(Args)]
pub struct Delete {
    /// Id of the authorization (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

impl Delete {
    /// Deletes it and prints the deleted record.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let path = path(&self.id);
        let found = session.client.get(&path).read::<Authorization>().await;
        let found = found.while_doing(format!("could not find auth with ID {:?}", self.id))?;
        let deleted = session.client.delete(&path).done().await;
        deleted.while_doing(format!("could not remove auth with ID {:?}", self.id))?;
        session.printer.one(&Deleted(Row::from(found)))
    }
}

/// Returns the path of an authorization; the id is escaped as one segment.
pub fn path(id: &str) -> String {
    format!("/api/v2/authorizations/{}", crate::url::segment(id))
}
