//! Errors of damaged, truncated or foreign files.

use std::fmt;

/// The reason why a file can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It has no meta page of BoltDB.
    NotBolt,
    /// It has another version of the format.
    Version,
    /// Its page size is impossible.
    PageSize,
    /// The checksums of both meta pages are wrong.
    Checksum,
    /// A page, an element or a value lies outside of the file or of its page.
    Truncated,
    /// A page is of an unexpected kind, or has another page's number.
    Kind,
    /// A page is part of the tree twice.
    Cycle,
    /// The elements of a page overlap.
    Overlap,
    /// Keys are not in order.
    Order,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotBolt => "this is not a BoltDB file",
            Self::Version => "the version of the BoltDB format is not supported",
            Self::PageSize => "the BoltDB file is damaged: its page size is impossible",
            Self::Checksum => "the BoltDB file is damaged: the checksums of both meta pages are wrong",
            Self::Truncated => "the BoltDB file is damaged or was cut off: a page reaches beyond its end",
            Self::Kind => "the BoltDB file is damaged: a page is of an unexpected kind",
            Self::Cycle => "the BoltDB file is damaged: a page is used twice",
            Self::Overlap => "the BoltDB file is damaged: the elements of a page overlap",
            Self::Order => "the BoltDB file is damaged: its keys are not in order",
        })
    }
}

impl std::error::Error for Error {}
