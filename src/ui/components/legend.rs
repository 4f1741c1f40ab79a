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
    let shape = match swatch {
        Swatch::LineOverArea => html! {
            <><path class="swatch__tint" d="M0 7h18v5H0z" /><path class="swatch__thick" d="M0 6h18" /></>
        },
        Swatch::Line => html! { <path class="swatch__line" d="M0 6h18" /> },
        Swatch::Dashes => html! { <path class="swatch__line" d="M0 6h4.500M6.750 6h4.500M13.500 6H18" /> },
        Swatch::Solid => html! { <path class="swatch__fill" d="M4 1h10v10H4z" /> },
        Swatch::Hatched => html! {
            <><path class="swatch__line" d="M4.500 1.500h9v9h-9z" />
            <path class="swatch__thin" d="M4.500 6 9 1.500M5 10.500 13.500 2M9 10.500 13.500 6" /></>
        },
        Swatch::Outlined => html! { <path class="swatch__thick" d="M5 2h8v8H5z" /> },
        Swatch::Bar => html! { <path class="swatch__fill" d="M7.500 1h3v10h-3z" /> },
        Swatch::Mark(mark) => mark_shape(mark),
    };
    html! {
        <svg class="swatch" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true" focusable="false">
            { shape }
        </svg>
    }
}

fn mark_shape(mark: MarkShape) -> Html {
    match mark {
        MarkShape::Pennant => html! { <path class="swatch__fill" d="M5 1h8L10 4l3 3H6v4H5z" /> },
        MarkShape::Diamond => html! { <path class="swatch__fill" d="M9 1l5 5-5 5-5-5z" /> },
        MarkShape::Cross => html! { <path class="swatch__thick" d="M5 2l8 8M13 2l-8 8" /> },
        MarkShape::Square => html! { <path class="swatch__fill" d="M4.500 1.500h9v9h-9z" /> },
        MarkShape::Ring => html! { <circle class="swatch__line" cx="9" cy="6" r="4" /> },
        MarkShape::Gap => html! { <path class="swatch__fill" d="M5 1h3v10H5zM10 1h3v10h-3z" /> },
        MarkShape::Dash => html! { <path class="swatch__fill" d="M4 4.500h10v3H4z" /> },
        MarkShape::Triangle => html! { <path class="swatch__fill" d="M9 2l4.500 8h-9z" /> },
    }
}
