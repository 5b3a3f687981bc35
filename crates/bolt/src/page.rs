//! Pages: a header, then elements that point to keys and values in the same page.

use crate::Error;

/// Length of a page's header: number, flags, number of elements, number of further pages.
pub(crate) const HEADER: usize = 16;
/// Length of an element.
const ELEMENT: usize = 16;
const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
/// The flag of a leaf element whose value is a bucket.
const IS_BUCKET: u32 = 0x01;

/// A page with all the pages that it overflows into.
pub(crate) struct Page<'a> {
    bytes: &'a [u8],
    pub kind: Kind,
    elements: usize,
}

/// The kinds of pages in a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its elements point to other pages.
    Branch,
    /// Its elements hold values.
    Leaf,
}

/// An element of a leaf page.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'a> {
    pub is_bucket: bool,
    pub key: &'a [u8],
    pub value: &'a [u8],
}

/// Returns the eight bytes at an offset as a number.
pub(crate) fn number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// Returns the four bytes at an offset as a number.
pub(crate) fn short_number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn flags(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// Returns the four bytes at an offset as a length or a distance.
fn length(bytes: &[u8], at: usize) -> Result<usize, Error> {
    short_number(bytes, at).and_then(|number| usize::try_from(number).ok()).ok_or(Error::Truncated)
}

impl<'a> Page<'a> {
    /// Returns the number of further pages that the page at the beginning of these bytes overflows into.
    pub fn overflow(bytes: &[u8]) -> Result<usize, Error> {
        length(bytes, 12)
    }

    /// Reads a page of the file that must have this number.
    pub fn numbered(bytes: &'a [u8], expected: u64) -> Result<Self, Error> {
        let page = Self::inline(bytes)?;
        if number(bytes, 0) == Some(expected) { Ok(page) } else { Err(Error::Kind) }
    }

    /// Reads a page whose number is of no importance.
    pub fn inline(bytes: &'a [u8]) -> Result<Self, Error> {
        let kind = match flags(bytes, 8).ok_or(Error::Truncated)? {
            BRANCH => Kind::Branch,
            LEAF => Kind::Leaf,
            _ => return Err(Error::Kind),
        };
        Ok(Self { bytes, kind, elements: flags(bytes, 10).ok_or(Error::Truncated)?.into() })
    }

    /// Adds the numbers of the pages below a branch page.
    pub fn children(&self, children: &mut Vec<u64>) -> Result<(), Error> {
        let mut room = self.room()?;
        for index in 0..self.elements {
            let (at, element) = self.element(index)?;
            room.take(length(element, 4)?)?;
            self.part(at, length(element, 0)?, length(element, 4)?)?;
            children.push(number(element, 8).ok_or(Error::Truncated)?);
        }
        Ok(())
    }

    /// Adds the elements of a leaf page.
    pub fn leaves(&self, leaves: &mut Vec<Leaf<'a>>) -> Result<(), Error> {
        if self.kind != Kind::Leaf {
            return Err(Error::Kind);
        }
        let mut room = self.room()?;
        for index in 0..self.elements {
            let (at, element) = self.element(index)?;
            let is_bucket = short_number(element, 0).ok_or(Error::Truncated)? & IS_BUCKET != 0;
            let (distance, key, value) = (length(element, 4)?, length(element, 8)?, length(element, 12)?);
            room.take(key)?;
            room.take(value)?;
            let both = self.part(at, distance, key.checked_add(value).ok_or(Error::Truncated)?)?;
            let (key, value) = both.split_at_checked(key).ok_or(Error::Truncated)?;
            leaves.push(Leaf { is_bucket, key, value });
        }
        Ok(())
    }

    /// Returns an element and its offset.
    fn element(&self, index: usize) -> Result<(usize, &'a [u8]), Error> {
        let at = HEADER + index * ELEMENT;
        Ok((at, self.bytes.get(at..at + ELEMENT).ok_or(Error::Truncated)?))
    }

    /// Returns what an element points to: its distance is counted from the element itself.
    fn part(&self, element: usize, distance: usize, length: usize) -> Result<&'a [u8], Error> {
        let start = element.checked_add(distance).ok_or(Error::Truncated)?;
        let end = start.checked_add(length).ok_or(Error::Truncated)?;
        self.bytes.get(start..end).ok_or(Error::Truncated)
    }

    /// Returns the space for keys and values.
    fn room(&self) -> Result<Room, Error> {
        self.bytes.len().checked_sub(HEADER + self.elements * ELEMENT).map(Room).ok_or(Error::Truncated)
    }
}

/// The space of a page that its keys and values have not used. Keys and values that share bytes would let a small file
/// hold endless content.
struct Room(usize);

impl Room {
    fn take(&mut self, length: usize) -> Result<(), Error> {
        self.0 = self.0.checked_sub(length).ok_or(Error::Overlap)?;
        Ok(())
    }
}
