//! The invariants of the house, as far as a test can see them. They are stated in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// What each folder may use, besides itself. Whoever adds to this should ask twice.
const MAY_USE: &[(&str, &[&str])] = &[
    ("heap", &[]),
    ("stream", &["heap"]),
    ("format", &["heap"]),
    ("words", &["heap", "format"]),
    ("dialect", &["heap", "stream"]),
    ("recording", &["heap", "stream", "dialect"]),
    ("console", &["heap", "stream", "format", "dialect", "recording", "words"]),
    ("verdict", &["heap", "format", "words", "dialect", "recording"]),
    ("chart", &["heap", "format", "words", "dialect", "recording"]),
    ("sharing", &["heap", "stream", "format", "words", "dialect", "recording", "verdict", "chart"]),
    ("demo", &["heap"]),
    (
        "session",
        &["heap", "stream", "dialect", "recording", "verdict", "sharing", "demo", "words", "console"],
    ),
    ("browser", &["heap", "console", "chart", "session", "recording", "words"]),
    (
        "ui",
        &[
            "heap",
            "format",
            "words",
            "dialect",
            "recording",
            "console",
            "verdict",
            "chart",
            "session",
            "browser",
        ],
    ),
];

/// Whoever speaks to people takes the sentences from `words`.
const TAKE_THEIR_WORDS: [&str; 5] = ["verdict", "chart", "session", "browser", "ui"];

/// What looks like a sentence and is none: the file, the text, why.
const NO_SENTENCES: &[(&str, &str, &str)] = &[
    ("chart/pen.rs", "system-ui, sans-serif", "names of typefaces"),
    ("browser/theme.rs", "(prefers-color-scheme: dark)", "a question to the browser"),
    ("browser/theme.rs", "(prefers-reduced-motion: reduce)", "a question to the browser"),
    ("verdict/toit_out_of_memory.rs", "allocate instance", "a reason, as Toit's marker has it"),
    ("verdict/toit_out_of_memory.rs", "stack grow", "a reason, as Toit's marker has it"),
    ("verdict/toit_out_of_memory.rs", "pushing error", "a reason, as Toit's marker has it"),
    ("ui/components/names_hint.rs", "instance of class ", "Toit writes this; it is looked for in a log"),
];

