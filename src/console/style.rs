//! How a terminal would show a text: colours, bold, underline, inverse (ECMA-48, "select graphic rendition").
//!
//! A sequence changes some of these and leaves the others, so what holds at a place of a log is everything since the
//! last reset. [`Change`]s add up, which lets one look back from any line and stop as soon as nothing is open any more.
//! What no terminal of a developer shows (blinking, faces) is passed over.
//!
//! ```
//! use heapscope::console::{Change, Colour, Style};
//! let red = Change::of_line(b"\x1b[1;31mpanic").after(Style::default());
//! assert_eq!((red.foreground, red.is_bold), (Some(Colour::Named(1)), true));
//! ```

use crate::stream::ansi::{Piece, pieces};

/// The look of a piece of text. The default is the terminal's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Colour of the letters.
    pub foreground: Option<Colour>,
    /// Colour behind them.
    pub background: Option<Colour>,
    /// Whether it is bold.
    pub is_bold: bool,
    /// Whether it is underlined.
    pub is_underlined: bool,
    /// Whether the two colours change places.
    pub is_inverse: bool,
}

/// A colour of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One of the sixteen whose look is the terminal's to choose: black, red, green, yellow, blue, magenta, cyan,
    /// white, then the same bright.
    Named(u8),
    /// Red, green and blue as given, or as xterm's palette of 256 has them.
    Rgb(u8, u8, u8),
}

impl Colour {
    /// The colour of this place in xterm's palette: 16 named ones, a cube of 6 × 6 × 6, 24 greys.
    fn indexed(index: u8) -> Self {
        let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
        match index {
            0..16 => Colour::Named(index),
            16..232 => {
                let place = index - 16;
                Colour::Rgb(level(place / 36), level(place / 6 % 6), level(place % 6))
            }
            232.. => {
                let grey = 8 + 10 * (index - 232);
                Colour::Rgb(grey, grey, grey)
            }
        }
    }
}

/// What sequences change; `None` where they leave what was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    foreground: Option<Option<Colour>>,
    background: Option<Option<Colour>>,
    is_bold: Option<bool>,
    is_underlined: Option<bool>,
    is_inverse: Option<bool>,
}

impl Change {
    const RESET: Change = Change {
        foreground: Some(None),
        background: Some(None),
        is_bold: Some(false),
        is_underlined: Some(false),
        is_inverse: Some(false),
    };

    /// What all sequences of a line change together.
    pub fn of_line(line: &[u8]) -> Self {
        let mut change = Change::default();
        for piece in pieces(line) {
            if let Piece::Sequence(sequence) = piece {
                change = change.then(Change::of_sequence(sequence));
            }
        }
        change
    }

