//! The report of tests that are left out because a program is not installed.

use std::{
    env,
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
    thread,
};

/// Name of the variable with the file to which [`report`] appends. `scripts/test` sets it, shows the lines in its
/// summary, and fails because of them where nothing may be left out.
const FILE: &str = "JETON_LEFT_OUT";

/// Reports that the running test is left out, wholly or in part, in a way that the test runner does not capture: a run
/// without it must not look complete. `reason`: such as "nginx is not installed".
pub fn report(reason: &str) {
    let thread = thread::current();
    let line = format!("left out: {} ({reason})\n", thread.name().unwrap_or("a test"));
    let file = env::var_os(FILE);
    write(file.as_deref().map(Path::new), &line).expect("a place for what is left out");
}

/// Reports that the running test is left out, because a program that `scripts/setup` installs is missing.
pub fn without(program: &str) {
    report(&format!("{program} is not installed; scripts/setup installs it"));
}

/// Appends a line to the file, or writes it on standard error if there is none.
fn write(file: Option<&Path>, line: &str) -> io::Result<()> {
    match file {
        Some(file) => OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes()),
        None => io::stderr().write_all(line.as_bytes()),
    }
}

#[test]
fn each_test_that_is_left_out_is_a_line_of_the_file() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let file = directory.path().join("left-out");
    for line in ["left out: one\n", "left out: another\n"] {
        write(Some(&file), line).expect("a line");
    }
    assert_eq!(std::fs::read_to_string(file).expect("the lines"), "left out: one\nleft out: another\n");
}
