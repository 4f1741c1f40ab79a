//! Ports that were granted before: one click each.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::{Port, PortId};

/// Properties of [`PortList`].
#[derive(Clone, PartialEq, Properties)]
pub struct PortListProps {
    /// The ports.
    pub ports: Vec<Port>,
    /// This one is wanted.
    pub on_choose: Callback<PortId>,
}

/// See the module.
#[component]
pub fn PortList(props: &PortListProps) -> Html {
    html! {
        <ul class="ports" aria-label="Ports used before">
            { for props.ports.iter().enumerate().map(|(place, port)| {
                let id = port.id;
                let alike = props.ports.iter().filter(|other| other.name == port.name).count();
                html! {
                    <li key={id.0}>
                        <button type="button" class="button ports__button" data-testid="port-button"
                                onclick={props.on_choose.reform(move |_: MouseEvent| id)}>
                            { icon(Icon::Plug) }
                            <span>{ &port.name }</span>
                            // A port has no name: of several alike, only their order tells them apart.
                            if alike > 1 {
                                <span class="muted">{ format!("no. {}", place + 1) }</span>
                            }
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}
