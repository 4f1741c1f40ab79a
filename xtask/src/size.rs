//! `cargo xtask size`: what a visitor downloads, against the budget of the finished product.
//!
//! It builds first, which takes seconds where nothing changed, so that it never weighs an old page. Compressed with `gzip -9`, as a web server
//! sends it. Icons, recordings and the service worker are listed but not counted: no visitor waits for them.
//!
//! ```text
//! wasm      105.2 KB
//! ```

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page::{self, Ready};
use crate::shell::{Result, fail, filter, say};

/// The finished product: wasm, JavaScript and index.html, which holds the style sheets, together, compressed.
const BUDGET: usize = 250_000;

/// What is counted, and what each is called in the table.
const COUNTED: &[(&str, &str)] = &[("wasm", "wasm"), ("js", "JavaScript"), ("html", "index.html")];

pub fn size() -> Result<()> {
    let dist = page::build(&Ready::all()?)?;
    let mut files = Vec::new();
    list(&dist, &mut files)?;
    let mut total = 0;
    for (extension, name) in COUNTED {
        let mut weight = 0;
        for path in files.iter().filter(|path| is_counted(path, &dist, extension)) {
            weight += compressed(path)?;
        }
        println!("{name:<12}{:>8.1} KB", kilobytes(weight));
        total += weight;
    }
    println!("{:<12}{:>8.1} KB of {:.0} KB", "together", kilobytes(total), kilobytes(BUDGET));
    let mut other = 0;
    for path in
        files.iter().filter(|path| !COUNTED.iter().any(|(extension, _)| is_counted(path, &dist, extension)))
    {
        other += compressed(path)?;
    }
    println!("{:<12}{:>8.1} KB, not counted", "other files", kilobytes(other));
    if total > BUDGET {
        fail!("The page is {:.1} KB over its budget.", kilobytes(total - BUDGET));
    }
    say("The page keeps its budget.");
    Ok(())
}

/// Only what index.html itself loads, which Trunk puts beside it. The service worker comes later, when nobody waits.
fn is_counted(path: &Path, dist: &Path, extension: &str) -> bool {
    path.parent() == Some(dist)
        && path.extension().is_some_and(|own| own == extension)
        && path.file_stem().is_some_and(|stem| stem != "service-worker" && stem != "sw")
}

/// Every file under a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { fail!("{} cannot be read.", folder.display()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn compressed(path: &Path) -> Result<usize> {
    let Ok(file) = File::open(path) else { fail!("{} cannot be read.", path.display()) };
    match filter(Command::new("gzip").args(["-9", "--no-name", "--stdout"]), file) {
        Some(bytes) => Ok(bytes.len()),
        None => fail!(
            "The page is weighed with gzip, which is not installed here. Please install it and try again."
        ),
    }
}

fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}
