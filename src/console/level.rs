//! How grave a firmware says that a line is, by the forms that its log library prints.
//!
//! It guesses nothing: a line in which the word "error" stands is no error to it. Firmwares without levels (Tasmota)
//! have none here. The forms are those that ESP-IDF's, Arduino's, ESPHome's and Zephyr's log libraries write.
//!
//! ```
//! use heapscope::console::Level;
//! assert_eq!(Level::of_line(b"E (4711) wifi: no memory"), Some(Level::Error));
//! ```

use super::stamp::Stamp;

/// How grave. Declared from the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It failed.
    Error,
    /// It may fail.
    Warning,
    /// It is so.
    Info,
    /// For whoever looks for a fault.
    Debug,
    /// Everything.
    Verbose,
}

impl Level {
    /// The level of a line without escape sequences; `None` where its form has none.
    pub fn of_line(line: &[u8]) -> Option<Self> {
        // ESP-IDF: `E (4711) wifi: …`. The stamp is what shows that the letter is no word.
        if let [letter, b' ', b'(', ..] = line {
            Stamp::of_line(line)?;
            return Self::of_letter(*letter);
        }
        let rest = Stamp::of_line(line).map_or(line, |stamp| &line[stamp.end..]).trim_ascii_start();
        // Arduino: `[  4711][E][main.cpp:12] loop(): …`. ESPHome: `[12:00:00][W][wifi:401]: …`.
        if let Some(rest) = rest.strip_prefix(b"[") {
            let end = rest.iter().take(3).position(|&byte| byte == b']')?;
            let is_tagged = rest.get(end + 1) == Some(&b'[');
            return match &rest[..end] {
                _ if !is_tagged => None,
                [letter] => Self::of_letter(*letter),
                b"VV" => Some(Level::Verbose),
                _ => None,
            };
        }
        // Zephyr: `[00:00:00.010,000] <err> os: …`
        let rest = rest.strip_prefix(b"<")?;
        match rest.get(..4)? {
            b"err>" => Some(Level::Error),
            b"wrn>" => Some(Level::Warning),
            b"inf>" => Some(Level::Info),
            b"dbg>" => Some(Level::Debug),
            _ => None,
        }
    }

    fn of_letter(letter: u8) -> Option<Self> {
        match letter {
            b'E' => Some(Level::Error),
            b'W' => Some(Level::Warning),
            // ESPHome prints a board's configuration as C.
            b'I' | b'C' => Some(Level::Info),
            b'D' => Some(Level::Debug),
            b'V' => Some(Level::Verbose),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<Level>) {
        assert_eq!(Level::of_line(line.as_bytes()), expected, "{line}");
    }

    #[test]
    fn forms_of_log_libraries() {
        check("E (4711) wifi: no memory", Some(Level::Error));
        check("W (12:34:56.789) wifi: slow", Some(Level::Warning));
        check("I (1) boot: x", Some(Level::Info));
        check("[  4711][E][main.cpp:12] loop(): x", Some(Level::Error));
        check("[E][main.cpp:12] loop(): x", Some(Level::Error));
        check("[12:00:00][W][wifi:401]: x", Some(Level::Warning));
        check("[12:00:00.123][VV][api:1]: x", Some(Level::Verbose));
        check("[12:00:00][C][logger:1]: x", Some(Level::Info));
        check("[00:00:00.010,000] <err> os: x", Some(Level::Error));
        check("<wrn> os: x", Some(Level::Warning));
    }

    #[test]
    fn words_are_no_levels() {
        check("18:40:08.501-023/02 CMD: error", None);
        check("E (not a time) x", None);
        check("E", None);
        check("[E] x", None);
        check("[INFO][x] y", None);
        check("<error> x", None);
        check("[", None);
        check("", None);
    }
}
