//! Where macros are written: one set at a time, a row for each macro. Each change is kept at once.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::{Macro, MacroSet, Macros, Shortcut};
use crate::ui::actions::own_keys;
use crate::ui::dom;
use crate::words::sending::macros as words;

/// Properties of [`MacroEditor`].
#[derive(Clone, PartialEq, Properties)]
pub struct MacroEditorProps {
    /// The macros.
    pub macros: Macros,
    /// They were changed.
    pub on_change: Callback<Macros>,
}

/// See the module.
#[component]
pub fn MacroEditor(props: &MacroEditorProps) -> Html {
    let chosen = use_state_eq(|| 0_usize);
    let macros = &props.macros;
    let place = (*chosen).min(macros.sets.len().saturating_sub(1));
    let change = {
        let (macros, on_change) = (macros.clone(), props.on_change.clone());
        move |change: &dyn Fn(&mut Macros)| {
            let mut macros = macros.clone();
            change(&mut macros);
            on_change.emit(macros);
        }
    };
    let on_set = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| chosen.set(dom::chosen(&event).parse().unwrap_or_default()))
    };
    let on_new_set = {
        let (change, chosen, count) = (change.clone(), chosen.clone(), macros.sets.len());
        Callback::from(move |_: MouseEvent| {
            change(&|macros| {
                let set = MacroSet { name: words::NEW_SET.to_owned(), macros: Vec::new() };
                macros.add(Macros { sets: vec![set] });
            });
            chosen.set(count);
        })
    };
    let set = macros.sets.get(place);
    let on_name = {
        let change = change.clone();
        Callback::from(move |event: InputEvent| {
            let name = dom::typed(&event);
            change(&|macros| {
                if let Some(set) = macros.sets.get_mut(place) {
                    set.name.clone_from(&name);
                }
            });
        })
    };
    let on_delete_set = {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| change(&|macros| drop(macros.sets.remove(place))))
    };
    let on_new = {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| {
            change(&|macros| {
                if let Some(set) =
                    macros.sets.get_mut(place).filter(|set| set.macros.len() < Macros::MOST_MACROS)
                {
                    let name = words::number(set.macros.len() + 1);
                    set.macros.push(Macro { name, ..Macro::default() });
                }
            });
        })
    };
    html! {
        <div class="macros">
            <p class="muted">{ words::WHAT }</p>
            <div class="macros__set">
                <label>{ words::SET }{ " " }
                    <select class="field" onchange={on_set} data-testid="macro-set">
                        { for macros.sets.iter().enumerate().map(|(at, set)| html! {
                            <option value={at.to_string()} selected={at == place}>{ &set.name }</option>
                        }) }
                    </select>
                </label>
                if let Some(set) = set {
                    <input class="field" aria-label={words::SET_NAME} value={set.name.clone()} oninput={on_name} />
                    <button type="button" class="button" onclick={on_delete_set}>{ words::DELETE_SET }</button>
                }
                <button type="button" class="button" onclick={on_new_set} data-testid="new-set">{ words::NEW_SET }</button>
            </div>
            if let Some(set) = set {
                <ul class="macros__list">
                    { for set.macros.iter().enumerate().map(|(at, one)| row(macros, one, (place, at), &change)) }
                </ul>
                <button type="button" class="button" onclick={on_new} data-testid="new-macro">{ words::NEW_MACRO }</button>
            }
        </div>
    }
}

fn row(
    macros: &Macros,
    one: &Macro,
    (set, at): (usize, usize),
    change: &(impl Fn(&dyn Fn(&mut Macros)) + Clone + 'static),
) -> Html {
    let edit = {
        let change = change.clone();
        move |edit: &dyn Fn(&mut Macro)| {
            change(&|macros| {
                if let Some(one) = macros.sets.get_mut(set).and_then(|set| set.macros.get_mut(at)) {
                    edit(one);
                }
            });
        }
    };
    let on_name = {
        let edit = edit.clone();
        Callback::from(move |event: InputEvent| {
            let name = dom::typed(&event);
            edit(&|one| one.name.clone_from(&name));
        })
    };
    let on_text = {
        let edit = edit.clone();
        Callback::from(move |event: InputEvent| {
            let text = dom::typed_area(&event);
            edit(&|one| one.text.clone_from(&text));
        })
    };
    let on_key = {
        let edit = edit.clone();
        Callback::from(move |event: Event| {
            let key = Shortcut::from_text(&dom::changed(&event)).filter(Shortcut::types_nothing);
            edit(&|one| one.key.clone_from(&key));
        })
    };
    let on_escapes = {
        let edit = edit.clone();
        Callback::from(move |event: Event| {
            let has_escapes = dom::ticked(&event);
            edit(&|one| one.has_escapes = has_escapes);
        })
    };
    let on_delete = {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| {
            change(&|macros| {
                if let Some(set) = macros.sets.get_mut(set) {
                    drop(set.macros.remove(at));
                }
            });
        })
    };
    let key = one.key.as_ref().map(ToString::to_string).unwrap_or_default();
    // The page's own keys come first, then those of the first macro that has them.
    let taken = one.key.as_ref().and_then(|key| {
        let by_page = own_keys(key).map(str::to_owned);
        by_page.or_else(|| macros.with_key(key).filter(|other| *other != one).map(|other| other.name.clone()))
    });
    html! {
        <li class="macros__row" data-testid="macro-row">
            <input class="field macros__name" aria-label={words::NAME} placeholder={words::NAME} value={one.name.clone()} oninput={on_name} />
            <input class="field macros__keys" aria-label={words::KEYS} placeholder={words::KEYS_EXAMPLE} title={words::NO_KEYS}
                   value={key} onchange={on_key} />
            <label class="macros__escapes">
                <input type="checkbox" checked={one.has_escapes} onchange={on_escapes} />{ words::ESCAPES }
            </label>
            <button type="button" class="button button--icon" aria-label={words::DELETE} title={words::DELETE} onclick={on_delete}>
                { icon(Icon::Close) }
            </button>
            <textarea class="field macros__text" rows={one.text.lines().count().clamp(1, 6).to_string()} aria-label={words::LINES}
                      placeholder={words::LINES} spellcheck="false" value={one.text.clone()} oninput={on_text} />
            if let Some(by) = taken {
                <p class="macros__taken" role="status">{ words::taken_key(&by) }</p>
            }
        </li>
    }
}
