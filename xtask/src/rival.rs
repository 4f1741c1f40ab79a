//! What the benchmarks measure Heapscope beside: the newest of each from the npm registry.
//!
//! They are no part of the product and nothing of them is kept in the repository. They come over the network, once per
//! version, into the person's cache folder; what is there is used again when the registry cannot be reached.
//!
//! ```ignore
//! let terminal = rival::fetch(&rival::TERMINAL)?;
//! assert!(terminal.join("lib/xterm.js").is_file());
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::shell::{Result, fail, output_of, run, say};
use crate::tools;
use crate::versions::DOWNLOADER;

/// A package of the registry.
pub struct Rival {
    /// What people call it.
    name: &'static str,
    /// What the registry calls it.
    package: &'static str,
    /// The beginning of its folder's name.
    folder: &'static str,
    /// What is wanted of it.
    pub files: &'static [&'static str],
}

/// A terminal, beside the log.
pub const TERMINAL: Rival = Rival {
    name: "xterm.js",
    package: "@xterm/xterm",
    folder: "xterm-",
    files: &["lib/xterm.js", "css/xterm.css"],
};

/// A chart, beside the pictures.
pub const CHART: Rival = Rival {
    name: "uPlot",
    package: "uplot",
    folder: "uplot-",
    files: &["dist/uPlot.iife.min.js", "dist/uPlot.min.css"],
};

/// The folder of the newest version, with its files in it.
pub fn fetch(rival: &Rival) -> Result<PathBuf> {
    let shelf = tools::cache()?.join("rivals");
    packages::install_missing(DOWNLOADER, "the benchmark")?;
    let newest = format!("https://registry.npmjs.org/{}/latest", rival.package);
    let described = output_of(Command::new("curl").args(["-fsSL", "--max-time", "60", &newest]));
    let Some(described) = described else {
        return match newest_on(&shelf, rival) {
            Some(folder) => Ok(folder),
            None => fail!(
                "{} cannot be fetched from {newest}. Is there a network? `cargo xtask bench --short` needs none.",
                rival.name
            ),
        };
    };
    let (Some(version), Some(archive)) = (text_of(&described, "version"), text_of(&described, "tarball"))
    else {
        fail!("{newest} does not say which version is the newest.");
    };
    let folder = shelf.join(format!("{}{version}", rival.folder));
    if !is_whole(&folder, rival) {
        say(format!("Fetching {} {version}, once.", rival.name));
        download(rival, archive, &folder)?;
    }
    Ok(folder)
}

fn download(rival: &Rival, archive: &str, folder: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(folder);
    if let Err(error) = fs::create_dir_all(folder) {
        fail!("{} cannot be made: {error}.", folder.display());
    }
    let file = folder.join("package.tgz");
    let mut download = Command::new("curl");
    download.args(["-fsSL", "--max-time", "120", "--output"]).arg(&file).arg(archive);
    run(&mut download, &format!("{} cannot be fetched.", rival.name))?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(&file).arg("-C").arg(folder).arg("--strip-components=1");
    run(&mut unpack, &format!("{} cannot be unpacked.", rival.name))?;
    if is_whole(folder, rival) {
        Ok(())
    } else {
        fail!("{archive} has no {} any more.", rival.files.join(" and "))
    }
}

fn is_whole(folder: &Path, rival: &Rival) -> bool {
    rival.files.iter().all(|file| folder.join(file).is_file())
}

/// What an earlier run fetched.
fn newest_on(shelf: &Path, rival: &Rival) -> Option<PathBuf> {
    let folders = fs::read_dir(shelf).ok()?.flatten().map(|entry| entry.path());
    let folders = folders.filter(|path| is_whole(path, rival));
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
