//! Takes from the finished page what no browser reads: names of functions, and blanks and comments in JavaScript.
//!
//! wasm-bindgen writes both for people who debug, and Trunk has no switch against it (its minifier stumbles over the
//! last line of wasm-bindgen's file). Together they are 2 KB of what a visitor waits for.
//! It refuses to understand more than the outer shape of either: what it does not know it leaves as it is.
//!
//! ```ignore
//! slim::page(&dist)?;
//! ```

use std::fs;
use std::path::Path;

use crate::shell::{Result, fail};

/// Makes the wasm and the JavaScript beside index.html smaller.
pub fn page(dist: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(dist) else { fail!("{} cannot be read.", dist.display()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        let slim = match path.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => fs::read(&path).ok().and_then(|bytes| without_custom_sections(&bytes)),
            Some("js") => fs::read_to_string(&path).ok().map(|text| without_blanks(&text).into_bytes()),
            _ => continue,
        };
        let is_written = slim.is_some_and(|slim| fs::write(&path, slim).is_ok());
        if !is_written {
            fail!("{} cannot be made smaller.", path.display());
        }
    }
    Ok(())
}

/// A wasm file is a header of 8 bytes, then sections: what it is, its length, its content. Those of kind 0 are notes.
fn without_custom_sections(wasm: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = wasm.split_at_checked(8)?;
    let mut slim = header.to_vec();
    while let Some((kind, after_kind)) = rest.split_first() {
        let (length, content) = leb128(after_kind)?;
        let end = rest.len() - content.len() + length;
        let (section, behind) = rest.split_at_checked(end)?;
        if *kind != 0 {
            slim.extend(section);
        }
        rest = behind;
    }
    Some(slim)
}

/// A number in groups of seven bits, the lowest first, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at(length);
    Some((number.iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)), rest))
}

/// Without blanks at the beginning of lines, and without lines that are empty or comments.
fn without_blanks(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_go_and_the_rest_stays() {
        let header = *b"\0asm\x01\0\0\0";
        let types = [1, 3, 0x60, 0, 0];
        // 130 bytes: a length of two.
        let notes = [&[0, 0x82, 0x01][..], &[7; 130]].concat();
        let whole = [&header[..], &notes, &types, &notes].concat();
        assert_eq!(without_custom_sections(&whole), Some([&header[..], &types].concat()));
        assert_eq!(without_custom_sections(&whole[..40]), None);
    }

    #[test]
    fn only_whole_lines_of_blanks_and_comments_go() {
        let script = "function a() {\n    // Says so.\n\n    return 'x // y';\n}\n";
        assert_eq!(without_blanks(script), "function a() {\nreturn 'x // y';\n}\n");
    }
}
