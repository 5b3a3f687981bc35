//! A writer of small BoltDB files, well-formed or not, and a source of reproducible numbers.

/// The real file, made by influxd 2.9.1; `data/influxd-2.9.1.kv.md` describes it.
pub const INFLUXD: &[u8] = include_bytes!("../data/influxd-2.9.1.kv");

pub const PAGE: usize = 4096;
pub const BRANCH: u16 = 1;
pub const LEAF: u16 = 2;

/// Returns a page with a header, padded to whole pages.
pub fn page(number: u64, flags: u16, elements: u16, overflow: u32, content: &[u8]) -> Vec<u8> {
    let mut page = [number.to_le_bytes().as_slice(), &flags.to_le_bytes(), &elements.to_le_bytes()].concat();
    page.extend(overflow.to_le_bytes());
    page.extend(content);
    page.resize(page.len().next_multiple_of(PAGE), 0);
    page
}

/// Returns a leaf page with values.
pub fn leaf(number: u64, entries: &[(&[u8], &[u8])]) -> Vec<u8> {
    let entries: Vec<_> = entries.iter().map(|(key, value)| (0, *key, *value)).collect();
    leaf_with(number, &entries)
}

/// Returns a leaf page with flags of its elements.
pub fn leaf_with(number: u64, entries: &[(u32, &[u8], &[u8])]) -> Vec<u8> {
    let (mut elements, mut data) = (Vec::new(), Vec::new());
    for (index, (flags, key, value)) in entries.iter().enumerate() {
        let distance = (entries.len() - index) * 16 + data.len();
        for number in [*flags, distance as u32, key.len() as u32, value.len() as u32] {
            elements.extend(number.to_le_bytes());
        }
        data.extend([*key, *value].concat());
    }
    let content = [elements, data].concat();
    let overflow = ((content.len() + 16).div_ceil(PAGE) - 1) as u32;
    page(number, LEAF, entries.len() as u16, overflow, &content)
}

/// Returns a branch page that points to pages by their first keys.
pub fn branch(number: u64, children: &[(&[u8], u64)]) -> Vec<u8> {
    let (mut elements, mut data) = (Vec::new(), Vec::new());
    for (index, (key, child)) in children.iter().enumerate() {
        let distance = (children.len() - index) * 16 + data.len();
        elements.extend((distance as u32).to_le_bytes());
        elements.extend((key.len() as u32).to_le_bytes());
        elements.extend(child.to_le_bytes());
        data.extend(*key);
    }
    page(number, BRANCH, children.len() as u16, 0, &[elements, data].concat())
}

/// Returns a meta page.
pub fn meta(number: u64, root: u64, pages: u64, transaction: u64) -> Vec<u8> {
    let mut content = Vec::new();
    for short in [0xED0C_DAED_u32, 2, PAGE as u32, 0] {
        content.extend(short.to_le_bytes());
    }
    for long in [root, 0, 2, pages, transaction] {
        content.extend(long.to_le_bytes());
    }
    let sum = content
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    content.extend(sum.to_le_bytes());
    page(number, 4, 0, 0, &content)
}

/// Returns a file: two meta pages, a list of one bucket `b` whose first page is number 3, and these pages from 3 on.
pub fn file(pages: &[Vec<u8>]) -> Vec<u8> {
    let bucket = [3u64.to_le_bytes(), 0u64.to_le_bytes()].concat();
    let root = leaf_with(2, &[(1, b"b", &bucket)]);
    let count = 3 + pages.iter().map(|page| page.len() / PAGE).sum::<usize>() as u64;
    [meta(0, 2, count, 1), meta(1, 2, count, 2), root, pages.concat()].concat()
}

/// A generator of reproducible numbers (xorshift).
pub struct Numbers(u64);

impl Numbers {
    pub fn from(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
