//! A reader of BoltDB files (bbolt's format, version 2), in which influxd v2 stores its records.
//!
//! The file is untrusted: a damaged or hostile one yields an [`Error`], never a panic or an endless loop. Work and
//! memory are bounded by the file's size, because a walk visits no page twice and the elements of a page may not
//! overlap.

mod error;
mod meta;
mod page;

use meta::Meta;
use page::{Kind, Page};

pub use error::Error;

/// An opened file. It has no `Debug`: the content is secret.
#[derive(Clone, Copy)]
pub struct Bolt<'a> {
    file: &'a [u8],
    meta: Meta,
}

/// A bucket: keys with values, in the order of the keys.
#[derive(Clone, Copy)]
pub struct Bucket<'a> {
    bolt: Bolt<'a>,
    root: Root<'a>,
}

/// The place of a bucket's first page.
#[derive(Clone, Copy)]
enum Root<'a> {
    /// A page of the file.
    Page(u64),
    /// The value of the bucket itself: small buckets are stored inline.
    Inline(&'a [u8]),
}

/// A key and its value.
pub type Entry<'a> = (&'a [u8], &'a [u8]);

/// Length of a bucket's header: the number of its first page, and a sequence.
const BUCKET_HEADER: usize = 16;

impl<'a> Bolt<'a> {
    /// Opens the content of a file, in the state of its last transaction.
    ///
    /// # Errors
    /// [`Error::NotBolt`], [`Error::Version`], [`Error::PageSize`] or [`Error::Checksum`] if neither of the two meta
    /// pages is valid.
    pub fn open(file: &'a [u8]) -> Result<Self, Error> {
        Ok(Self { file, meta: Meta::last(file)? })
    }

    /// Returns the bucket with this name; `None` if there is none.
    ///
    /// # Errors
    /// The pages that lead to it may be damaged.
    pub fn bucket(&self, name: &[u8]) -> Result<Option<Bucket<'a>>, Error> {
        let found =
            self.leaves(Root::Page(self.meta.root))?.into_iter().find(|leaf| leaf.is_bucket && leaf.key == name);
        found.map(|leaf| self.nested(leaf.value)).transpose()
    }

    /// Returns all buckets with their names, in the order of the names.
    ///
    /// # Errors
    /// The pages that lead to them may be damaged.
    pub fn buckets(&self) -> Result<Vec<(&'a [u8], Bucket<'a>)>, Error> {
        let leaves = self.leaves(Root::Page(self.meta.root))?.into_iter().filter(|leaf| leaf.is_bucket);
        leaves.map(|leaf| Ok((leaf.key, self.nested(leaf.value)?))).collect()
    }

    fn nested(self, value: &'a [u8]) -> Result<Bucket<'a>, Error> {
        let (header, inline) = value.split_at_checked(BUCKET_HEADER).ok_or(Error::Truncated)?;
        let root = match page::number(header, 0).ok_or(Error::Truncated)? {
            0 => Root::Inline(inline),
            page => Root::Page(page),
        };
        Ok(Bucket { bolt: self, root })
    }

    /// Returns all leaf elements below a page, in the order of their keys.
    fn leaves(&self, root: Root<'a>) -> Result<Vec<page::Leaf<'a>>, Error> {
        let mut leaves = Vec::new();
        match root {
            Root::Inline(bytes) => Page::inline(bytes)?.leaves(&mut leaves)?,
            Root::Page(first) => self.walk(first, &mut leaves)?,
        }
        // Also the keys of different pages: binary search would miss a key that is out of order.
        if leaves.is_sorted_by(|one, next| one.key < next.key) { Ok(leaves) } else { Err(Error::Order) }
    }

    fn walk(&self, first: u64, leaves: &mut Vec<page::Leaf<'a>>) -> Result<(), Error> {
        let mut seen = vec![false; self.file.len() / self.meta.page_size];
        let mut next = vec![first];
        while let Some(number) = next.pop() {
            let page = self.page(number, &mut seen)?;
            match page.kind {
                Kind::Leaf => page.leaves(leaves)?,
                Kind::Branch => {
                    let children = next.len();
                    page.children(&mut next)?;
                    // The last is popped first.
                    next[children..].reverse();
                }
            }
        }
        Ok(())
    }

    /// Returns a page with those that it overflows into, and marks them as seen.
    fn page(&self, number: u64, seen: &mut [bool]) -> Result<Page<'a>, Error> {
        let size = self.meta.page_size;
        let first = usize::try_from(number).ok().filter(|_| number < self.meta.pages).ok_or(Error::Truncated)?;
        let start = first.checked_mul(size).ok_or(Error::Truncated)?;
        let bytes = self.file.get(start..).ok_or(Error::Truncated)?;
        let count = Page::overflow(bytes)?.checked_add(1).ok_or(Error::Truncated)?;
        let length = count.checked_mul(size).ok_or(Error::Truncated)?;
        let bytes = bytes.get(..length).ok_or(Error::Truncated)?;
        for one in seen.get_mut(first..first + count).ok_or(Error::Truncated)? {
            if std::mem::replace(one, true) {
                return Err(Error::Cycle);
            }
        }
        Page::numbered(bytes, number)
    }
}

impl<'a> Bucket<'a> {
    /// Returns all keys with their values, in the order of the keys, without the buckets inside this one.
    ///
    /// # Errors
    /// The pages of the bucket may be damaged.
    pub fn entries(&self) -> Result<Vec<Entry<'a>>, Error> {
        let leaves = self.bolt.leaves(self.root)?;
        Ok(leaves.into_iter().filter(|leaf| !leaf.is_bucket).map(|leaf| (leaf.key, leaf.value)).collect())
    }
}
