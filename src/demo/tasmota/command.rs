//! Cuts a line typed at Tasmota's console into a command, by its rules (Tasmota support_command.ino:340-430).

/// A line that has a command in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command<'a> {
    /// The word in upper case, without the digits at its end: `STATUS`.
    pub(super) word: String,
    /// The word in upper case with them, for the error answers: `STATUS0`.
    pub(super) word_with_index: String,
    /// The digits at its end; 1 when there are none.
    pub(super) index: u32,
    /// What follows the word, trimmed.
    pub(super) data: &'a str,
    /// The number that the data begins with, 0..2 for `off`, `on` and `toggle`; [`NO_PAYLOAD`] otherwise.
    pub(super) payload: i64,
    /// A `_` in front of the word: no answer is wanted.
    pub(super) is_quiet: bool,
}

/// The payload of a command without one.
pub(super) const NO_PAYLOAD: i64 = -99;

impl<'a> Command<'a> {
    /// `None` when the line has no command: then Tasmota does nothing at all.
    ///
    /// Text up to the last `/` in front of the word is a topic and dropped.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim_start();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = line.find(|c| !is_word(c) && c != '/').unwrap_or(line.len());
        let (path, data) = line.split_at(end);
        let word = path.rsplit('/').next().unwrap_or_default();
        let (word, is_quiet) = match word.strip_prefix('_') {
            Some(rest) => (rest, true),
            None => (word, false),
        };
        if word.is_empty() {
            return None;
        }
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let data = data.trim();
        Some(Command {
            word: name.to_ascii_uppercase(),
            word_with_index: word.to_ascii_uppercase(),
            index: if name.len() == word.len() { 1 } else { word[name.len()..].parse().unwrap_or(u32::MAX) },
            data,
            payload: payload(data),
            is_quiet,
        })
    }
}

/// `strtol(data, .., 0)` and the words for states.
fn payload(data: &str) -> i64 {
    match data.to_ascii_uppercase().as_str() {
        "OFF" | "FALSE" | "STOP" => return 0,
        "ON" | "TRUE" | "START" => return 1,
        "TOGGLE" => return 2,
        _ => {}
    }
    let (sign, digits) = match data.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, data.strip_prefix('+').unwrap_or(data)),
    };
    let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => (16, digits),
        None if digits.starts_with('0') => (8, digits),
        None => (10, digits),
    };
    let mut values = digits.chars().map_while(|digit| digit.to_digit(radix)).peekable();
    if values.peek().is_none() {
        return NO_PAYLOAD;
    }
    let limit = i64::from(i32::MAX);
    sign * values.fold(0, |sum, digit| (sum * i64::from(radix) + i64::from(digit)).min(limit))
}

/// The commands of a `Backlog`: cut at semicolons, but not inside braces.
pub(super) fn split_backlog(data: &str) -> Vec<String> {
    let mut depth = 0_usize;
    data.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ';' && depth == 0
    })
    .map(|command| command.trim().to_string())
    .filter(|command| !command.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, word: &str, index: u32, data: &str, payload: i64) {
        let command = Command::parse(line).unwrap();
        let parts = (command.word.as_str(), command.index, command.data, command.payload);
        assert_eq!(parts, (word, index, data, payload));
    }

    #[test]
    fn lines_are_cut_as_tasmota_does() {
        check("Status 4", "STATUS", 1, "4", 4);
        check("  status4  ", "STATUS", 4, "", NO_PAYLOAD);
        check("Status0", "STATUS", 0, "", NO_PAYLOAD);
        check("cmnd/demo-plug/status 4", "DEMO", 1, "-plug/status 4", NO_PAYLOAD); // `-` ends the word
        check("cmnd/xyz/status 0x2c", "STATUS", 1, "0x2c", 44);
        check("cmnd/xyz/status 4", "STATUS", 1, "4", 4);
        check("SetOption130 ON", "SETOPTION", 130, "ON", 1);
        check("power toggle", "POWER", 1, "toggle", 2);
        check("x 010", "X", 1, "010", 8);
        check("x -3", "X", 1, "-3", -3);
        check("x 12abc", "X", 1, "12abc", 12);
        check("x 99999999999999999999", "X", 1, "99999999999999999999", i64::from(i32::MAX));
        assert!(Command::parse("_Power").unwrap().is_quiet);
    }

    #[test]
    fn no_word_is_no_command() {
        for line in ["", "   ", "{", "?", "_", "a/"] {
            assert_eq!(Command::parse(line), None, "{line:?}");
        }
    }

    #[test]
    fn semicolons_in_braces_do_not_cut() {
        assert_eq!(split_backlog("Power 1; Delay 5;;State"), ["Power 1", "Delay 5", "State"]);
        assert_eq!(split_backlog("Template {\"a;b\"}; State"), ["Template {\"a;b\"}", "State"]);
        assert_eq!(split_backlog(" "), Vec::<String>::new());
    }
}
