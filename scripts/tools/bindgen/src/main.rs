//! `jeton-bindgen IN.wasm NAME DIR`: splits a WebAssembly module into the chunks that `#[lazy]` and `#[wasm_split]`
//! mark, and writes them into a folder with the JavaScript of wasm-bindgen. cargo-leptos does the same, beside much
//! else that a build does not need; this compiles several times faster.

use std::{env, fs, path::Path};

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == "--version") {
        // scripts/setup compares it with the version in Cargo.lock.
        println!("jeton-bindgen {}", env!("CARGO_PKG_VERSION"));
        return Ok(());
    }
    let mut next = |what| arguments.next().with_context(|| format!("{what} is missing"));
    let (input, name, folder) = (next("the WebAssembly file")?, next("the name")?, next("the folder")?);
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let main = folder.join(format!("{name}.unbound.wasm"));
    split(&fs::read(&input).with_context(|| input.clone())?, &name, &main, folder)?;
    let mut output = Bindgen::new()
        .input_path(&main)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        .demangle(false)
        .keep_lld_exports(true)
        .generate_output()?;
    output.emit(folder)?;
    fs::remove_file(&main)?;
    // The name that Leptos' hydration script asks for.
    fs::rename(folder.join(format!("{name}_bg.wasm")), folder.join(format!("{name}.wasm")))?;
    Ok(())
}

/// Writes the chunks, and the manifest of the chunks that each lazy function needs.
fn split(module: &[u8], name: &str, main: &Path, folder: &Path) -> Result<()> {
    let script = format!("./{name}.js");
    let mut options = Options::new(module);
    options.output_dir = folder;
    options.main_out_path = main;
    options.main_module = &script;
    options.link_name = "./__wasm_split.______________________.js";
    let done = transform(options).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    fs::write(folder.join("__wasm_split_manifest.json"), serde_json::to_string(&done.prefetch_map)?)?;
    Ok(())
}