/// Below the native line.
const NEEDS_A_BROWSER: [&str; 2] = ["browser", "ui"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.ends_with("target") {
            // What was compiled: the end-to-end tests have a folder of their own for it.
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn folders() -> Vec<String> {
    let entries = fs::read_dir(root().join("src")).unwrap().map(|entry| entry.unwrap().path());
    let names = entries.filter(|path| path.is_dir());
    let mut names: Vec<_> =
        names.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The code of a file: without comments, and without its tests, which may reach anywhere.
fn code(path: &Path) -> String {
    let text = read(path);
    let code = text.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_folder_has_its_place_in_the_map() {
    let mut known: Vec<_> = MAY_USE.iter().map(|(folder, _)| folder.to_string()).collect();
    known.sort();
    assert_eq!(folders(), known);
    let map = read(&root().join("src/lib.rs"));
    for folder in known {
        assert!(
            map.contains(&format!("//! | [`{folder}`")) || map.contains(&format!("//! | `{folder}`")),
            "{folder}"
        );
    }
}

#[test]
fn arrows_point_up() {
    for (folder, allowed) in MAY_USE {
        for file in files_below(&root().join("src").join(folder), "rs") {
            let code = code(&file);
            for (other, _) in MAY_USE {
                let uses =
                    code.contains(&format!("crate::{other}::")) || code.contains(&format!("crate::{other};"));
                let may = other == folder || allowed.contains(other);
                assert!(may || !uses, "{} uses {other}", file.display());
            }
        }
    }
}

/// The texts of string literals, and what stands before each: the code back to the end of the one before.
fn literals(code: &str) -> Vec<(String, String)> {
    let (mut literals, mut before, mut rest) = (Vec::new(), String::new(), code);
    while let Some(letter) = rest.chars().next() {
        let raw =
            rest.strip_prefix('r').map(|raw| (raw.trim_start_matches('#'), raw)).and_then(|(quote, raw)| {
                let hashes = raw.len() - quote.len();
                quote
                    .strip_prefix('"')
                    .filter(|_| !before.ends_with(is_word_letter))
                    .map(|text| (text, hashes))
            });
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some((text, hashes)) = raw {
            let end = text.find(&format!("\"{}", "#".repeat(hashes))).unwrap();
            literals.push((text[..end].to_owned(), std::mem::take(&mut before)));
            rest = &text[end + 1 + hashes..];
        } else if letter == '"' {
            let text = &rest[1..];
            let mut escaped = false;
            let end = text.find(|letter| {
                let ends = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            });
            let end = end.unwrap();
            literals.push((text[..end].to_owned(), std::mem::take(&mut before)));
            rest = &text[end + 1..];
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest = &rest[rest[1..].find('\'').unwrap() + 2..];
        } else {
            before.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    literals
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Two words or more that stand between blanks and are made of letters alone, one of them in lower case.
fn is_sentence(text: &str) -> bool {
    let punctuation = |letter: char| ".,:;!?()…—·“”’".contains(letter);
    let words = text.split_whitespace().map(|word| word.trim_matches(punctuation));
    let words: Vec<_> = words
        .filter(|word| {
            !word.is_empty() && word.chars().all(|letter| letter.is_alphabetic() || "'’-".contains(letter))
        })
        .filter(|word| !word.contains("--"))
        .collect();
    words.len() >= 2 && words.iter().any(|word| word.chars().all(|letter| !letter.is_uppercase()))
}

#[test]
fn sentences_stand_where_they_can_be_reviewed() {
    let mut excused: Vec<&(&str, &str, &str)> = Vec::new();
    for folder in TAKE_THEIR_WORDS {
        for file in files_below(&root().join("src").join(folder), "rs") {
            let name = file.strip_prefix(root().join("src")).unwrap().to_string_lossy().replace('\\', "/");
            for (text, before) in literals(&code(&file)) {
                // Names of classes of style sheets, and reasons that are given to the compiler.
                let is_class = before.ends_with("class=");
                let is_reason =
                    before.rsplit_once("#[").is_some_and(|(_, attribute)| !attribute.contains(']'));
                if is_class || is_reason || !is_sentence(&text) {
                    continue;
                }
                let excuse = NO_SENTENCES.iter().find(|(file, known, _)| (*file, *known) == (&*name, &*text));
                assert!(excuse.is_some(), "{name} says {text:?}: it belongs into src/words");
                excused.extend(excuse);
            }
        }
    }
    assert_eq!(excused.len(), NO_SENTENCES.len(), "an exception that is none any more");
}

#[test]
fn a_sentence_is_known_from_a_key() {
    for (text, expected) in [
        ("Not asking", true),
        ("and {} more", true),
        ("{} of the free memory", true),
        ("The board's heap", true),
        ("out-of-memory table", true),
        ("way", false),
        ("way-connect", false),
        ("button button--quiet", false),
        ("0 0 18 12", false),
        ("ArrowLeft ArrowRight Enter", false),
        ("M4 1h10v10H4z", false),
        ("poll_interval", false),
        ("data:{}", false),
    ] {
        assert_eq!(is_sentence(text), expected, "{text}");
    }
    let code = r###"let a = "one"; // "no"
        let b = r#"two "2""#; let c = '"'; html! { <p class="three \" four">{ "five" }</p> }"###;
    let found = literals(code);
    let texts: Vec<_> = found.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["one", "two \"2\"", "three \\\" four", "five"]);
    assert!(found[2].1.ends_with("class="));
}

#[test]
fn nothing_above_the_native_line_knows_a_browser_or_a_clock() {
    let words = [
        "yew",
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "gloo",
        "std::time",
        "Instant::",
        "SystemTime",
        "rand::",
    ];
    for folder in folders() {
        if NEEDS_A_BROWSER.contains(&folder.as_str()) {
            continue;
        }
        for file in files_below(&root().join("src").join(folder), "rs") {
            let code = code(&file);
            for word in words {
                assert!(!code.contains(word), "{} names {word}", file.display());
            }
        }
    }
}

#[test]
fn every_module_opens_with_what_it_is() {
    for folder in ["src", "tests", "xtask/src", "fuzz"] {
        for file in files_below(&root().join(folder), "rs") {
            let text = read(&file);
            // An attribute for the whole file may stand before.
            let first = text.lines().find(|line| !line.starts_with("#![")).unwrap_or("");
            assert!(first.starts_with("//!"), "{} does not say what it is", file.display());
        }
    }
}

#[test]
fn every_firmware_has_its_fixtures() {
    for make in heapscope::dialect::ALL {
        let id = make().info().id;
        // A firmware that says much has a folder.
        let has_file = [format!("{id}.rs"), format!("{id}/mod.rs")]
            .iter()
            .any(|file| root().join("src/dialect").join(file).exists());
        assert!(has_file, "{id} has no file of its own");
        let fixtures = files_below(&root().join("tests/fixtures").join(id), "txt");
        assert!(!fixtures.is_empty(), "{id} has no fixtures");
    }
}

#[test]
fn every_rule_is_in_the_list() {
    let list = read(&root().join("src/verdict/mod.rs"));
    let list = list.split("pub static RULES").nth(1).unwrap().split("];").next().unwrap().to_owned();
    let mut rules = 0;
    for file in files_below(&root().join("src/verdict"), "rs") {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "mod" && code(&file).contains("fn judge(") {
            assert!(list.contains(&format!("{name}::judge")), "{name} is not in RULES");
            rules += 1;
        }
    }
    assert_eq!(rules, heapscope::verdict::RULES.len());
}

#[test]
fn every_adviser_is_in_the_list() {
    let list = read(&root().join("src/verdict/mod.rs"));
    let list = list.split("pub static ADVISERS").nth(1).unwrap().split("];").next().unwrap().to_owned();
    let files = files_below(&root().join("src/verdict"), "rs");
    let advisers: Vec<_> = files.iter().filter(|file| code(file).contains("fn advise(")).collect();
    for file in &advisers {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(list.contains(&format!("{name}::advise")), "{name} is not in ADVISERS");
    }
    assert_eq!(advisers.len(), heapscope::verdict::ADVISERS.len());
}

/// The fixtures, as `firmware/case`.
fn fixtures() -> Vec<String> {
    let root = root().join("tests/fixtures");
    let logs = files_below(&root, "txt").into_iter().filter(|path| path.ends_with("log.txt"));
    logs.map(|log| log.parent().unwrap().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"))
        .collect()
}

/// What stands as code in the rows of a file's Markdown tables and looks like a fixture; `*` stands for anything.
fn fixtures_in_tables(file: &str) -> Vec<String> {
    let text = read(&root().join(file));
    let rows = text.lines().filter_map(|line| line.trim_start_matches("//!").trim().strip_prefix('|'));
    // Every second piece stands between backticks.
    let code = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let folders: Vec<_> = fixtures().iter().map(|name| name.split('/').next().unwrap().to_owned()).collect();
    let is_fixture = |code: &&str| {
        code.split_once('/').is_some_and(|(folder, case)| {
            folders.iter().any(|known| known == folder)
                && case.chars().all(|letter| letter.is_ascii_alphanumeric() || "_*".contains(letter))
        })
    };
    code.filter(is_fixture).map(str::to_owned).collect()
}

fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((front, rest)) => name.strip_prefix(front).is_some_and(|name| {
            name.char_indices().any(|(at, _)| is_like(&name[at..], rest)) || is_like("", rest)
        }),
    }
}

#[test]
fn every_fixture_is_in_the_table_of_what_is_read_and_in_the_readme() {
    for file in ["src/dialect/mod.rs", "tests/fixtures/README.md"] {
        let (fixtures, named) = (fixtures(), fixtures_in_tables(file));
        for fixture in &fixtures {
            assert!(named.iter().any(|name| is_like(fixture, name)), "{file} does not name {fixture}");
        }
        for name in &named {
            assert!(fixtures.iter().any(|fixture| is_like(fixture, name)), "{file}: there is no {name}");
        }
    }
}

#[test]
fn a_pattern_stands_for_what_it_says() {
    for (name, pattern, expected) in [
        ("umm/alarms", "umm/alarms", true),
        ("umm/alarms_2", "umm/alarms", false),
        ("umm/form_core_2_7", "umm/form_*", true),
        ("umm/form_", "umm/form_*", true),
        ("umm/leak_core278_full_1", "umm/*_core278_*", true),
        ("umm/steady_core242", "umm/*_core242", true),
        ("umm/steady_core242", "umm/*_core278_*", false),
        ("toit/pages", "umm/*", false),
    ] {
        assert_eq!(is_like(name, pattern), expected, "{name} and {pattern}");
    }
}
