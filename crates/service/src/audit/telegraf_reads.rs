//! Reads of telegraf configurations' texts, for the audit log. A text may hold secrets, so its reads are recorded. They
//! are queued in memory and written together later, so that a read does not wait for the write lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use moka::sync::Cache;

use jeton_model::{Id, OrgId, Telegraf, TelegrafId, Timestamp};

use crate::{Caller, Error, Service};

use super::{
    Event,
    detail::{Count, Named, telegrafs::TelegrafsRead},
    entry::{Actor, Entry},
};

/// Minimum time between recorded reads of one configuration by one reader, in seconds.
const ONE_IN_SECONDS: i64 = 60;
/// Maximum number of pairs of reader and configuration that are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;
/// Maximum number of reads that wait to be written.
const WAITING: usize = 20_000;
/// Maximum number of configurations that one entry names.
const NAMED: usize = 500;
/// Maximum number of entries in one transaction, which holds the write lock.
const AT_ONCE: usize = 200;

/// The token or the session of a reader.
type Reader = (Option<Id>, Option<String>);

/// A read of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    by: Actor,
    org: OrgId,
    id: TelegrafId,
    name: String,
}

#[derive(Default)]
struct Queue {
    reads: Vec<Read>,
    left_out: u64,
}

/// Reads that were not written yet, in bounded memory.
pub(crate) struct TelegrafReads {
    waiting: Mutex<Queue>,
    /// Held while reads are written: when [`Service::write_reads`] returns, all earlier reads are in the log.
    writing: tokio::sync::Mutex<()>,
    seen: Cache<(Reader, TelegrafId), Arc<Mutex<Timestamp>>>,
}

impl Default for TelegrafReads {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            seen: Cache::builder().max_capacity(REMEMBERED).build(),
        }
    }
}

impl TelegrafReads {
    /// Queues reads, except those repeated by the same reader within a minute.
    fn note(&self, reads: impl IntoIterator<Item = Read>) {
        let mut due: Vec<Read> = reads.into_iter().filter(|read| self.is_due(read)).collect();
        if due.is_empty() {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let room = WAITING.saturating_sub(waiting.reads.len());
        waiting.left_out += due.len().saturating_sub(room) as u64;
        due.truncate(room);
        waiting.reads.append(&mut due);
    }

    fn is_due(&self, read: &Read) -> bool {
        let reader = (read.by.authorization, read.by.session.clone());
        let mut is_first = false;
        let noted_at = self.seen.get_with((reader, read.id), || {
            is_first = true;
            Arc::new(Mutex::new(read.by.at))
        });
        let mut noted_at = noted_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = is_first || read.by.at.seconds_since(*noted_at) >= ONE_IN_SECONDS;
        if is_due {
            *noted_at = read.by.at;
        }
        is_due
    }

    fn take(&self) -> Queue {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts back what could not be written, as far as there is room.
    fn give_back(&self, mut unwritten: Queue) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.reads.append(&mut waiting.reads);
        let over = unwritten.reads.len().saturating_sub(WAITING);
        unwritten.reads.truncate(WAITING);
        waiting.left_out += unwritten.left_out + over as u64;
        waiting.reads = unwritten.reads;
    }
}

impl Service {
    /// Records that a caller read the texts of these configurations in one request.
    pub(crate) fn note_texts_read<'a>(&self, caller: &Caller, telegrafs: impl IntoIterator<Item = &'a Telegraf>) {
        let by = Actor::of(caller, self.now());
        let read = |one: &Telegraf| Read { by: by.clone(), org: one.org, id: one.id, name: one.name.clone() };
        self.0.reads.note(telegrafs.into_iter().map(read));
    }

