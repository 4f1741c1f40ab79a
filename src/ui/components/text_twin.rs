//! The text twin of a picture: a table for screen readers, and for everybody who wants the numbers.

use yew::prelude::*;

use crate::chart::Table;
use crate::words::page::common;

/// Properties of [`TextTwin`].
#[derive(Clone, PartialEq, Properties)]
pub struct TextTwinProps {
    /// Makes the table. Called only while it is open: the table of a long recording is long.
    pub table: Callback<(), Table>,
}

/// Rows beyond this are counted, not shown.
const MOST_ROWS: usize = 500;

/// See the module.
#[component]
pub fn TextTwin(props: &TextTwinProps) -> Html {
    let is_open = use_state_eq(|| false);
    // Open or not is ours to say, not the element's: so the two never differ.
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            is_open.set(!*is_open);
        })
    };
    html! {
        <details class="twin" open={*is_open}>
            <summary onclick={toggle}>{ common::AS_TABLE }</summary>
            if *is_open {
                { table(&props.table.emit(())) }
            }
        </details>
    }
}

/// The table as HTML.
pub fn table(table: &Table) -> Html {
    let hidden = table.rows.len().saturating_sub(MOST_ROWS);
    html! {
        <>
            <p class="twin__caption">{ &table.caption }</p>
            <div class="twin__scroll" tabindex="0" role="region" aria-label={common::TABLE}>
                <table class="table">
                    <thead>
                        <tr>{ for table.headers.iter().map(|header| html! { <th scope="col">{ header }</th> }) }</tr>
                    </thead>
                    <tbody>
                        // The latest rows: those that people look for.
                        { for table.rows.iter().skip(hidden).map(|row| html! {
                            <tr>{ for row.iter().map(|cell| html! { <td>{ cell }</td> }) }</tr>
                        }) }
                    </tbody>
                </table>
            </div>
            if hidden > 0 {
                <p class="twin__caption">
                    { common::rows_left_out(hidden) }
                </p>
            }
        </>
    }
}
