//! Whether the page can be read: the contrast of its colours in both themes, as WCAG 2.2 measures it
//! (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>): 4.5 for text (criterion 1.4.3), 3 for what shows the focus, the
//! edge of a field or a sign (1.4.11).
//!
//! The colours are read from the style sheet, so that a change there is measured. It cannot see which colours meet on
//! screen: whoever puts text on another ground adds the pair here.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

/// Where text stands.
const GROUNDS: [&str; 4] = ["page", "surface", "sunken", "raised"];

/// Text on all grounds.
const TEXTS: [&str; 3] = ["text", "muted", "accent"];

/// Other text and its ground.
const TEXT_ON: [(&str, &str); 22] = [
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent", "accent-tint"),
    ("accent-strong", "surface"),
    ("text", "accent-tint"),
    ("text", "calm-tint"),
    ("text", "marked"),
    ("text", "ok-tint"),
    ("text", "warn-tint"),
    ("text", "bad-tint"),
    ("muted", "calm-tint"),
    ("ok", "ok-tint"),
    ("ok", "surface"),
    ("warn", "warn-tint"),
    ("warn", "raised"),
    ("warn", "accent-tint"),
    ("bad", "bad-tint"),
    ("bad", "surface"),
    ("bad", "raised"),
    ("calm", "calm-tint"),
    ("chart-text", "chart-background"),
    ("chart-muted", "chart-background"),
];

/// Signs and their ground.
const SIGN_ON: [(&str, &str); 16] = [
    ("focus", "page"),
    ("focus", "surface"),
    ("focus", "sunken"),
    ("focus", "raised"),
    ("field-edge", "surface"),
    ("field-edge", "raised"),
    ("accent", "accent-tint"),
    ("warn", "warn-tint"),
    ("marked-edge", "sunken"),
    ("chart-axis", "chart-background"),
    ("chart-free", "chart-background"),
    ("chart-largest", "chart-background"),
    ("chart-low-water", "chart-background"),
    ("chart-share", "chart-background"),
    ("chart-alarm", "chart-background"),
    ("chart-alarm", "sunken"),
];

type Colours = HashMap<String, [f64; 3]>;

/// The colours `--name: #rrggbb` of a style sheet.
fn colours(css: &str) -> Colours {
    let declarations = css.split(';').filter_map(|part| {
        let (name, value) = part.rsplit_once("--")?.1.split_once(':')?;
        let digits = value.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok().map(f64::from);
        Some((name.to_owned(), [channel(0)?, channel(2)?, channel(4)?]))
    });
    declarations.collect()
}

/// Light and dark.
fn themes() -> [(&'static str, Colours); 2] {
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/css/tokens.css")).unwrap();
    let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let light = colours(light);
    // What the dark theme does not say stays as it is.
    let dark = light.clone().into_iter().chain(colours(dark)).collect();
    [("light", light), ("dark", dark)]
}

/// Relative luminance, from 0 for black to 1 for white.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let channel = channel / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_and_signs_stand_out_in_both_themes() {
    let mut faint = Vec::new();
    for (theme, colours) in themes() {
        let everywhere = TEXTS.iter().flat_map(|text| GROUNDS.iter().map(move |ground| (*text, *ground)));
        let texts = everywhere.chain(TEXT_ON).map(|pair| (pair, 4.5));
        let signs = SIGN_ON.into_iter().map(|pair| (pair, 3.0));
        for ((above, below), least) in texts.chain(signs) {
            let colour = |name: &str| *colours.get(name).unwrap_or_else(|| panic!("there is no --{name}"));
            let contrast = contrast(colour(above), colour(below));
            if contrast < least {
                faint.push(format!("{theme}: --{above} on --{below} has {contrast:.2}, not {least}"));
            }
        }
    }
    assert!(faint.is_empty(), "{}", faint.join("\n"));
}

#[test]
fn the_measure_is_that_of_the_standard() {
    let [black, white, grey] = [[0.0; 3], [255.0; 3], [119.0; 3]];
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((contrast(white, grey) - 4.478).abs() < 1e-3, "#777777 is the famous one that just fails");
    let css = ":root { --a: #ff8000; --b: rgb(1 2 3); --c-1:#000000 ; }";
    let found = colours(css);
    assert_eq!((found.len(), found["a"], found["c-1"]), (2, [255.0, 128.0, 0.0], black));
}

#[test]
fn both_themes_have_the_same_colours() {
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/css/tokens.css")).unwrap();
    let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let names = |css| {
        let mut names: Vec<_> = colours(css).into_keys().collect();
        names.sort();
        names
    };
    assert_eq!(names(light), names(dark));
}

/// Somebody whom movement makes ill says so to the system; then nothing on the page moves by itself.
#[test]
fn nothing_moves_where_motion_is_to_be_reduced() {
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/css/base.css")).unwrap();
    let (_, rule) = css.split_once("@media (prefers-reduced-motion: reduce)").unwrap();
    for stopped in
        ["animation: none !important", "transition: none !important", "scroll-behavior: auto !important"]
    {
        assert!(rule.contains(stopped), "{stopped}");
    }
}
