//! Trunk, wasm-bindgen and geckodriver: found on the PATH if the version is right, else installed once per person.
//!
//! They go into the person's cache folder, one folder per version, so a second clone installs nothing and two
//! clones that want different versions do not fight. They are compiled here rather than downloaded ready-made:
//! crates.io is the one place that every machine which can build the page can reach.
//! It refuses to accept a version that is merely near: wasm-bindgen's tool and library must match exactly.
//!
//! ```ignore
//! let trunk = tools::trunk()?;
//! Command::new(trunk).arg("build");
//! ```

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, fail, find_program, output_of, repository, run, say};
use crate::toolchain::own_cargo;
use crate::versions;

/// The program that builds the page.
pub fn trunk() -> Result<PathBuf> {
    ready(&Tool {
        package: "trunk",
        version: versions::TRUNK,
        programs: &["trunk"],
        // No TLS and no look whether there is a newer one: it downloads nothing for us.
        options: &["--no-default-features"],
        optimisation: "0",
        minutes: "3 minutes",
    })
}

/// The program that writes the JavaScript between the page and its wasm. The runner of the browser tests stands beside it.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    ready(&Tool {
        package: "wasm-bindgen-cli",
        version: &version,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        options: &[],
        // It reads the tests' wasm, which is tens of megabytes.
        optimisation: "1",
        minutes: "2 minutes",
    })
}

/// The program that drives Firefox.
pub fn geckodriver() -> Result<PathBuf> {
    ready(&Tool {
        package: "geckodriver",
        version: versions::GECKODRIVER,
        programs: &["geckodriver"],
        options: &[],
        optimisation: "0",
        minutes: "2 minutes",
    })
}

/// The person's own cache folder, for what all clones share.
pub fn cache() -> Result<PathBuf> {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = folder("XDG_CACHE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".cache")));
    match base {
        Some(base) => Ok(base.join("heapscope")),
        None => fail!(
            "There is no home folder to keep tools in. Please set XDG_CACHE_HOME to a folder that can be written."
        ),
    }
}

struct Tool<'a> {
    package: &'static str,
    version: &'a str,
    /// The first is the one that is asked for; the others must stand beside it.
    programs: &'static [&'static str],
    options: &'static [&'static str],
    optimisation: &'static str,
    minutes: &'static str,
}

fn ready(tool: &Tool) -> Result<PathBuf> {
    if let Some(path) = find_program(tool.programs[0])
        && is_right(tool, &path)
    {
        return Ok(path);
    }
    let root = cache()?.join("tools").join(format!("{}-{}", tool.package, tool.version));
    let path = root.join("bin").join(format!("{}{}", tool.programs[0], env::consts::EXE_SUFFIX));
    if !is_right(tool, &path) {
        install(tool, &root)?;
    }
    if !is_right(tool, &path) {
        fail!(
            "{} was installed but does not start. Please remove {} and try again.",
            tool.package,
            root.display()
        );
    }
    Ok(path)
}

/// Right version, and the programs that belong to it are there as well.
fn is_right(tool: &Tool, path: &Path) -> bool {
    let together = tool
        .programs
        .iter()
        .all(|name| path.with_file_name(name).with_extension(env::consts::EXE_EXTENSION).exists());
    // "trunk 0.21.14", "wasm-bindgen 0.2.130"
    together
        && output_of(Command::new(path).arg("--version"))
            .is_some_and(|printed| printed.split_whitespace().nth(1) == Some(tool.version))
}

fn install(tool: &Tool, root: &Path) -> Result<()> {
    say(format!("Installing {} {}, once (about {}).", tool.package, tool.version, tool.minutes));
    let install = || {
        let mut cargo = Command::new(own_cargo());
        cargo.args(["install", "--quiet", tool.package, "--version", tool.version, "--force"]);
        cargo.arg("--root").arg(root).args(tool.options);
        // These run for seconds, once in a while: what counts is how soon they are compiled.
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", tool.optimisation);
        cargo.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        // Settings that are meant for the page.
        cargo.env_remove("CARGO_BUILD_TARGET").env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        cargo
    };
    // First with the crates that it was published with. That list can name one that has been withdrawn since; then
    // with the newest that fit.
    if output_of(install().arg("--locked")).is_some() {
        return Ok(());
    }
    run(&mut install(), &format!("{} {} does not install.", tool.package, tool.version))
}

/// The version of a crate in Cargo.lock.
pub fn locked_version(name: &str) -> Result<String> {
    let path = repository().join("Cargo.lock");
    let Ok(lock) = fs::read_to_string(&path) else { fail!("{} cannot be read.", path.display()) };
    match version_in(&lock, name) {
        Some(version) => Ok(version.to_owned()),
        None => fail!("Cargo.lock names no {name}. Please run `cargo update --workspace` and look again."),
    }
}

/// ```text
/// name = "wasm-bindgen"
/// version = "0.2.130"
/// ```
fn version_in<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_version_is_that_of_the_crate_with_exactly_this_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-cli\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
