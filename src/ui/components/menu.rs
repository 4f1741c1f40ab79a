//! A button that unfolds a small panel; closes with Escape, or when the focus goes elsewhere.

use web_sys::Node;
use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::ui::dom;

/// Properties of [`Menu`].
#[derive(Clone, PartialEq, Properties)]
pub struct MenuProps {
    /// What stands on the button.
    pub face: Html,
    /// The button's name for screen readers, where its face has no words.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// The button's look.
    #[prop_or_default]
    pub class: Classes,
    /// The button's name for tests.
    #[prop_or_default]
    pub testid: Option<AttrValue>,
    /// Whether a chevron stands behind the face.
    #[prop_or(true)]
    pub has_chevron: bool,
    /// On which edge of the button the panel hangs.
    #[prop_or_default]
    pub at_end: bool,
    /// What is in the panel.
    pub children: Html,
}

/// See the module.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let is_open = use_state_eq(|| false);
    let (root, button) = (use_node_ref(), use_node_ref());

    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let close_on_escape = {
        let (is_open, button) = (is_open.clone(), button.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *is_open {
                event.stop_propagation();
                is_open.set(false);
                dom::focus(&button);
            }
        })
    };
    let close_on_leaving = {
        let (is_open, root) = (is_open.clone(), root.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|target| {
                use web_sys::wasm_bindgen::JsCast;
                target.dyn_into::<Node>().ok()
            });
            let stays = root.cast::<Node>().is_some_and(|root| root.contains(to.as_ref()));
            if !stays {
                is_open.set(false);
            }
        })
    };
    // A command was chosen: it is done, and the menu with it.
    let close_on_command = {
        let is_open = is_open.clone();
        Callback::from(move |event: MouseEvent| {
            use web_sys::wasm_bindgen::JsCast;
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let on_button = target.and_then(|target| target.closest("button").ok().flatten());
            if on_button.is_some() {
                is_open.set(false);
            }
        })
    };
    html! {
        <div ref={root} class="menu" onkeydown={close_on_escape} onfocusout={close_on_leaving}>
            <button ref={button} type="button" class={classes!("button", props.class.clone())} onclick={toggle}
                    aria-expanded={is_open.to_string()} aria-label={props.label.clone()}
                    title={props.label.clone()} data-testid={props.testid.clone()}>
                { props.face.clone() }
                if props.has_chevron {
                    { icon(Icon::Chevron) }
                }
            </button>
            if *is_open {
                // So that a click on its ground keeps the focus inside.
                <div class={classes!("menu__panel", props.at_end.then_some("menu__panel--end"))} tabindex="-1"
                     onclick={close_on_command}>
                    { props.children.clone() }
                </div>
            }
        </div>
    }
}
