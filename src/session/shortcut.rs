//! Keys pressed together, as people write them: `Alt+S`, `Ctrl+Shift+F2`.
//!
//! Ctrl stands for the command key of a Mac too. It holds no list of what they do.
//!
//! ```
//! use heapscope::session::Shortcut;
//!
//! let pressed = Shortcut::pressed([false, true, false], "s", "KeyS").unwrap();
//! assert_eq!(Some(pressed), Shortcut::from_text("alt+s"));
//! ```

use std::fmt;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    ctrl: bool,
    alt: bool,
    shift: bool,
    /// In capitals: a letter, a digit, `?`, `F2`, `ENTER`, `ESCAPE`.
    key: String,
}

impl Shortcut {
    /// The keys of a keyboard event: whether Ctrl or the command key, Alt and Shift are down, and the event's `key` and
    /// `code`. `None` where they type a character.
    pub fn pressed([ctrl, alt, shift]: [bool; 3], key: &str, code: &str) -> Option<Self> {
        let is_plain = |key: &str| key.len() == 1 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let key = if key == "?" {
            return Some(Shortcut { ctrl, alt, shift: false, key: key.into() });
        } else if is_plain(key) || is_named(key) {
            key
        } else if alt && !ctrl {
            // On a Mac Alt and a letter are another character; Ctrl and Alt are the AltGr of Windows, which types one.
            code.strip_prefix("Key").or(code.strip_prefix("Digit")).filter(|key| is_plain(key))?
        } else {
            return None;
        };
        Some(Shortcut { ctrl, alt, shift, key: key.to_ascii_uppercase() })
    }

    /// From the text of it. `None` where it is none.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut shortcut = Shortcut { ctrl: false, alt: false, shift: false, key: String::new() };
        for part in text.split('+').map(str::trim) {
            match part.to_ascii_uppercase().as_str() {
                "CTRL" | "CMD" => shortcut.ctrl = true,
                "ALT" => shortcut.alt = true,
                "SHIFT" => shortcut.shift = true,
                key if shortcut.key.is_empty() => shortcut.key = key.to_owned(),
                _ => return None,
            }
        }
        let is_character = shortcut.key.len() == 1
            && shortcut.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'?');
        (is_character || is_named(&shortcut.key)).then_some(shortcut)
    }

    /// Whether it does not type anything, so that it can be pressed while one types.
    pub fn types_nothing(&self) -> bool {
        self.ctrl || self.alt || self.key.len() > 1 && self.key.starts_with('F')
    }
}

/// A key with a name that a shortcut may have: `F1` to `F12`, Enter, Escape.
fn is_named(key: &str) -> bool {
    let function = key.strip_prefix(['F', 'f']).and_then(|number| number.parse::<u8>().ok());
    function.is_some_and(|number| (1..=12).contains(&number))
        || ["Enter", "Escape"].into_iter().any(|name| key.eq_ignore_ascii_case(name))
}

impl fmt::Display for Shortcut {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (is_down, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if is_down {
                text.write_str(name)?;
            }
        }
        text.write_str(match self.key.as_str() {
            "ENTER" => "Enter",
            "ESCAPE" => "Escape",
            key => key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pressed_is_what_is_written() {
        for (modifiers, key, code, text) in [
            ([true, false, false], "k", "KeyK", Some("Ctrl+K")),
            ([false, true, false], "1", "Digit1", Some("Alt+1")),
            ([false, true, true], "N", "KeyN", Some("Alt+Shift+N")),
            // A Mac.
            ([false, true, false], "ß", "KeyS", Some("Alt+S")),
            ([false, true, false], "Dead", "KeyN", Some("Alt+N")),
            // AltGr types a character.
            ([true, true, false], "@", "KeyQ", None),
            ([false, false, true], "?", "Slash", Some("?")),
            ([false, false, false], "F2", "F2", Some("F2")),
            ([true, false, false], "Enter", "Enter", Some("Ctrl+Enter")),
            ([false, false, false], "Escape", "Escape", Some("Escape")),
            ([true, false, false], "Control", "ControlLeft", None),
            ([false, false, false], "ä", "Quote", None),
            ([false, false, false], "F13", "F13", None),
        ] {
            let pressed = Shortcut::pressed(modifiers, key, code);
            assert_eq!(pressed.as_ref().map(ToString::to_string).as_deref(), text, "{key}");
            assert_eq!(text.and_then(Shortcut::from_text), pressed, "{key}");
        }
    }

    #[test]
    fn what_is_no_shortcut_is_none() {
        for text in ["", "Alt", "Alt+", "A+B", "Alt+Ä", "Alt+F99", "nonsense"] {
            assert_eq!(Shortcut::from_text(text), None, "{text}");
        }
        assert_eq!(Shortcut::from_text(" alt + shift + f5 ").unwrap().to_string(), "Alt+Shift+F5");
        assert!(!Shortcut::from_text("Shift+A").unwrap().types_nothing());
        assert!(Shortcut::from_text("F5").unwrap().types_nothing());
    }
}
