//! The windows over the page: the palette, the list of shortcuts, the macros. And the keys that open them and do the rest.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::{SendEvent, Shortcut};
use crate::ui::actions::{Action, What, actions};
use crate::ui::components::dialog::Window;
use crate::ui::components::macro_editor::MacroEditor;
use crate::ui::components::palette::Palette;
use crate::ui::components::shortcut_list::shortcut_list;
use crate::ui::dom;
use crate::ui::store::View;
use crate::ui::view_state::{Dialog, ViewAction};
use crate::words::actions as words;
use crate::words::sending::macros;

/// The window that is open, if one is.
pub fn dialog_panel(view: &View) -> Html {
    let on_close = view.actor(|()| ViewAction::Open(None));
    match view.state().dialog {
        None => Html::default(),
        Some(Dialog::Palette) => {
            let actions = Rc::new(actions(&view.session(), view.state()));
            let on_choose = {
                let view = view.clone();
                Callback::from(move |action: Action| {
                    // First, so that the focus is back when the action moves it.
                    dom::close_window();
                    view.act(ViewAction::Open(None));
                    perform(&view, action.what);
                })
            };
            html! {
                <Window key="palette" title={words::TITLE} class="window--palette" testid="palette" {on_close}>
                    <Palette {actions} {on_choose} />
                </Window>
            }
        }
        Some(Dialog::Shortcuts) => html! {
            <Window key="shortcuts" title={words::SHORTCUTS} class="window--wide" testid="shortcuts" {on_close}>
                { shortcut_list(view.session().macros()) }
            </Window>
        },
        Some(Dialog::Macros) => html! {
            <Window key="macros" title={macros::TITLE} class="window--wide" testid="macros" {on_close}>
                <MacroEditor macros={view.session().macros().clone()}
                    on_change={view.sender(|macros| SendEvent::MacrosChanged(macros).into())} />
            </Window>
        },
    }
}

/// A key went down anywhere on the page. Says whether it was for the page.
pub fn handle_key(view: &View, pressed: &Shortcut, is_in_field: bool) -> bool {
    // A window has keys of its own; so has a question.
    if view.state().dialog.is_some()
        || view.session().is_replacing()
        || is_in_field && !pressed.types_nothing()
    {
        return false;
    }
    let opened = match pressed.to_string().as_str() {
        "Ctrl+K" => Some(Dialog::Palette),
        "?" => Some(Dialog::Shortcuts),
        _ => None,
    };
    if opened.is_some() {
        view.act(ViewAction::Open(opened));
        return true;
    }
    let found =
        actions(&view.session(), view.state()).into_iter().find(|one| one.keys.as_ref() == Some(pressed));
    let is_found = found.is_some();
    if let Some(action) = found {
        perform(view, action.what);
    }
    is_found
}

fn perform(view: &View, what: What) {
    match what {
        What::Send(event) => view.send(event),
        What::Act(action) => view.act(action),
        What::Go(css) => dom::go_to(css),
        What::Press(css) => dom::press(css),
    }
}
