//! The compiler for the page: some Rust that has the standard library of wasm32.
//!
//! Tried in this order, the cheap questions first:
//!
//! 1. The person's own Rust, if it has that library already.
//! 2. Debian's Rust, if an earlier run made it ready and it has not been upgraded since.
//! 3. `rustup target add`, the normal case on a new machine.
//! 4. Debian's Rust, made ready now. It has the library's source but not the library, so that is built once.
//!    This serves networks on which rustup cannot download but the distribution's packages can be had.
//!
//! It never touches the person's own Rust (no default is changed, no toolchain linked), and it refuses to ask
//! for a password. Debian's Rust is used for the page alone; everything native goes on with the person's own.
//!
//! ```ignore
//! let toolchain = WasmToolchain::ready()?;
//! run(toolchain.cargo("build").args(["--target", WASM_TARGET]), "The page does not compile.")?;
//! ```

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::packages;
use crate::shell::{Result, fail, find_program, output_of, repository, run, run_quietly, say, works_within};
use crate::tools;
use crate::versions::{DEBIAN_RUST, DEBIAN_RUST_LINT, WASM_TARGET};

/// How long rustup may take to download the library. On a closed network it would try for ever.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(120);

/// Stands beside the library that we built for Debian's Rust and says which compiler it belongs to.
const NOTE: &str = "built-for.txt";

/// Part of the note: counted up when the recipe in `build_standard_library` changes.
const RECIPE: &str = "recipe 1";

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_RUSTDOC: &str = "/usr/bin/rustdoc";

/// The target asks for a linker of this name; Debian has it as a link that leads nowhere until lld is installed.
const DEBIAN_LINKER: &str = "/usr/bin/rust-lld";

/// A Rust that can compile the page.
#[derive(Clone, Copy, PartialEq)]
pub enum WasmToolchain {
    /// The one that runs xtask.
    Own,
    /// Debian's.
    Debian,
}

impl WasmToolchain {
    /// Finds one, or makes one ready.
    pub fn ready() -> Result<Self> {
        if own_has_library() {
            return Ok(Self::Own);
        }
        if debian_is_ready() {
            return Ok(Self::Debian);
        }
        if find_program("rustup").is_some() {
            say("Asking rustup for the wasm32 standard library.");
            let mut add = Command::new("rustup");
            if works_within(add.args(["target", "add", WASM_TARGET]), RUSTUP_PATIENCE) && own_has_library() {
                return Ok(Self::Own);
            }
            say("rustup could not download it.");
        }
        make_debian_ready()?;
        Ok(Self::Debian)
    }

    /// Makes the linter for the page ready.
    pub fn ready_to_lint(self) -> Result<()> {
        match self {
            Self::Own => own_component("clippy"),
            Self::Debian if Path::new("/usr/bin/cargo-clippy").exists() => Ok(()),
            Self::Debian => packages::install(DEBIAN_RUST_LINT, "checking the page's code"),
        }
    }

    /// `cargo SUBCOMMAND` with this Rust.
    pub fn cargo(self, subcommand: &str) -> Command {
        let mut cargo = self.program(match self {
            Self::Own => own_cargo(),
            Self::Debian => DEBIAN_CARGO.into(),
        });
        cargo.arg(subcommand);
        cargo
    }

    /// Some program that calls cargo itself, such as Trunk, made to call this Rust's.
    pub fn program(self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command.current_dir(repository());
        if self == Self::Debian {
            command.env("CARGO", DEBIAN_CARGO).env("RUSTC", DEBIAN_RUSTC).env("RUSTDOC", DEBIAN_RUSTDOC);
            // What `cargo run` and rustup set for us is for the other Rust.
            command.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
            command.env("PATH", path_beginning_with(&["/usr/bin".into()]));
        }
        command
    }
}

/// The PATH with some folders put in front.
pub fn path_beginning_with(folders: &[PathBuf]) -> OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&rest));
    env::join_paths(all).unwrap_or(rest)
}

/// The cargo that runs us.
pub fn own_cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

/// A part of the person's own Rust, `clippy` or `rustfmt`, which a minimal installation leaves out.
pub fn own_component(name: &str) -> Result<()> {
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    let works = || output_of(Command::new(own_cargo()).args([subcommand, "--version"])).is_some();
    if works() {
        return Ok(());
    }
    say(format!("Asking rustup for {name}."));
    works_within(Command::new("rustup").args(["component", "add", name]), RUSTUP_PATIENCE);
    if works() {
        return Ok(());
    }
    fail!("{name} is missing and rustup could not install it. Please run: rustup component add {name}");
}

fn own_has_library() -> bool {
    output_of(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))
        .is_some_and(|folder| has_library(Path::new(&folder)))
}

/// An empty folder is no library.
fn has_library(folder: &Path) -> bool {
    files_in(folder, "libstd-").next().is_some()
}

/// The compiled libraries in a folder whose names begin so; none if there is no such folder.
fn files_in(folder: &Path, prefix: &'static str) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(move |path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(prefix) && name.ends_with(".rlib")
    })
}

/// What Debian's compiler says of itself; it changes with every upgrade.
fn debian_compiler() -> Option<String> {
    output_of(Command::new(DEBIAN_RUSTC).env_remove("LD_LIBRARY_PATH").arg("-vV"))
}

