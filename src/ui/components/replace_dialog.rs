//! Asks before a recording is thrown away that cannot be had again.

use yew::prelude::*;

use crate::ui::dom;
use crate::words::page::replace as words;

/// Properties of [`ReplaceDialog`].
#[derive(Clone, PartialEq, Properties)]
pub struct ReplaceDialogProps {
    /// What would be lost: `the recording of CP2102 (1 204 lines)`.
    pub what: AttrValue,
    /// Keep the log as a file first.
    pub on_save: Callback<()>,
    /// Go on.
    pub on_replace: Callback<()>,
    /// Leave things as they are.
    pub on_cancel: Callback<()>,
}

/// See the module.
#[component]
pub fn ReplaceDialog(props: &ReplaceDialogProps) -> Html {
    let (save, last) = (use_node_ref(), use_node_ref());
    use_effect_with((), {
        let save = save.clone();
        move |()| dom::focus(&save)
    });
    let keys = {
        let (cancel, save, last) = (props.on_cancel.clone(), save.clone(), last.clone());
        Callback::from(move |event: KeyboardEvent| {
            let is_at = |node: &NodeRef| node.get() == event.target_dyn_into::<web_sys::Node>();
            match event.key().as_str() {
                "Escape" => cancel.emit(()),
                // The focus goes round inside.
                "Tab" if event.shift_key() && is_at(&save) => {
                    event.prevent_default();
                    dom::focus(&last);
                }
                "Tab" if !event.shift_key() && is_at(&last) => {
                    event.prevent_default();
                    dom::focus(&save);
                }
                _ => {}
            }
        })
    };
    html! {
        <div class="dialog-ground">
            <div class="dialog" role="alertdialog" aria-modal="true" aria-labelledby="replace-title"
                 aria-describedby="replace-text" onkeydown={keys} data-testid="replace-dialog">
                <h2 id="replace-title" class="dialog__title">{ words::QUESTION }</h2>
                <p id="replace-text">{ words::would_replace(&props.what) }</p>
                <div class="dialog__buttons">
                    <button ref={save} type="button" class="button button--primary"
                            onclick={props.on_save.reform(|_| ())}>{ words::SAVE_FIRST }</button>
                    <button type="button" class="button button--danger" data-testid="replace-button"
                            onclick={props.on_replace.reform(|_| ())}>{ words::REPLACE }</button>
                    <button ref={last} type="button" class="button" data-testid="cancel-button"
                            onclick={props.on_cancel.reform(|_| ())}>{ words::CANCEL }</button>
                </div>
            </div>
        </div>
    }
}
