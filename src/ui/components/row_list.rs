//! The rows of a report's table, each explained: what it is, what is usual for it, what is to be said of it here.
//!
//! It is text below the picture, not a tooltip: it is read on phones, too. A row that stands out has an icon and words
//! beside its colour.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::chart::Composition;
use crate::format;
use crate::verdict::composition::RowExplanation;
use crate::words::page::report as words;

/// The rows in the order of the picture: the largest first, parts below the row that they are parts of.
///
/// `explanations` are those of the report's rows in printed order.
pub fn row_list(composition: &Composition, explanations: &[RowExplanation]) -> Html {
    let total_bytes = composition.total_bytes();
    let rows = composition.rows().iter().filter_map(|row| Some((row, explanations.get(row.source)?)));
    html! {
        <details class="twin" open=true data-testid="row-list">
            <summary>{ words::WHAT_THE_ROWS_MEAN }</summary>
            <dl class="rows">
                { for rows.map(|(row, explained)| html! {
                    <div class={classes!("rows__row", row.is_part.then_some("rows__row--part"),
                                         explained.stands_out.then_some("rows__row--out"))}
                         data-stands-out={explained.stands_out.to_string()}>
                        <dt class="rows__name">
                            <strong>{ &row.name }</strong>
                            <span class="rows__size">
                                { format::bytes(row.bytes) }{ " · " }{ format::share(row.bytes, total_bytes) }
                            </span>
                            if explained.stands_out {
                                <span class="rows__mark">{ icon(Icon::Warning) }{ words::STANDS_OUT }</span>
                            }
                        </dt>
                        <dd>{ explained.meaning }</dd>
                        if let Some(usual) = explained.usual {
                            <dd class="muted">{ words::usual(usual) }</dd>
                        }
                        if let Some(remark) = &explained.remark {
                            <dd>{ words::here(remark) }</dd>
                        }
                        if let Some(change) = explained.change_bytes {
                            <dd>{ words::change(change) }</dd>
                        }
                    </div>
                }) }
            </dl>
        </details>
    }
}
