//! Settings of PostgreSQL's connections.

use sqlx::{Connection as _, Executor as _, any::AnyConnectOptions};

use crate::Connection;

/// Configures a connection. A writer whose connection is lost may keep the write lock until the server notices.
pub(super) async fn configure(connection: &mut Connection) -> Result<(), sqlx::Error> {
    connection.execute("SET lock_timeout = '10s'").await.map(drop)
}

/// Opens the connection to write with.
pub(super) async fn writer(options: &AnyConnectOptions) -> Result<Connection, sqlx::Error> {
    let mut connection = Connection::connect_with(options).await?;
    configure(&mut connection).await?;
    Ok(connection)
}
