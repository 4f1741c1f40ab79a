//! Building the page: Rust to wasm, and everything that a browser needs into `dist/`.
//!
//! Cargo compiles first and alone, because it shows how far it is and its errors read best; Trunk then finds everything
//! compiled and only puts the page together. Trunk is kept from downloading anything.
//! `dist/` works at any address and in any folder: everything in it is named relative to index.html.
//!
//! ```ignore
//! let dist = page::build(&Ready::all()?)?;
//! ```

use std::path::{Path, PathBuf};

use crate::shell::{Result, fail, repository, run, run_quietly, say};
use crate::slim;
use crate::toolchain::{WasmToolchain, path_beginning_with};
use crate::tools;
use crate::versions::WASM_TARGET;

/// What building the page takes, all of it present.
pub struct Ready {
    pub toolchain: WasmToolchain,
    pub trunk: PathBuf,
    pub wasm_bindgen: PathBuf,
}

impl Ready {
    /// Installs what is missing.
    pub fn all() -> Result<Self> {
        Ok(Self {
            toolchain: WasmToolchain::ready()?,
            trunk: tools::trunk()?,
            wasm_bindgen: tools::wasm_bindgen()?,
        })
    }
}

/// Where the finished page stands.
pub fn dist() -> PathBuf {
    repository().join("dist")
}

/// Builds the page as it is served to people: small and fast, not quick to compile.
pub fn build(ready: &Ready) -> Result<PathBuf> {
    say("Compiling the page (a few minutes the first time).");
    let mut compile = ready.toolchain.cargo("build");
    compile.args(["--profile", "page", "--target", WASM_TARGET, "--bin", "heapscope"]);
    run(&mut compile, "The page does not compile.")?;

    say("Putting the page together.");
    // Trunk takes the tools it needs from the PATH, and downloads what it does not find there.
    let beside = |tool: &Path| tool.parent().expect("a program stands in a folder").to_owned();
    let mut folders = vec![beside(&ready.wasm_bindgen)];
    if ready.toolchain == WasmToolchain::Debian {
        folders.push("/usr/bin".into());
    }
    let mut trunk = ready.toolchain.program(ready.trunk.clone());
    trunk.args(["build", "--release", "--offline", "--public-url", "./", "--dist"]).arg(dist());
    trunk.env("PATH", path_beginning_with(&folders)).env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Its errors are sentences; where in its own code they arose helps nobody here.
    trunk.env("RUST_BACKTRACE", "0");
    // Some set NO_COLOR=1, and Trunk wants true or false.
    trunk.env_remove("NO_COLOR");
    run_quietly(&mut trunk, "Trunk could not put the page together.")?;

    let dist = dist();
    if !dist.join("index.html").is_file() {
        fail!("Trunk reported success, but {} has no index.html.", dist.display());
    }
    slim::page(&dist)?;
    Ok(dist)
}
