//! The distribution's packages, through apt.
//!
//! It installs what is named and nothing that is merely recommended, asks no questions, and refuses to remove
//! anything to make room: a machine that would lose a package is left as it is.
//! Where there is no apt, or no right to use it, the failure names what to install by hand.
//!
//! ```ignore
//! packages::install(&["chromium"], "the browser that the tests run in")?;
//! ```

use std::process::{Command, Stdio};

use crate::shell::{Result, fail, find_program, output_of, run_quietly, say};
use crate::versions::Package;

/// Installs packages. `purpose` completes "… for {purpose}".
pub fn install(names: &[&str], purpose: &str) -> Result<()> {
    let list = names.join(" ");
    if find_program("apt-get").is_none() {
        fail!(
            "Missing for {purpose}: {list} (the names of Debian's packages). This machine has no apt-get, so set-up cannot \
             install them. Please install them your system's way, then run this again."
        );
    }
    let by_hand = format!(
        "Please run this by hand, then start again: sudo apt-get update && sudo apt-get install --no-install-recommends {list}"
    );
    say(format!("Installing for {purpose}: {list}"));
    if names.iter().all(|name| can_be_had(name)) && apt_install(names, &by_hand)?.is_none() {
        return Ok(());
    }
    // The lists of packages are missing here, or so old that what they name is gone.
    let mut update = as_root(&by_hand)?;
    run_quietly(
        update.args(["apt-get", "update"]),
        &format!("apt-get could not read the lists of packages. {by_hand}"),
    )?;
    if let Some(unknown) = names.iter().find(|name| !can_be_had(name)) {
        fail!("Missing for {purpose}: {list}. This system's package sources have no {unknown}.");
    }
    match apt_install(names, &by_hand)? {
        None => Ok(()),
        Some(said) => fail!("apt-get could not install {list}. It said:\n{said}\n{by_hand}"),
    }
}

/// Installs those of these packages whose programs are not there.
pub fn install_missing(packages: &[Package], purpose: &str) -> Result<()> {
    let missing = packages.iter().filter(|package| find_program(package.gives).is_none());
    let names: Vec<_> = missing.map(|package| package.name).collect();
    if names.is_empty() { Ok(()) } else { install(&names, purpose) }
}

/// `None` if it worked, else what apt-get said.
fn apt_install(names: &[&str], by_hand: &str) -> Result<Option<String>> {
    let mut install = as_root(by_hand)?;
    install.args(["apt-get", "install", "--yes", "--no-install-recommends", "--no-remove"]);
    // Another installation may be running: wait for it instead of failing.
    install.args(["-o", "DPkg::Lock::Timeout=300"]).args(names).stdin(Stdio::null());
    match install.output() {
        Ok(output) if output.status.success() => Ok(None),
        Ok(output) => Ok(Some(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// Does some package source offer it?
pub fn can_be_had(name: &str) -> bool {
    let Some(policy) = output_of(Command::new("apt-cache").env("LC_ALL", "C").args(["policy", name])) else {
        return false;
    };
    let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "));
    candidate.is_some_and(|version| version != "(none)")
}

/// The beginning of a command that runs with root's rights, without ever asking for a password.
pub fn as_root(by_hand: &str) -> Result<Command> {
    let quiet = ["DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"];
    if output_of(Command::new("id").arg("-u")).as_deref() == Some("0") {
        let mut env = Command::new("env");
        env.args(quiet);
        return Ok(env);
    }
    if output_of(Command::new("sudo").args(["-n", "true"])).is_none() {
        fail!("Set-up needs root's rights here, and sudo would ask for a password. {by_hand}");
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", "env"]).args(quiet);
    Ok(sudo)
}
