//! The key figures, large. What is not known is not there.

use yew::prelude::*;

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its name for tests: `tile-free`.
    pub testid: &'static str,
    /// What it is.
    pub label: &'static str,
    /// Its value, as text.
    pub value: String,
    /// More exactly, for a tooltip.
    pub title: String,
    /// The style sheet's name for the colour of its line in the chart; empty where it has none.
    pub series: &'static str,
}

/// See the module.
pub fn tiles(tiles: &[Tile]) -> Html {
    html! {
        <dl class="tiles">
            { for tiles.iter().map(|tile| html! {
                <div key={tile.testid} class={classes!("tile", tile.series)} data-testid={tile.testid}
                     title={tile.title.clone()}>
                    <dt class="tile__label">{ tile.label }</dt>
                    <dd class="tile__value">{ &tile.value }</dd>
                </div>
            }) }
        </dl>
    }
}
