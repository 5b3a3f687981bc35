//! The cache of verdicts about Flux queries, from the syntax trees of the database's own parser.

use std::{sync::Arc, time::Duration};

use jeton_gate::{FluxText, Settings, Verdict};
use moka::sync::Cache;
use tokio::{sync::Semaphore, time::timeout};

use crate::upstream::{NoResponse, Upstream};

/// Maximum number of bytes of a syntax tree, which takes about twenty times as many in memory.
const TREE: usize = 2 * 1024 * 1024;
/// Maximum number of syntax trees in memory at once.
const AT_ONCE: usize = 4;
/// Maximum time for which a query waits for its turn to be parsed.
const WAIT: Duration = Duration::from_secs(10);
/// Maximum number of bytes of the cached queries.
const MEMORY: u64 = 32 * 1024 * 1024;
/// Estimated number of bytes of a verdict besides its query.
const OVERHEAD: u32 = 512;
/// Maximum age of a verdict: the database may get another parser.
const KEPT_FOR: Duration = Duration::from_secs(600);

/// The cached verdicts. The key is the whole query: a collision of hashes never returns another query's verdict.
pub(crate) struct VerdictCache {
    cache: Cache<FluxText, Arc<Verdict>>,
    inspections: Semaphore,
}

impl VerdictCache {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder().max_capacity(MEMORY).time_to_live(KEPT_FOR).weigher(weight).build();
        Self { cache, inspections: Semaphore::new(AT_ONCE) }
    }

    /// Returns the verdict about a query; `None` if the database returned no syntax tree, or if the wait exceeded its
    /// maximum.
    ///
    /// # Errors
    /// Fails if the database gave no answer, or one that is too large.
    pub(crate) async fn of(
        &self,
        upstream: &Upstream,
        settings: &Settings,
        text: &FluxText,
    ) -> Result<Option<Arc<Verdict>>, NoResponse> {
        if let Some(known) = self.cache.get(text) {
            return Ok(Some(known));
        }
        let Ok(_permit) = timeout(WAIT, self.inspections.acquire()).await else { return Ok(None) };
        // Another request with the same query may have stored it meanwhile.
        if let Some(known) = self.cache.get(text) {
            return Ok(Some(known));
        }
        let answered = upstream.ask(&text.syntax_request(), TREE).await?;
        let Some(verdict) = Verdict::of(text, settings, answered.status.as_u16(), &answered.body) else {
            return Ok(None);
        };
        let verdict = Arc::new(verdict);
        self.cache.insert(text.clone(), Arc::clone(&verdict));
        Ok(Some(verdict))
    }
}

/// Returns the number of bytes of an entry: the query is both the key and a part of the verdict.
fn weight(text: &FluxText, _: &Arc<Verdict>) -> u32 {
    u32::try_from(text.as_str().len()).unwrap_or(u32::MAX).saturating_mul(2).saturating_add(OVERHEAD)
}