    /// What one sequence changes: `ESC [ 1 ; 31 m`.
    pub fn of_sequence(sequence: &[u8]) -> Self {
        let parameters = sequence.strip_prefix(b"\x1b[").and_then(|rest| rest.strip_suffix(b"m"));
        let is_plain = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b';' | b':');
        match parameters.filter(|parameters| parameters.iter().all(is_plain)) {
            Some(parameters) => Change::of_parameters(parameters),
            None => Change::default(),
        }
    }

    fn of_parameters(parameters: &[u8]) -> Self {
        let mut change = Change::default();
        let mut fields = parameters.split(|&byte| byte == b';');
        while let Some(field) = fields.next() {
            // A colour is written as `38;5;9` or, as the standard has it, `38:5:9`.
            let mut parts = field.split(|&byte| byte == b':').map(number);
            let code = parts.next().flatten().unwrap_or(0);
            let has_parts = field.contains(&b':');
            let mut colour = || match has_parts {
                true => colour_of_parts(&parts.by_ref().collect::<Vec<_>>()),
                false => colour_of_fields(&mut fields.by_ref().map(number)),
            };
            match code {
                0 => change = Change::RESET,
                1 => change.is_bold = Some(true),
                4 => change.is_underlined = Some(!has_parts || parts.next().flatten() != Some(0)),
                7 => change.is_inverse = Some(true),
                // 21 is a double line to the standard and to xterm, the end of bold to few others.
                21 => change.is_underlined = Some(true),
                22 => change.is_bold = Some(false),
                24 => change.is_underlined = Some(false),
                27 => change.is_inverse = Some(false),
                30..=37 => change.foreground = Some(Some(Colour::Named(code as u8 - 30))),
                38 => change.foreground = colour().map(Some).or(change.foreground),
                39 => change.foreground = Some(None),
                40..=47 => change.background = Some(Some(Colour::Named(code as u8 - 40))),
                48 => change.background = colour().map(Some).or(change.background),
                49 => change.background = Some(None),
                // The colour of an underline: its values are not codes of their own.
                58 => drop(colour()),
                90..=97 => change.foreground = Some(Some(Colour::Named(code as u8 - 90 + 8))),
                100..=107 => change.background = Some(Some(Colour::Named(code as u8 - 100 + 8))),
                _ => {}
            }
        }
        change
    }

    /// This change, and another one behind it.
    pub fn then(self, later: Change) -> Change {
        Change {
            foreground: later.foreground.or(self.foreground),
            background: later.background.or(self.background),
            is_bold: later.is_bold.or(self.is_bold),
            is_underlined: later.is_underlined.or(self.is_underlined),
            is_inverse: later.is_inverse.or(self.is_inverse),
        }
    }

    /// Whether what was before makes no difference any more.
    pub fn is_whole(&self) -> bool {
        self.foreground.is_some()
            && self.background.is_some()
            && self.is_bold.is_some()
            && self.is_underlined.is_some()
            && self.is_inverse.is_some()
    }

    /// The look that this leaves of one.
    pub fn after(self, before: Style) -> Style {
        Style {
            foreground: self.foreground.unwrap_or(before.foreground),
            background: self.background.unwrap_or(before.background),
            is_bold: self.is_bold.unwrap_or(before.is_bold),
            is_underlined: self.is_underlined.unwrap_or(before.is_underlined),
            is_inverse: self.is_inverse.unwrap_or(before.is_inverse),
        }
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// `5;n` or `2;r;g;b`. A value that is left out is 0.
fn colour_of_fields(fields: &mut dyn Iterator<Item = Option<u32>>) -> Option<Colour> {
    let mut next = || u8::try_from(fields.next()?.unwrap_or(0)).ok();
    match next()? {
        5 => Some(Colour::indexed(next()?)),
        2 => Some(Colour::Rgb(next()?, next()?, next()?)),
        _ => None,
    }
}

/// `5:n`, `2:r:g:b` or, with a colour space that nobody uses, `2::r:g:b`.
fn colour_of_parts(parts: &[Option<u32>]) -> Option<Colour> {
    match parts {
        [Some(2), _, red, green, blue, ..] => {
            colour_of_fields(&mut [Some(2), *red, *green, *blue].into_iter())
        }
        parts => colour_of_fields(&mut parts.iter().copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sequences: &str, expected: Style) {
        assert_eq!(Change::of_line(sequences.as_bytes()).after(Style::default()), expected, "{sequences:?}");
    }

    fn fore(colour: Colour) -> Style {
        Style { foreground: Some(colour), ..Style::default() }
    }

    #[test]
    fn sequences_mean_what_xterm_takes_them_for() {
        let plain = Style::default();
        check("\x1b[31m", fore(Colour::Named(1)));
        check("\x1b[0;32m", fore(Colour::Named(2)));
        check("\x1b[97m", fore(Colour::Named(15)));
        check("\x1b[38;5;9m", fore(Colour::Named(9)));
        check("\x1b[38;5;196m", fore(Colour::Rgb(255, 0, 0)));
        check("\x1b[38;5;244m", fore(Colour::Rgb(128, 128, 128)));
        check("\x1b[38;2;1;2;3m", fore(Colour::Rgb(1, 2, 3)));
        check("\x1b[38:2::1:2:3m", fore(Colour::Rgb(1, 2, 3)));
        check("\x1b[38:2:1:2:3m", fore(Colour::Rgb(1, 2, 3)));
        check("\x1b[38:5:9m", fore(Colour::Named(9)));
        check("\x1b[48;5;21m", Style { background: Some(Colour::Rgb(0, 0, 255)), ..plain });
        check("\x1b[107m", Style { background: Some(Colour::Named(15)), ..plain });
        check("\x1b[1;4;7m", Style { is_bold: true, is_underlined: true, is_inverse: true, ..plain });
        check("\x1b[1;4;7m\x1b[22;24;27m", plain);
        check("\x1b[4:3m", Style { is_underlined: true, ..plain });
        check("\x1b[4m\x1b[4:0m", plain);
        check("\x1b[31;42m\x1b[39m", Style { background: Some(Colour::Named(2)), ..plain });
        check("\x1b[31m\x1b[m", plain);
        check("\x1b[58;5;1;31m", fore(Colour::Named(1)));
    }

    #[test]
    fn what_is_no_look_changes_nothing() {
        for sequence in
            ["\x1b[2J", "\x1b[?25h", "\x1b[>4;2m", "\x1b]0;31m\x07", "\x1b[38;5;999m", "\x1b[38m", "\x1b[3"]
        {
            check(sequence, Style::default());
        }
    }

    #[test]
    fn a_change_is_whole_when_nothing_shines_through() {
        assert!(Change::of_line(b"\x1b[0m").is_whole());
        assert!(Change::of_line(b"\x1b[m\x1b[31m").is_whole());
        assert!(!Change::of_line(b"\x1b[31;42m").is_whole());
        assert!(Change::of_line(b"\x1b[31;42;22;24;7m").is_whole());
    }
}