    /// Writes the reads that were recorded since the last time. Those that cannot be written are kept for the next
    /// time.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn write_reads(&self) -> Result<(), Error> {
        let _writing = self.0.reads.writing.lock().await;
        let taken = self.0.reads.take();
        if taken.reads.is_empty() && taken.left_out == 0 {
            return Ok(());
        }
        let entries = entries(&taken.reads, taken.left_out, self.now());
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(AT_ONCE.min(rest.len()));
            if let Err(error) = self.write_entries(some).await {
                // Some may be written twice then; none is lost.
                self.0.reads.give_back(taken);
                return Err(error);
            }
            rest = others;
        }
        Ok(())
    }

    async fn write_entries(&self, entries: &[(Actor, Entry)]) -> Result<(), Error> {
        let mut change = self.begin_job().await?;
        for (actor, entry) in entries {
            change.record_of(actor, entry).await?;
        }
        change.commit().await
    }
}

/// Groups reads into entries, one per reader and organization: a list of many configurations is one event.
fn entries(reads: &[Read], left_out: u64, now: Timestamp) -> Vec<(Actor, Entry)> {
    let mut groups: BTreeMap<(Reader, Id), Vec<&Read>> = BTreeMap::new();
    for read in reads {
        let reader = (read.by.authorization, read.by.session.clone());
        groups.entry((reader, read.org.into())).or_default().push(read);
    }
    let mut entries: Vec<(Actor, Entry)> =
        groups.values().flat_map(|group| group.chunks(NAMED)).filter_map(entry).collect();
    entries.sort_by_key(|(actor, _)| actor.at);
    if left_out > 0 {
        let entry = Entry::new(Event::ReadsLeftOut, None, None, Count { count: left_out });
        entries.push((Actor::stranger(now, None), entry));
    }
    entries
}

fn entry(group: &[&Read]) -> Option<(Actor, Entry)> {
    let first = group.first()?;
    let org = Some(first.org);
    let entry = if group.len() == 1 {
        Entry::new(Event::TelegrafRead, org, Some(first.id.into()), Named { name: &first.name })
    } else {
        let detail = TelegrafsRead::of(group.iter().map(|read| read.id).collect());
        Entry::new(Event::TelegrafsRead, org, None, detail)
    };
    Some((first.by.clone(), entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn read(reader: u64, configuration: u64, at: Timestamp) -> Read {
        let by = Actor { authorization: Id::new(reader), ..Actor::stranger(at, None) };
        let id = |number| Id::new(number).unwrap();
        Read { by, org: OrgId(id(1)), id: TelegrafId(id(configuration)), name: "roof".into() }
    }

    #[test]
    fn a_reader_is_noted_once_a_minute_for_each_configuration() {
        let reads = TelegrafReads::default();
        for second in 0..120 {
            for (reader, configuration) in [(1, 1), (1, 2), (2, 1)] {
                reads.note([read(reader, configuration, NOW.plus_seconds(second))]);
            }
        }
        assert_eq!(reads.take().reads.len(), 6);
    }

    #[test]
    fn a_list_is_one_entry_that_names_every_configuration() {
        let reads: Vec<Read> = (1..=3).map(|number| read(1, number, NOW)).chain([read(2, 9, NOW)]).collect();
        let entries = entries(&reads, 0, NOW);
        let recorded: Vec<_> = entries.iter().map(|(_, entry)| (entry.event, entry.subject.is_some())).collect();
        assert_eq!(recorded, [(Event::TelegrafsRead, false), (Event::TelegrafRead, true)]);
        assert_eq!(entries[0].1.detail()["count"], 3);
        assert_eq!(entries[0].1.detail()["configurations"][2], "0000000000000003");
    }

    #[test]
    fn a_flood_fills_no_memory_and_is_counted() {
        let reads = TelegrafReads::default();
        reads.note((1..=WAITING as u64 + 5).map(|configuration| read(1, configuration, NOW)));
        let taken = reads.take();
        assert_eq!((taken.reads.len(), taken.left_out), (WAITING, 5));
        reads.note([read(2, 1, NOW)]);
        reads.give_back(taken);
        let taken = reads.take();
        assert_eq!((taken.reads.len(), taken.left_out), (WAITING, 6));
        let last = entries(&taken.reads[..1], taken.left_out, NOW).pop().unwrap().1;
        assert_eq!((last.event, last.detail().to_string()), (Event::ReadsLeftOut, r#"{"count":6}"#.into()));
    }
}
