//! Promises of the reader, on influxd's own file, on made-up ones and on damaged ones.

mod support;

use jeton_bolt::{Bolt, Error};

use support::{INFLUXD, Numbers, PAGE, branch, file, leaf, leaf_with, meta};

type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Reads a bucket of a file.
fn read(file: &[u8], name: &[u8]) -> Result<Option<Entries>, Error> {
    let Some(bucket) = Bolt::open(file)?.bucket(name)? else { return Ok(None) };
    let entries = bucket.entries()?.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec()));
    Ok(Some(entries.collect()))
}

/// Reads every bucket of a file; returns the number of bytes of all keys and values.
fn read_all(file: &[u8]) -> Result<usize, Error> {
    let mut length = 0;
    for (_, bucket) in Bolt::open(file)?.buckets()? {
        let found = bucket.entries()?.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        assert!(found <= file.len(), "a bucket holds no more than its file");
        length += found;
    }
    Ok(length)
}

fn keys(file: &[u8]) -> Result<Vec<String>, Error> {
    let found = read(file, b"b")?.expect("the bucket");
    Ok(found.into_iter().map(|(key, _)| String::from_utf8(key).expect("text")).collect())
}

#[test]
fn influxds_records_are_read_from_pages_and_from_inline_buckets() {
    let tokens = read(INFLUXD, b"authorizationsv1").unwrap().expect("in pages of their own");
    let ids: Vec<_> = tokens.iter().map(|(id, _)| id.as_slice()).collect();
    let known: [&[u8]; 4] = [b"11b604cdb1df7000", b"11b604cdd39f7000", b"11b604cdd55f7000", b"11b604cdd65f7000"];
    assert_eq!(ids, known);
    let hash = b"\"hashedToken\":\"$influxdb2-sha256$kus07vVM2DONQuLLfSB5OVQe8tjJ0qULn013a3uSsCg=\"";
    assert!(tokens[0].1.windows(hash.len()).any(|part| part == hash), "the value is whole");
    let users = read(INFLUXD, b"userindexv1").unwrap().expect("inline");
    let names: Vec<_> = users.iter().map(|(name, _)| name.as_slice()).collect();
    assert_eq!(names, [b"alice".as_slice(), b"bob", b"eve"]);
    assert_eq!(users[2].1, b"11b604cdca1f7000");
    assert_eq!(read(INFLUXD, b"tasksv1").unwrap(), Some(Vec::new()), "an empty bucket");
    assert_eq!(read(INFLUXD, b"nothing").unwrap(), None);
}

#[test]
fn every_bucket_of_influxd_is_named() {
    let buckets = Bolt::open(INFLUXD).unwrap().buckets().unwrap();
    assert_eq!((buckets.len(), buckets[0].0), (54, b"authorizationhashedindexv1".as_slice()));
    assert_eq!(read_all(INFLUXD), Ok(12_816), "bytes");
}

#[test]
fn a_tree_is_read_in_the_order_of_its_keys() {
    let long = vec![b'x'; 3 * PAGE];
    let tree = file(&[
        branch(3, &[(b"a", 4), (b"c", 5), (b"m", 6)]),
        leaf(4, &[(b"a", b"1"), (b"b", b"")]),
        branch(5, &[(b"c", 7), (b"d", 8)]),
        leaf(6, &[(b"m", b"5")]),
        leaf(7, &[(b"c", b"3")]),
        leaf(8, &[(b"d", &long), (b"e", b"4")]),
    ]);
    assert_eq!(keys(&tree), Ok(["a", "b", "c", "d", "e", "m"].map(str::to_owned).into()));
    let found = read(&tree, b"b").unwrap().expect("the bucket");
    assert_eq!(found[3].1, long, "a value may be longer than a page");
}

#[test]
fn a_bucket_inside_a_bucket_is_no_value() {
    let nested = file(&[leaf_with(3, &[(0, b"a", b"1"), (1, b"b", &[0; 32]), (0, b"c", b"2")])]);
    assert_eq!(keys(&nested), Ok(vec!["a".into(), "c".into()]));
}

#[test]
fn the_last_valid_transaction_counts() {
    let pages = [leaf(2, &[]), leaf(3, &[])].concat();
    let with = |first: u64, second: u64| [meta(0, 2, 4, first), meta(1, 3, 4, second), pages.clone()].concat();
    // Returns whether damage to a page is noticed, which means that it is read.
    let is_read = |mut file: Vec<u8>, page: usize| {
        file[page * PAGE] ^= 0xff;
        Bolt::open(&file).unwrap().buckets().is_err()
    };
    assert!(is_read(with(7, 6), 2) && !is_read(with(7, 6), 3), "the first");
    assert!(is_read(with(7, 8), 3) && !is_read(with(7, 8), 2), "the second");
    let mut torn = with(7, 8);
    torn[PAGE + 16 + 50] ^= 1;
    assert!(is_read(torn, 2), "the second was not written whole");
    let mut torn = with(8, 7);
    torn[16 + 50] ^= 1;
    assert!(is_read(torn.clone(), 3), "nor was the first");
    torn[PAGE + 16 + 50] ^= 1;
    assert_eq!(Bolt::open(&torn).err(), Some(Error::Checksum));
}

#[test]
fn other_files_are_told_from_boltdb() {
    let sqlite = [b"SQLite format 3\0".as_slice(), &[0; 8192]].concat();
    for foreign in [b"".as_slice(), b"{}", &[0; 4096], &sqlite] {
        assert_eq!(Bolt::open(foreign).err(), Some(Error::NotBolt));
    }
    let mut other = meta(0, 2, 3, 1);
    other[20] = 3;
    assert_eq!(Bolt::open(&other).err(), Some(Error::Version));
}

