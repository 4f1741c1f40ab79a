//! The console's colours, as the style sheet declares them: each can be read in both themes.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

const TOKENS: &str = include_str!("../static/css/tokens.css");
const GROUNDS: &str = include_str!("../src/ui/panels/console/looks.rs");

/// The colours of the light theme and those of the dark one, by name.
fn themes() -> [HashMap<&'static str, [u8; 3]>; 2] {
    let (light, dark) = TOKENS.split_once("@media (prefers-color-scheme: dark)").unwrap();
    [light, dark].map(|theme| {
        let declared = theme.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
        let with_numbers = declared.filter_map(|(name, digits)| {
            let number = u32::from_str_radix(digits.strip_suffix(';')?, 16).ok()?;
            Some((name, [(number >> 16) as u8, (number >> 8) as u8, number as u8]))
        });
        with_numbers.collect()
    })
}

/// WCAG 2.2's contrast ratio.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_colour_of_a_terminal_can_be_read_in_both_themes() {
    for theme in themes() {
        for place in 0..16 {
            let ratio = contrast(theme[&*format!("ansi-{place}")], theme["sunken"]);
            assert!(ratio >= 4.5, "--ansi-{place} on --sunken: {ratio:.2}");
        }
    }
}

#[test]
fn a_text_that_stands_out_can_be_read_in_both_themes() {
    for theme in themes() {
        let grounds = ["found", "found-current", "selected", "marked"].map(str::to_owned);
        for ground in grounds.into_iter().chain((0..6).map(|place| format!("highlight-{place}"))) {
            let ratio = contrast(theme["text"], theme[&*ground]);
            assert!(ratio >= 4.5, "--text on --{ground}: {ratio:.2}");
        }
        for level in ["bad", "warn", "muted"] {
            let ratio = contrast(theme[level], theme["sunken"]);
            assert!(ratio >= 4.5, "--{level} on --sunken: {ratio:.2}");
        }
    }
}

/// What a firmware chose is made legible on these grounds: they must be the page's.
#[test]
fn the_grounds_are_those_of_the_style_sheet() {
    for (theme, name) in themes().into_iter().zip(["LIGHT", "DARK"]) {
        let [red, green, blue] = theme["sunken"];
        let declared = format!("const {name}: Rgb = Rgb(0x{red:02x}, 0x{green:02x}, 0x{blue:02x});");
        assert!(GROUNDS.contains(&declared), "{declared}");
    }
}
