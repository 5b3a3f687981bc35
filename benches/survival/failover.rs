//! The failover of a PostgreSQL that is replicated synchronously.

use crate::{
    Outcome,
    common::{Result, server::First},
    load::{Before, Load},
    node::{Node, audit_log_is_whole},
    patroni::Cluster,
};

/// Number of failovers.
const FAILOVERS: usize = 2;
/// Number of acknowledged changes before and after each.
const CHANGES: usize = 200;

/// While the primary is killed and a synchronous standby takes over, requests are answered with 503; then everything
/// works, and nothing acknowledged is lost.
pub async fn failover() -> Result<Outcome> {
    let Some(mut cluster) = Cluster::start().await? else {
        return Ok(Outcome::LeftOut("it needs PostgreSQL, Patroni, etcd and HAProxy"));
    };
    let node = Node::start(&cluster.url())?;
    let first = First::set_up(node.address).await?;
    let mut load = Load::start(node.address, &first, Before::Nothing);
    for _ in 0..FAILOVERS {
        load.acknowledges(CHANGES).await?;
        let killed = cluster.kill_primary().await?;
        load.is_refused().await?;
        load.acknowledges(CHANGES).await?;
        cluster.resume(killed)?;
        cluster.is_ready().await?;
    }
    let acknowledged = load.stop().await?;
    acknowledged.holds_at(node.address, &first).await?;
    audit_log_is_whole(&cluster.url(), acknowledged.changes()).await?;
    Ok(Outcome::Passed)
}
