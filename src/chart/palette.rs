//! The colours of every picture, for light and dark pages.
//!
//! One set of hues (after Okabe and Ito) that stays apart for people with any kind of colour blindness; a test
//! simulates all three. Against the page's background, whatever carries meaning has a contrast of 3:1 at
//! least, and text one of 4.5:1 (WCAG 2.2, 1.4.3 and 1.4.11); tests hold that too. Grid lines are ornament
//! and quieter. Colour is never the only sign: lines differ in width and pattern, events in shape, free
//! blocks in pattern.
//!
//! The page's style sheet repeats the values as custom properties under [`Palette::tokens`]'s names, so
//! that HTML legends match the canvas:
//!
//! | token                | light     | dark      |
//! |----------------------|-----------|-----------|
//! | `--chart-background` | `#ffffff` | `#14181d` |
//! | `--chart-text`       | `#1b1f24` | `#e6e9ee` |
//! | `--chart-muted`      | `#57606a` | `#a3adb8` |
//! | `--chart-axis`       | `#7d8590` | `#768390` |
//! | `--chart-grid`       | `#e6e9ec` | `#2a3037` |
//! | `--chart-free`       | `#008563` | `#2fc49a` |
//! | `--chart-largest`    | `#cf5500` | `#ff9a4d` |
//! | `--chart-low-water`  | `#8f3f86` | `#d897d0` |
//! | `--chart-share`      | `#0072b2` | `#56b4e9` |
//! | `--chart-alarm`      | `#b3261e` | `#ff8a80` |
//! | `--chart-used-1`     | `#6b93bd` | `#4a6f97` |
//! | `--chart-used-2`     | `#4677aa` | `#6790bb` |
//! | `--chart-used-3`     | `#285a8f` | `#8eb4da` |
//! | `--chart-used-4`     | `#0f3c6b` | `#c3dbf2` |
//!
//! ```
//! use heapscope::chart::Theme;
//!
//! let palette = Theme::Dark.palette();
//! assert!(palette.text.contrast(palette.background) > 4.5);
//! assert_eq!(palette.background.hex(), "#14181d");
//! ```

/// Which page the picture stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark on white.
    #[default]
    Light,
    /// Light on near black.
    Dark,
}

impl Theme {
    /// Its colours.
    pub const fn palette(self) -> &'static Palette {
        match self {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }
}

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// As CSS writes it: `#008563`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// WCAG's contrast ratio, 1 to 21.
    pub fn contrast(self, other: Rgb) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// This colour thinly over `ground`: `part` 0 is the ground, 1 is this colour.
    pub fn over(self, ground: Rgb, part: f64) -> Rgb {
        let mix =
            |over: u8, under: u8| (f64::from(over) * part + f64::from(under) * (1.0 - part)).round() as u8;
        Rgb(mix(self.0, ground.0), mix(self.1, ground.1), mix(self.2, ground.2))
    }

    /// WCAG's relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// The colours of one theme, by what they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The ground that pictures are drawn on.
    pub background: Rgb,
    /// Text that matters.
    pub text: Rgb,
    /// Text that helps: labels of axes, addresses.
    pub muted: Rgb,
    /// The zero line, guards, ticks.
    pub axis: Rgb,
    /// Lines to measure by. Ornament.
    pub grid: Rgb,
    /// Free memory: the line and the free blocks.
    pub free: Rgb,
    /// The largest free block: the line and its outline in the map.
    pub largest: Rgb,
    /// The low-water mark.
    pub low_water: Rgb,
    /// Percentages: fragmentation; and bars of shares.
    pub share: Rgb,
    /// What went wrong: out of memory, crash, corruption.
    pub alarm: Rgb,
    /// Used blocks, from the smallest size class to the largest.
    pub used: [Rgb; 4],
}