#[test]
fn a_page_that_is_used_twice_is_an_error() {
    let own_child = file(&[branch(3, &[(b"a", 3)])]);
    assert_eq!(keys(&own_child), Err(Error::Cycle));
    let each_other = file(&[branch(3, &[(b"a", 4)]), branch(4, &[(b"a", 3)])]);
    assert_eq!(keys(&each_other), Err(Error::Cycle));
    // Without the check, each level would double the work.
    let levels: Vec<Vec<u8>> = (3..60).map(|page| branch(page, &[(b"a", page + 1), (b"b", page + 1)])).collect();
    assert_eq!(keys(&file(&[levels, vec![leaf(60, &[])]].concat())), Err(Error::Cycle));
    let long = leaf(4, &[(b"a", &[0; 2 * PAGE])]);
    let inside = file(&[branch(3, &[(b"a", 4), (b"b", 5)]), long]);
    assert_eq!(keys(&inside), Err(Error::Cycle), "a page that another one overflows into");
}

#[test]
fn keys_and_values_do_not_share_bytes() {
    let mut shared = leaf(3, &[(b"a", &[1; 2000]), (b"b", &[2; 1000])]);
    // The length of the second value: it would end at the page's end.
    shared[16 + 16 + 12..16 + 32].copy_from_slice(&2060u32.to_le_bytes());
    // And it begins where the first one does.
    shared[16 + 16 + 4..16 + 16 + 8].copy_from_slice(&16u32.to_le_bytes());
    assert_eq!(keys(&file(&[shared])), Err(Error::Overlap));
}

#[test]
fn keys_that_are_not_in_order_are_an_error() {
    for (one, next) in [(b"b", b"a"), (b"a", b"a")] {
        assert_eq!(keys(&file(&[leaf(3, &[(one, b""), (next, b"")])])), Err(Error::Order));
        let tree = file(&[branch(3, &[(b"a", 4), (b"b", 5)]), leaf(4, &[(one, b"")]), leaf(5, &[(next, b"")])]);
        assert_eq!(keys(&tree), Err(Error::Order), "in different pages");
    }
}

#[test]
fn what_lies_outside_is_an_error() {
    assert_eq!(keys(&file(&[branch(3, &[(b"a", 4)])])), Err(Error::Truncated), "behind the last page");
    assert_eq!(keys(&file(&[branch(3, &[(b"a", u64::MAX)])])), Err(Error::Truncated));
    let other_number = file(&[leaf(4, &[])]);
    assert_eq!(keys(&other_number), Err(Error::Kind));
    let not_in_the_tree = file(&[meta(3, 2, 3, 1)]);
    assert_eq!(keys(&not_in_the_tree), Err(Error::Kind));
    // Position, length of the key, length of the value, further pages, number of elements.
    for at in [20, 24, 28, 12] {
        let mut page = leaf(3, &[(b"a", b"1")]);
        page[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let error = keys(&file(&[page])).unwrap_err();
        assert!(matches!(error, Error::Truncated | Error::Overlap), "{at}: {error:?}");
    }
    let mut page = leaf(3, &[(b"a", b"1")]);
    page[10..12].copy_from_slice(&u16::MAX.to_le_bytes());
    assert_eq!(keys(&file(&[page])), Err(Error::Truncated));
    let inline = [meta(0, 2, 3, 1), meta(1, 2, 3, 2), leaf_with(2, &[(1, b"b", &[0; 15])])].concat();
    assert_eq!(keys(&inline), Err(Error::Truncated), "a bucket without its header");
}

#[test]
fn no_length_of_the_file_panics() {
    for length in 0..INFLUXD.len() {
        // Every length near an edge of a page, and others now and then.
        if length % PAGE < 130 || length % 97 == 0 {
            let read = read_all(&INFLUXD[..length]);
            // The file's last pages are unused.
            assert!(read.is_err() || length >= 8 * PAGE, "{length}");
        }
    }
}

#[test]
fn no_flipped_bit_panics() {
    let mut file = INFLUXD.to_vec();
    let whole = read_all(&file).unwrap();
    for page in 0..file.len() / PAGE {
        // Headers and elements, where numbers are.
        for bit in (0..128 * 8).chain((128 * 8..1400 * 8).step_by(7)) {
            let at = page * PAGE + bit / 8;
            file[at] ^= 1 << (bit % 8);
            if let Ok(read) = read_all(&file) {
                assert!(read <= 2 * whole, "bit {bit} of page {page}");
            }
            file[at] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn no_damage_panics() {
    for seed in 0..2000 {
        let mut numbers = Numbers::from(seed);
        let mut file = INFLUXD.to_vec();
        for _ in 0..1 + numbers.below(12) {
            // Whole numbers and whole pages, which single bits do not reach.
            let (to, from) = (numbers.below(file.len() / 4) * 4, numbers.below(file.len() / 4) * 4);
            let length = [4, 8, 16, PAGE][numbers.below(4)].min(file.len() - to.max(from));
            match numbers.below(3) {
                0 => file[to..to + length].fill([0, 0x7f, 0xff][numbers.below(3)]),
                1 => file.copy_within(from..from + length, to),
                _ => file[to] = numbers.below(256) as u8,
            }
        }
        let _either = read_all(&file);
    }
}

#[test]
fn errors_are_sentences() {
    for error in [Error::NotBolt, Error::Version, Error::Truncated, Error::Cycle] {
        assert!(error.to_string().contains("BoltDB"), "{error}");
    }
}
