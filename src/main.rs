//! `jeton`: reads the command line and does what it says.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Threads free what others have allocated, because requests move between them: the allocator of glibc takes locks for
/// that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    jeton::cli::run().await
}
