//! How the port is opened: baud rate, data bits, parity, stop bits, flow control.

use yew::prelude::*;

use crate::session::{FlowControl, LineSettings, Parity};
use crate::ui::dom;
use crate::words::page::{common, line_settings as words};

/// What [`line_settings`] is drawn from.
#[derive(Clone, PartialEq)]
pub struct LineSettingsForm {
    /// The settings.
    pub line: LineSettings,
    /// Whether a port is open, for which they come too late.
    pub is_open: bool,
    /// They were changed.
    pub on_change: Callback<LineSettings>,
}

/// See the module.
pub fn line_settings(props: &LineSettingsForm) -> Html {
    let line = &props.line;
    let baud_changed = changed_baud(props);
    let change = |apply: fn(&mut LineSettings, &str)| {
        let (line, on_change) = (line.clone(), props.on_change.clone());
        Callback::from(move |event: Event| {
            let mut line = line.clone();
            apply(&mut line, &dom::chosen(&event));
            on_change.emit(line);
        })
    };
    let bits = |values: [u8; 2], now: u8| {
        values.map(|bits| {
            html! {
                <option value={bits.to_string()} selected={bits == now}>
                    { words::bits(bits) }
                </option>
            }
        })
    };
    html! {
        <fieldset class="form line-settings">
            <legend class="form__title">{ common::LINE_SETTINGS }</legend>
            <label class="form__row">
                <span>{ words::BAUD_RATE }</span>
                // The usual ones in a list, any other typed.
                <input class="field" type="number" inputmode="numeric" list="usual-bauds" data-testid="baud-input"
                       min={LineSettings::BAUDS.start().to_string()} max={LineSettings::BAUDS.end().to_string()}
                       value={line.baud.to_string()} onchange={baud_changed} />
                <datalist id="usual-bauds">
                    { for LineSettings::USUAL_BAUDS.iter().map(|baud| html! { <option value={baud.to_string()} /> }) }
                </datalist>
            </label>
            <div class="line-settings__bauds" role="group" aria-label={words::USUAL_BAUDS}>
                { for LineSettings::USUAL_BAUDS.iter().map(|&baud| baud_chip(props, baud)) }
            </div>
            <label class="form__row">
                <span>{ words::DATA_BITS }</span>
                <select class="field" onchange={change(|line, word| line.data_bits = word.parse().unwrap_or(8))}>
                    { for bits([8, 7], line.data_bits) }
                </select>
            </label>
            <label class="form__row">
                <span>{ words::PARITY }</span>
                <select class="field" onchange={change(|line, key| {
                    line.parity = Parity::from_key(key).unwrap_or(line.parity);
                })}>
                    { for Parity::ALL.iter().map(|&parity| option(parity.key(), parity.label(), parity == line.parity)) }
                </select>
            </label>
            <label class="form__row">
                <span>{ words::STOP_BITS }</span>
                <select class="field" onchange={change(|line, word| line.stop_bits = word.parse().unwrap_or(1))}>
                    { for bits([1, 2], line.stop_bits) }
                </select>
            </label>
            <label class="form__row">
                <span>{ words::FLOW_CONTROL }</span>
                <select class="field" onchange={change(|line, key| {
                    line.flow_control = FlowControl::from_key(key).unwrap_or(line.flow_control);
                })}>
                    { for FlowControl::ALL.iter().map(|&flow| {
                        option(flow.key(), flow.label(), flow == line.flow_control)
                    }) }
                </select>
            </label>
            if props.is_open {
                <p class="form__note">{ words::USED_LATER }</p>
            }
        </fieldset>
    }
}

/// An entry of a list of choices.
pub fn option(key: &'static str, label: &'static str, is_chosen: bool) -> Html {
    html! { <option value={key} selected={is_chosen}>{ label }</option> }
}

fn changed_baud(props: &LineSettingsForm) -> Callback<Event> {
    let (line, on_change) = (props.line.clone(), props.on_change.clone());
    Callback::from(move |event: Event| {
        let typed = dom::changed(&event).parse::<u32>().unwrap_or(line.baud);
        let baud = typed.clamp(*LineSettings::BAUDS.start(), *LineSettings::BAUDS.end());
        on_change.emit(LineSettings { baud, ..line.clone() });
    })
}

fn baud_chip(props: &LineSettingsForm, baud: u32) -> Html {
    let (line, on_change) = (props.line.clone(), props.on_change.clone());
    let is_chosen = baud == line.baud;
    // Not a button, so that the menu around it stays open: a radio, as it is one of several.
    html! {
        <label class={classes!("chip", is_chosen.then_some("chip--chosen"))}>
            <input type="radio" class="visually-hidden" name="baud" checked={is_chosen}
                   onchange={Callback::from(move |_: Event| {
                       on_change.emit(LineSettings { baud, ..line.clone() });
                   })} />
            { baud.to_string() }
        </label>
    }
}