/// Where Debian's compiler looks for the library.
fn debian_library() -> PathBuf {
    Path::new("/usr/lib/rustlib").join(WASM_TARGET).join("lib")
}

fn note_for(compiler: &str) -> String {
    format!("{compiler}\n{RECIPE}\n")
}

fn debian_is_ready() -> bool {
    let folder = debian_library();
    // The note first: on most machines there is none, and the answer costs nothing.
    let Ok(note) = fs::read_to_string(folder.join(NOTE)) else {
        return false;
    };
    let same = debian_compiler().is_some_and(|compiler| note == note_for(&compiler));
    same && has_library(&folder) && Path::new(DEBIAN_LINKER).exists()
}

fn make_debian_ready() -> Result<()> {
    if find_program("apt-get").is_none() {
        fail!(
            "The page is compiled for wasm32, and this machine's Rust has no standard library for it. Please install \
             that the way Rust was installed (with rustup: rustup target add {WASM_TARGET}), then run this again."
        );
    }
    let missing: Vec<&str> = DEBIAN_RUST.iter().copied().filter(|name| !is_installed(name)).collect();
    if !missing.is_empty() {
        packages::install(&missing, "compiling the page")?;
    }
    let Some(compiler) = debian_compiler() else {
        fail!("Debian's compiler {DEBIAN_RUSTC} does not start. Please look what `{DEBIAN_RUSTC} -vV` says.");
    };
    if !Path::new(DEBIAN_LINKER).exists() {
        let linker = format!("lld-{}", llvm_major(&compiler)?);
        packages::install(&[&linker], "linking the page")?;
    }
    let built = build_standard_library()?;
    put_in_place(&built, &compiler)?;
    // What this clone compiled against the library that we just replaced does not fit any more.
    let stale = repository().join("target").join(WASM_TARGET);
    if stale.exists() && fs::remove_dir_all(&stale).is_err() {
        fail!("{} is out of date and cannot be removed. Please remove it.", stale.display());
    }
    Ok(())
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Status}", package]);
    output_of(&mut query).as_deref() == Some("installed")
}

/// The linker must be as new as the compiler: "LLVM version: 22.1.8" wants lld-22.
fn llvm_major(compiler: &str) -> Result<&str> {
    let version = compiler.lines().find_map(|line| line.strip_prefix("LLVM version: "));
    match version.and_then(|version| version.split('.').next()) {
        Some(major) => Ok(major),
        None => fail!("Debian's compiler does not say which LLVM it has, so its linker cannot be chosen."),
    }
}

/// Builds the library from Debian's source and gives back the folder that holds it.
fn build_standard_library() -> Result<PathBuf> {
    say("Building the wasm32 standard library, once (about a minute).");
    let folder = tools::cache()?.join("wasm32-standard-library");
    // Whatever an interrupted run left behind, and the libraries of an older compiler.
    let _ = fs::remove_dir_all(&folder);
    // A library is built for somebody: an empty package of its own.
    let manifest = "[package]\nname = \"nothing\"\nedition = \"2024\"\n[workspace]\n";
    let made = fs::create_dir_all(folder.join("src"))
        .and_then(|()| fs::write(folder.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(folder.join("src/lib.rs"), "#![no_std]\n"));
    if let Err(error) = made {
        fail!("The folder {} cannot be written: {error}.", folder.display());
    }
    let mut build = WasmToolchain::Debian.cargo("build");
    build.args(["--quiet", "--release", "--target", WASM_TARGET, "-Z", "build-std=std,panic_abort,test"]);
    build.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    // A released compiler builds its own library, with its own permission to use what is unstable.
    build.env("RUSTC_BOOTSTRAP", "1");
    // Without bitcode in it the library cannot take part in link-time optimisation.
    build.env("RUSTFLAGS", "-Cembed-bitcode=yes").env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut build, "The wasm32 standard library does not build.")?;
    Ok(folder.join("target").join(WASM_TARGET).join("release/deps"))
}

/// Copies the library to where Debian's compiler looks for it, and last of all the note that says it is whole.
fn put_in_place(built: &Path, compiler: &str) -> Result<()> {
    let place = debian_library();
    let note = built.join(NOTE);
    if let Err(error) = fs::write(&note, note_for(compiler)) {
        fail!("{} cannot be written: {error}.", note.display());
    }
    let otherwise = format!("The wasm32 standard library cannot be put into {}.", place.display());
    let by_hand =
        format!("Please copy the .rlib files and {NOTE} from {} to {}.", built.display(), place.display());
    let old: Vec<PathBuf> = files_in(&place, "lib").chain([place.join(NOTE)]).collect();
    let new = files_in(built, "lib").filter(|path| !path.to_string_lossy().contains("/libnothing-"));
    run_quietly(packages::as_root(&by_hand)?.args(["mkdir", "-p"]).arg(&place), &otherwise)?;
    run_quietly(packages::as_root(&by_hand)?.args(["rm", "-f"]).args(old), &otherwise)?;
    run_quietly(packages::as_root(&by_hand)?.arg("cp").args(new).arg(&place), &otherwise)?;
    run_quietly(packages::as_root(&by_hand)?.arg("cp").arg(&note).arg(&place), &otherwise)
}
