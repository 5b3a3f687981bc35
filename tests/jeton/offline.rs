//! Commands that open the database themselves, run as a person runs them.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::home::Home;

/// The output of a command.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `jeton` with words, separated by spaces, on the data of `home`; `input` is its standard input.
pub async fn jeton(home: &Home, words: &str, input: &str) -> Said {
    let words: Vec<String> = words.split_whitespace().map(Into::into).collect();
    jeton_with(home, words, input).await
}

/// Runs `jeton` with arguments that may contain spaces.
pub async fn jeton_with(home: &Home, words: Vec<String>, input: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
    // All flags but the address, which only a server has.
    command.args(words).args(&home.flags()[1..]);
    command.env_clear().env("HOME", home.path());
    run(command, input.to_owned()).await
}

/// Runs a command while the test's server keeps running.
pub async fn run(mut command: Command, input: String) -> Said {
    let work = move || {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the program");
        // It may end without reading.
        drop(child.stdin.take().expect("its input").write_all(input.as_bytes()));
        child.wait_with_output().expect("its output")
    };
    let output = tokio::task::spawn_blocking(work).await.expect("a run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Said {
    /// Returns the output of a successful command without warnings.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }

    /// Returns the output, parsed as JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.well()).expect("JSON")
    }

    /// Returns the one sentence of its error, without hints.
    #[track_caller]
    pub fn refused(self) -> String {
        let lines: Vec<&str> = self.err.lines().filter(|line| !line.starts_with("Hint: ")).collect();
        let [sentence] = lines[..] else { panic!("one sentence, not {self:?}") };
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{sentence}");
        sentence.strip_prefix("Error: ").unwrap_or_else(|| panic!("{sentence}")).into()
    }
}
