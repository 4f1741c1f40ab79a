//! The way through the block maps of a recording, what the shown one is compared with, and how it is laid out.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::line_settings::option;
use crate::session::MapForm;
use crate::session::maps::Compared;
use crate::ui::dom;
use crate::words::page::block_map as words;

/// What [`map_tools`] is drawn from.
pub struct MapTools {
    /// The place of the shown map, counted from 0.
    pub place: usize,
    /// How many maps there are.
    pub count: usize,
    /// Shows the map before, if there is one.
    pub on_previous: Option<Callback<MouseEvent>>,
    /// Shows the next map, if there is one.
    pub on_next: Option<Callback<MouseEvent>>,
    /// Whether they are being played.
    pub is_playing: bool,
    /// They are to be played, or no longer.
    pub on_play: Callback<MouseEvent>,
    /// What it is compared with.
    pub compared: Compared,
    /// What else it can be compared with.
    pub partners: Vec<Partner>,
    /// It is to be compared with something else.
    pub on_compare: Callback<Compared>,
    /// How it is laid out.
    pub form: MapForm,
    /// It is to be laid out so.
    pub on_form: Callback<MapForm>,
}

/// A map that the shown one can be compared with.
pub struct Partner {
    /// The number of its report.
    pub report: usize,
    /// What it is called.
    pub label: String,
    /// It is the shown one: it stays in the list, since the others may be compared with it.
    pub is_shown: bool,
}

/// See the module.
pub fn map_tools(tools: &MapTools) -> Html {
    let step = |label: &'static str, testid: &'static str, face: Icon, go: &Option<Callback<MouseEvent>>| {
        html! {
            <button type="button" class="button button--icon button--small" title={label} aria-label={label}
                    disabled={go.is_none()} onclick={go.clone().unwrap_or_default()} data-testid={testid}>
                { icon(face) }
            </button>
        }
    };
    let compared = tools.on_compare.reform(|event: Event| Compared::from_key(&dom::chosen(&event)));
    let formed =
        tools.on_form.reform(|event: Event| MapForm::from_key(&dom::chosen(&event)).unwrap_or(MapForm::Rows));
    let (play, play_icon) =
        if tools.is_playing { (words::PAUSE, Icon::Pause) } else { (words::PLAY, Icon::Play) };
    html! {
        <div class="map-tools" role="group" aria-label={words::MAPS}>
            if tools.count > 1 {
                <span class="map-tools__walk">
                    { step(words::PREVIOUS, "map-previous", Icon::Back, &tools.on_previous) }
                    { step(play, "map-play", play_icon, &Some(tools.on_play.clone())) }
                    { step(words::NEXT, "map-next", Icon::Forward, &tools.on_next) }
                    <span class="map-tools__place" data-testid="map-place">{ words::place(tools.place + 1, tools.count) }</span>
                </span>
                <label class="map-tools__choice">
                    { words::COMPARED_WITH }
                    <select class="field" onchange={compared} data-testid="map-compare">
                        { for [(Compared::Nothing, words::NOTHING), (Compared::Before, words::BEFORE)].map(|(choice, label)| html! {
                            <option value={choice.key()} selected={tools.compared == choice}>{ label }</option>
                        }) }
                        { for tools.partners.iter().map(|partner| {
                            let choice = Compared::With(partner.report);
                            html! {
                                <option value={choice.key()} selected={tools.compared == choice} disabled={partner.is_shown}>
                                    { &partner.label }
                                </option>
                            }
                        }) }
                    </select>
                </label>
            }
            <label class="map-tools__choice">
                { words::LAYOUT }
                <select class="field" onchange={formed} data-testid="map-form">
                    { for MapForm::ALL.iter().map(|form| option(form.key(), form.label(), *form == tools.form)) }
                </select>
            </label>
        </div>
    }
}
