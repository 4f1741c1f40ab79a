//! The figures of a report, and on demand whatever else was printed.

use yew::prelude::*;

use crate::dialect::{Extra, Report};
use crate::format;
use crate::words::page::report as words;

/// How often requests of several sizes could be had.
pub(super) fn what_fits(report: &Report) -> Html {
    let fits = crate::verdict::what_fits(report);
    if fits.is_empty() {
        return Html::default();
    }
    html! {
        <dl class="figures" aria-label={words::WHAT_FITS} data-testid="what-fits">
            <div class="figures__item"><dt>{ words::WHAT_FITS }{ ":" }</dt></div>
            { for fits.iter().map(|fit| {
                let (request, times) = words::fits(fit);
                html! { <div class="figures__item"><dt>{ request }</dt><dd>{ times }</dd></div> }
            }) }
        </dl>
    }
}

/// The figures, and on demand whatever else was printed.
pub(super) fn figures(report: &Report) -> Html {
    html! {
        <>
            if !report.figures.is_empty() {
                <dl class="figures">
                    { for report.figures.iter().map(|(figure, amount)| html! {
                        <div class="figures__item">
                            <dt>{ figure.label() }</dt><dd>{ format::quantity(amount, figure.unit()) }</dd>
                        </div>
                    }) }
                </dl>
            }
            if !report.extras.is_empty() {
                <details class="twin">
                    <summary>{ words::EVERYTHING_ELSE }</summary>
                    <dl class="figures figures--more">
                        { for report.extras.iter().map(|(name, value)| {
                            let (name, value) = extra(name, value);
                            html! { <div class="figures__item"><dt>{ name }</dt><dd>{ value }</dd></div> }
                        }) }
                    </dl>
                </details>
            }
        </>
    }
}

/// `free_space_bytes`, 24240 as people write it: `Free space`, `24 240 bytes`.
fn extra(name: &str, value: &Extra) -> (String, String) {
    let (name, is_bytes) = match name.strip_suffix("_bytes") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let mut name = name.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let value = match value {
        Extra::Number(number) => match u64::try_from(*number) {
            Ok(bytes) if is_bytes => format::exact_bytes(bytes),
            Ok(count) => format::count(count),
            Err(_) => number.to_string(),
        },
        Extra::Text(text) => text.clone(),
        Extra::List(texts) => texts.join("\n"),
        Extra::Flag(flag) => (if *flag { words::YES } else { words::NO }).to_owned(),
    };
    (name, value)
}
