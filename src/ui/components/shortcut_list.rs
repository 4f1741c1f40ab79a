//! The keys of the page, of its places and of the macros.

use yew::prelude::*;

use crate::session::Macros;
use crate::ui::actions::KEYS;
use crate::words::actions as words;

/// See the module.
pub fn shortcut_list(macros: &Macros) -> Html {
    let own = macros.all().filter_map(|one| Some((one.key.as_ref()?.to_string(), one.name.clone())));
    let own: Vec<_> = own.collect();
    html! {
        <div class="shortcuts">
            { part(words::EVERYWHERE, KEYS.iter().map(|(keys, label)| (*keys, *label))) }
            { part(words::IN_LINE, words::LINE_KEYS.into_iter()) }
            { part(words::IN_CHART, words::CHART_KEYS.into_iter()) }
            if !own.is_empty() {
                { part(words::OWN_MACROS, own.iter().map(|(keys, label)| (keys.as_str(), label.as_str()))) }
            }
        </div>
    }
}

fn part<'a>(title: &'static str, keys: impl Iterator<Item = (&'a str, &'a str)>) -> Html {
    html! {
        <section class="shortcuts__part">
            <h3 class="shortcuts__title">{ title }</h3>
            <dl class="shortcuts__list">
                { for keys.map(|(keys, label)| html! {
                    <div class="shortcuts__row"><dt><kbd>{ keys }</kbd></dt><dd>{ label }</dd></div>
                }) }
            </dl>
        </section>
    }
}
