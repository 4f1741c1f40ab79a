//! Makes a colour that a firmware chose readable on the page's ground, light or dark.
//!
//! Contrast is WCAG 2.2's ratio of relative luminances, as <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio> has it.
//! The sixteen named colours need none of this: the page has its own shades for them.
//!
//! ```
//! use heapscope::console::{Rgb, legible};
//! // Dark blue is readable on white as it is, and made lighter on black.
//! let (white, black, blue) = (Rgb(255, 255, 255), Rgb(0, 0, 0), Rgb(0, 0, 160));
//! assert_eq!(legible(blue, white), blue);
//! assert_ne!(legible(blue, black), blue);
//! ```

/// Red, green, blue, in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// As style sheets write it: `#00a0ff`.
    pub fn css(self) -> String {
        let Rgb(red, green, blue) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// What normal text needs to be read (WCAG 2.2, level AA).
const ENOUGH: f32 = 4.5;

/// Steps on the way to white or black.
const STEPS: u16 = 16;

/// The colour, mixed with as much white or black as it takes to be read on this ground.
pub fn legible(colour: Rgb, ground: Rgb) -> Rgb {
    let toward: u16 = if luminance(ground) < 0.18 { 255 } else { 0 };
    let mix = |part: u8, step: u16| ((u16::from(part) * (STEPS - step) + toward * step) / STEPS) as u8;
    let steps = (0..=STEPS).map(|step| Rgb(mix(colour.0, step), mix(colour.1, step), mix(colour.2, step)));
    let mut last = colour;
    for mixed in steps {
        last = mixed;
        if contrast(mixed, ground) >= ENOUGH {
            break;
        }
    }
    last
}

fn contrast(one: Rgb, other: Rgb) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(Rgb(red, green, blue): Rgb) -> f32 {
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// WCAG's curve has the exponent 2.4; a square between two cubes is near enough (within 0.006) and weighs nothing.
fn linear(part: u8) -> f32 {
    let part = f32::from(part) / 255.0;
    part * (part * (part * 0.305_306 + 0.682_171) + 0.012_523)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's own formula.
    fn exact_contrast(one: Rgb, other: Rgb) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |Rgb(red, green, blue): Rgb| {
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read_on_both_grounds() {
        for ground in [Rgb(0xf7, 0xf8, 0xfa), Rgb(0x10, 0x14, 0x19)] {
            for code in 0..512_u16 {
                let part = |shift: u16| ((code >> shift & 7) * 36) as u8;
                let colour = Rgb(part(6), part(3), part(0));
                let shown = legible(colour, ground);
                let contrast = exact_contrast(shown, ground);
                assert!(contrast >= 4.35, "{} on {}: {contrast:.2}", shown.css(), ground.css());
                if exact_contrast(colour, ground) >= 4.7 {
                    assert_eq!(shown, colour, "nothing is changed without need");
                }
            }
        }
    }
}
