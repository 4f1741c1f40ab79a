//! What the signs in a picture mean.

use yew::prelude::*;

use crate::chart::{LegendItem, MarkShape, Swatch};

/// See the module.
pub fn legend(items: &[LegendItem]) -> Html {
    html! {
        <ul class="legend">
            { for items.iter().map(|item| html! {
                <li class={classes!("legend__item", token_class(item.token))}>
                    { swatch(item.swatch) }<span>{ &item.label }</span>
                    if !item.value.is_empty() {
                        <span class="legend__value">{ &item.value }</span>
                    }
                </li>
            }) }
        </ul>
    }
}

/// `--chart-free` gives the class `chart-free`, which sets `color` to that token.
pub fn token_class(token: &'static str) -> &'static str {
    token.strip_prefix("--").unwrap_or(token)
}

fn swatch(swatch: Swatch) -> Html {
    // What differs stands in a table: as pieces of markup they would be twelve times the code.
    let strokes: &[(&str, &str)] = match swatch {
        Swatch::LineOverArea => &[("swatch__tint", "M0 7h18v5H0z"), ("swatch__thick", "M0 6h18")],
        Swatch::Line => &[("swatch__line", "M0 6h18")],
        Swatch::Dashes => &[("swatch__line", "M0 6h4.500M6.750 6h4.500M13.500 6H18")],
        Swatch::Solid => &[("swatch__fill", "M4 1h10v10H4z")],
        Swatch::Hatched => &[
            ("swatch__line", "M4.500 1.500h9v9h-9z"),
            ("swatch__thin", "M4.500 6 9 1.500M5 10.500 13.500 2M9 10.500 13.500 6"),
        ],
        Swatch::Outlined => &[("swatch__thick", "M5 2h8v8H5z")],
        Swatch::Crossed => &[(
            "swatch__thin",
            "M4.500 1.500l9 9M13.500 1.500l-9 9M4.500 6 9 10.500M9 1.500 13.500 6M9 1.500 4.500 6M13.500 6 9 10.500",
        )],
        Swatch::Tinted => &[("swatch__tint", "M4 1h10v10H4z")],
        Swatch::Striped => &[("swatch__fill", "M4 1h10v3H4zM4 5h10v2H4zM4 8h10v3H4z")],
        Swatch::UpperHalf => {
            &[("swatch__line", "M4.500 1.500h9v4h-9z"), ("swatch__thin", "M5 2l3.500 3.500M9 2l3.500 3.500")]
        }
        Swatch::LowerHalf => &[("swatch__fill", "M4 6h10v5H4z")],
        Swatch::Bar => &[("swatch__fill", "M7.500 1h3v10h-3z")],
        Swatch::Mark(mark) => match mark {
            MarkShape::Pennant => &[("swatch__fill", "M5 1h8L10 4l3 3H6v4H5z")],
            MarkShape::Diamond => &[("swatch__fill", "M9 1l5 5-5 5-5-5z")],
            MarkShape::Cross => &[("swatch__thick", "M5 2l8 8M13 2l-8 8")],
            MarkShape::Square => &[("swatch__fill", "M4.500 1.500h9v9h-9z")],
            MarkShape::Ring => &[("swatch__line", "M13 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0z")],
            MarkShape::Wedge => &[("swatch__fill", "M4 2h10L9 11z")],
            MarkShape::Frame => &[("swatch__line", "M5 2h8v8h-8z")],
            MarkShape::Gap => &[("swatch__fill", "M5 1h3v10H5zM10 1h3v10h-3z")],
            MarkShape::Dash => &[("swatch__fill", "M4 4.500h10v3H4z")],
            MarkShape::Triangle => &[("swatch__fill", "M9 2l4.500 8h-9z")],
        },
    };
    html! {
        <svg class="swatch" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true" focusable="false">
            { for strokes.iter().map(|&(class, d)| html! { <path {class} {d} /> }) }
        </svg>
    }
}
