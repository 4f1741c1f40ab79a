//! xterm.js, which the benchmark measures Heapscope's log beside: the newest from the npm registry.
//!
//! It is no part of the product and nothing of it is kept in the repository. It comes over the network, once per
//! version, into the person's cache folder; what is there is used again when the registry cannot be reached.
//!
//! ```ignore
//! let terminal = rival::terminal()?;
//! assert!(terminal.join("lib/xterm.js").is_file());
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::shell::{Result, fail, output_of, run, say};
use crate::tools;
use crate::versions::DOWNLOADER;

const NEWEST: &str = "https://registry.npmjs.org/@xterm/xterm/latest";

/// The folder of the package: `lib/xterm.js` and `css/xterm.css` are in it.
pub fn terminal() -> Result<PathBuf> {
    let shelf = tools::cache()?.join("rivals");
    packages::install_missing(DOWNLOADER, "the benchmark")?;
    let described = output_of(Command::new("curl").args(["-fsSL", "--max-time", "60", NEWEST]));
    let Some(described) = described else {
        return match newest_on(&shelf) {
            Some(folder) => Ok(folder),
            None => fail!(
                "xterm.js cannot be fetched from {NEWEST}. Is there a network? `cargo xtask bench --short` needs none."
            ),
        };
    };
    let (Some(version), Some(archive)) = (text_of(&described, "version"), text_of(&described, "tarball"))
    else {
        fail!("{NEWEST} does not say which version is the newest.");
    };
    let folder = shelf.join(format!("xterm-{version}"));
    if !is_whole(&folder) {
        say(format!("Fetching xterm.js {version}, once."));
        fetch(archive, &folder)?;
    }
    Ok(folder)
}

fn fetch(archive: &str, folder: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(folder);
    if let Err(error) = fs::create_dir_all(folder) {
        fail!("{} cannot be made: {error}.", folder.display());
    }
    let file = folder.join("package.tgz");
    let mut download = Command::new("curl");
    download.args(["-fsSL", "--max-time", "120", "--output"]).arg(&file).arg(archive);
    run(&mut download, "xterm.js cannot be fetched.")?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(&file).arg("-C").arg(folder).arg("--strip-components=1");
    run(&mut unpack, "xterm.js cannot be unpacked.")?;
    if is_whole(folder) { Ok(()) } else { fail!("{archive} has no lib/xterm.js any more.") }
}

fn is_whole(folder: &Path) -> bool {
    folder.join("lib/xterm.js").is_file() && folder.join("css/xterm.css").is_file()
}

/// What an earlier run fetched.
fn newest_on(shelf: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(shelf).ok()?.flatten().map(|entry| entry.path()).filter(|path| is_whole(path));
    folders.max_by_key(|path| path.metadata().and_then(|about| about.modified()).ok())
}

/// The text that stands behind a key for the first time: `"version": "6.0.0"`.
fn text_of<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let (_, behind) = json.split_once(&format!("\"{key}\""))?;
    let text = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    text.split_once('"').map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn keys_of_a_description() {
        let json = r#"{"name":"x","version": "6.0.0","dist":{"tarball":"https://a/x-6.0.0.tgz"}}"#;
        assert_eq!(text_of(json, "version"), Some("6.0.0"));
        assert_eq!(text_of(json, "tarball"), Some("https://a/x-6.0.0.tgz"));
        assert_eq!(text_of(json, "main"), None);
    }
}
