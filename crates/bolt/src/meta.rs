//! The two meta pages, of which the valid one with the last transaction counts.

use crate::{
    Error,
    page::{self, HEADER},
};

const MAGIC: u32 = 0xED0C_DAED;
const VERSION: u32 = 2;
/// The page sizes of operating systems, and bbolt's limits of its search for the second meta page.
const MIN_PAGE_SIZE: usize = 1 << 10;
const MAX_PAGE_SIZE: usize = 1 << 24;
/// Length of what the checksum covers, and of the checksum.
const COVERED: usize = 56;
const LENGTH: usize = COVERED + 8;

/// The content of a meta page.
#[derive(Clone, Copy)]
pub(crate) struct Meta {
    /// Length of a page in bytes.
    pub page_size: usize,
    /// Number of the page that lists the buckets.
    pub root: u64,
    /// Number of pages ever used; all page numbers are below.
    pub pages: u64,
    transaction: u64,
}

impl Meta {
    /// Returns the valid meta page with the last transaction.
    pub fn last(file: &[u8]) -> Result<Self, Error> {
        let first = Self::at(file, 0);
        let second = match &first {
            Ok(meta) => Self::at(file, meta.page_size),
            // Its page size is unknown: try each.
            Err(error) => Self::anywhere(file).ok_or(*error),
        };
        match (first, second) {
            (Ok(first), Ok(second)) if second.transaction > first.transaction => Ok(second),
            (Ok(meta), _) | (Err(_), Ok(meta)) => Ok(meta),
            (Err(error), Err(_)) => Err(error),
        }
    }

    fn anywhere(file: &[u8]) -> Option<Self> {
        let sizes = std::iter::successors(Some(MIN_PAGE_SIZE), |size| (*size < MAX_PAGE_SIZE).then_some(size * 2));
        sizes.into_iter().find_map(|size| Self::at(file, size).ok().filter(|meta| meta.page_size == size))
    }

    fn at(file: &[u8], offset: usize) -> Result<Self, Error> {
        let bytes = file.get(offset..).and_then(|page| page.get(HEADER..HEADER + LENGTH)).ok_or(Error::NotBolt)?;
        let short = |at| page::short_number(bytes, at).ok_or(Error::NotBolt);
        let long = |at| page::number(bytes, at).ok_or(Error::NotBolt);
        if short(0)? != MAGIC {
            return Err(Error::NotBolt);
        }
        if short(4)? != VERSION {
            return Err(Error::Version);
        }
        if long(COVERED)? != fnv_1a(&bytes[..COVERED]) {
            return Err(Error::Checksum);
        }
        let page_size = usize::try_from(short(8)?).map_err(|_| Error::PageSize)?;
        if !page_size.is_power_of_two() || !(MIN_PAGE_SIZE..=MAX_PAGE_SIZE).contains(&page_size) {
            return Err(Error::PageSize);
        }
        Ok(Self { page_size, root: long(16)?, pages: long(40)?, transaction: long(48)? })
    }
}

/// The 64-bit hash FNV-1a.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
