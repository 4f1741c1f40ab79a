//! A window over the page: the browser's own, which keeps the focus inside, closes with Escape and gives the focus back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::words::actions as words;

/// Properties of [`Window`].
#[derive(Clone, PartialEq, Properties)]
pub struct WindowProps {
    /// What stands over it.
    pub title: AttrValue,
    /// Its look.
    #[prop_or_default]
    pub class: Classes,
    /// Its name for tests.
    pub testid: AttrValue,
    /// It was closed.
    pub on_close: Callback<()>,
    /// What is in it.
    pub children: Html,
}

/// See the module.
#[component]
pub fn Window(props: &WindowProps) -> Html {
    let node = use_node_ref();
    use_effect_with((), {
        let node = node.clone();
        move |()| {
            if let Some(window) = node.cast::<HtmlDialogElement>() {
                // Fails only where it is open already.
                let _ = window.show_modal();
            }
        }
    });
    // By the browser's own way, so that the focus goes back.
    let close = Callback::from({
        let node = node.clone();
        move |_: MouseEvent| close(&node)
    });
    let close_on_ground = Callback::from({
        let node = node.clone();
        move |event: MouseEvent| {
            if node.get().is_some() && event.target_dyn_into::<web_sys::Node>() == node.get() {
                self::close(&node);
            }
        }
    });
    let onclose = props.on_close.reform(|_: Event| ());
    html! {
        <dialog ref={node} class={classes!("window", props.class.clone())} aria-label={props.title.clone()}
                {onclose} onclick={close_on_ground} data-testid={props.testid.clone()}>
            <div class="window__content">
                <header class="window__head">
                    <h2 class="window__title">{ &props.title }</h2>
                    <button type="button" class="button button--quiet button--icon" aria-label={words::CLOSE} title={words::CLOSE}
                            onclick={close}>
                        { icon(Icon::Close) }
                    </button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

fn close(node: &NodeRef) {
    if let Some(window) = node.cast::<HtmlDialogElement>() {
        window.close();
    }
}
