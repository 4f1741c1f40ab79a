//! Ports that were granted before: one click each.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::{KnownPort, PortId};
use crate::words::connection::ports as words;
use crate::words::page::common;

/// See the module. `on_choose`: this one is wanted.
pub fn port_list(ports: &[KnownPort], on_choose: &Callback<PortId>) -> Html {
    html! {
        <ul class="ports" aria-label={common::PORTS_USED_BEFORE}>
            { for ports.iter().enumerate().map(|(place, KnownPort { port, boards })| {
                let id = port.id;
                let alike = ports.iter().filter(|other| other.port.name == port.name).count();
                html! {
                    <li key={id.0}>
                        <button type="button" class="button ports__button" data-testid="port-button"
                                onclick={on_choose.reform(move |_: MouseEvent| id)}>
                            { icon(Icon::Plug) }
                            <span>{ &port.name }</span>
                            if !boards.is_empty() {
                                <span class="ports__board">{ words::boards(boards) }</span>
                            }
                            // A port has no name: of several alike whose boards have not spoken, only their order
                            // tells them apart.
                            if alike > 1 && boards.len() != 1 {
                                <span class="muted">{ common::number(place + 1) }</span>
                            }
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}
