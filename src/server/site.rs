//! The files of the console, embedded in the program.

use rust_embed::RustEmbed;

/// The site that `scripts/site` builds. In the dev profile it is read from the disk.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
pub struct Site;
