//! The console's files are embedded in the program: when they change, it is built again.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=target/site");
}