impl Palette {
    /// Each colour with the name of its CSS custom property.
    pub fn tokens(&self) -> [(&'static str, Rgb); 14] {
        [
            ("--chart-background", self.background),
            ("--chart-text", self.text),
            ("--chart-muted", self.muted),
            ("--chart-axis", self.axis),
            ("--chart-grid", self.grid),
            ("--chart-free", self.free),
            ("--chart-largest", self.largest),
            ("--chart-low-water", self.low_water),
            ("--chart-share", self.share),
            ("--chart-alarm", self.alarm),
            ("--chart-used-1", self.used[0]),
            ("--chart-used-2", self.used[1]),
            ("--chart-used-3", self.used[2]),
            ("--chart-used-4", self.used[3]),
        ]
    }
}

static LIGHT: Palette = Palette {
    background: Rgb(0xff, 0xff, 0xff),
    text: Rgb(0x1b, 0x1f, 0x24),
    muted: Rgb(0x57, 0x60, 0x6a),
    axis: Rgb(0x7d, 0x85, 0x90),
    grid: Rgb(0xe6, 0xe9, 0xec),
    free: Rgb(0x00, 0x85, 0x63),
    largest: Rgb(0xcf, 0x55, 0x00),
    low_water: Rgb(0x8f, 0x3f, 0x86),
    share: Rgb(0x00, 0x72, 0xb2),
    alarm: Rgb(0xb3, 0x26, 0x1e),
    used: [Rgb(0x6b, 0x93, 0xbd), Rgb(0x46, 0x77, 0xaa), Rgb(0x28, 0x5a, 0x8f), Rgb(0x0f, 0x3c, 0x6b)],
};

static DARK: Palette = Palette {
    background: Rgb(0x14, 0x18, 0x1d),
    text: Rgb(0xe6, 0xe9, 0xee),
    muted: Rgb(0xa3, 0xad, 0xb8),
    axis: Rgb(0x76, 0x83, 0x90),
    grid: Rgb(0x2a, 0x30, 0x37),
    free: Rgb(0x2f, 0xc4, 0x9a),
    largest: Rgb(0xff, 0x9a, 0x4d),
    low_water: Rgb(0xd8, 0x97, 0xd0),
    share: Rgb(0x56, 0xb4, 0xe9),
    alarm: Rgb(0xff, 0x8a, 0x80),
    used: [Rgb(0x4a, 0x6f, 0x97), Rgb(0x67, 0x90, 0xbb), Rgb(0x8e, 0xb4, 0xda), Rgb(0xc3, 0xdb, 0xf2)],
};

#[cfg(test)]
mod tests {
    use super::*;

    const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

    #[test]
    fn text_can_be_read() {
        for palette in THEMES.map(Theme::palette) {
            for text in [palette.text, palette.muted] {
                assert!(text.contrast(palette.background) >= 4.5, "{}", text.hex());
            }
        }
    }

    #[test]
    fn what_carries_meaning_stands_out() {
        for palette in THEMES.map(Theme::palette) {
            for (name, colour) in palette.tokens() {
                let is_ornament = ["--chart-background", "--chart-grid"].contains(&name);
                let contrast = colour.contrast(palette.background);
                assert!(is_ornament || contrast >= 3.0, "{name} {} has {contrast:.2}", colour.hex());
            }
        }
    }

    #[test]
    fn size_classes_are_steps_of_one_scale() {
        for palette in THEMES.map(Theme::palette) {
            let contrasts = palette.used.map(|colour| colour.contrast(palette.background));
            assert!(contrasts.is_sorted_by(|one, two| one * 1.25 <= *two), "{contrasts:?}");
        }
    }

    /// Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB; then the distance in CIELAB.
    #[test]
    fn lines_stay_apart_without_colour_vision() {
        const PROTAN: [[f64; 3]; 3] = [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ];
        const DEUTAN: [[f64; 3]; 3] =
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]];
        const TRITAN: [[f64; 3]; 3] =
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]];
        const NORMAL: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for palette in THEMES.map(Theme::palette) {
            // The lines that share a panel.
            let lines = [palette.free, palette.largest, palette.low_water];
            for eye in [NORMAL, PROTAN, DEUTAN, TRITAN] {
                for (index, &one) in lines.iter().enumerate() {
                    for &two in &lines[index + 1..] {
                        let distance = distance(lab(one, eye), lab(two, eye));
                        assert!(distance >= 20.0, "{} and {}: {distance:.1}", one.hex(), two.hex());
                    }
                }
            }
        }
    }

    fn lab(colour: Rgb, eye: [[f64; 3]; 3]) -> [f64; 3] {
        let linear = [colour.0, colour.1, colour.2].map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let times = |matrix: [[f64; 3]; 3], vector: [f64; 3]| {
            matrix.map(|row| row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2])
        };
        let seen = times(eye, linear).map(|channel| channel.clamp(0.0, 1.0));
        let xyz = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], seen);
        let cube_root = |value: f64| {
            if value > 0.008856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 }
        };
        let [x, y, z] = [xyz[0] / 0.95047, xyz[1], xyz[2] / 1.08883].map(cube_root);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn distance(one: [f64; 3], two: [f64; 3]) -> f64 {
        one.iter().zip(two).map(|(one, two)| (one - two).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn the_table_above_is_true() {
        let source = include_str!("palette.rs");
        for ((name, light), (_, dark)) in LIGHT.tokens().into_iter().zip(DARK.tokens()) {
            let row = source.lines().find(|line| line.contains(&format!("`{name}`"))).unwrap_or_default();
            assert!(row.contains(&light.hex()) && row.contains(&dark.hex()), "{name}: {row}");
        }
    }
}
