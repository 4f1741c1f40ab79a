//! The modem lines of the open port, and what the reset button does to them.

use yew::prelude::*;

use super::line_settings::option;
use crate::session::{OutputLine, ResetChoice, ResetSequence, Signals};
use crate::ui::dom;
use crate::words::connection::lines as words;

/// What [`modem_lines`] is drawn from.
#[derive(Clone, PartialEq)]
pub struct ModemLines {
    /// What is known of the lines; `None` while no port is open.
    pub signals: Option<Signals>,
    /// What the reset button does.
    pub reset: ResetChoice,
    /// The person's own sequence for it.
    pub own_reset: ResetSequence,
    /// This line is to be switched.
    pub on_switch: Callback<(OutputLine, bool)>,
    /// The reset button is to do this.
    pub on_reset: Callback<(ResetChoice, ResetSequence)>,
}

/// See the module.
pub fn modem_lines(props: &ModemLines) -> Html {
    let own = props.own_reset.clone();
    let chosen = props.on_reset.reform(move |event: Event| {
        (ResetChoice::from_key(&dom::chosen(&event)).unwrap_or(ResetChoice::Nothing), own.clone())
    });
    let (known, on_reset) = (props.own_reset.clone(), props.on_reset.clone());
    // What is no sequence leaves the one before, which the field then shows again.
    let typed = Callback::from(move |event: Event| {
        let sequence = ResetSequence::parse(&dom::changed(&event));
        on_reset.emit((ResetChoice::Own, sequence.unwrap_or_else(|| known.clone())));
    });
    html! {
        <fieldset class="form modem-lines" data-testid="modem-lines">
            <legend class="form__title">{ words::TITLE }</legend>
            if let Some(signals) = props.signals {
                if signals.is_fixed {
                    <p class="form__note" data-testid="lines-fixed">{ words::FIXED }</p>
                } else {
                    { switch(props, OutputLine::Dtr, words::DTR, signals.dtr) }
                    { switch(props, OutputLine::Rts, words::RTS, signals.rts) }
                }
                { inputs(&signals) }
                <p class="form__note">{ words::OPENING }</p>
            }
            <label class="form__row">
                <span>{ words::RESET_BUTTON }</span>
                <select class="field" data-testid="reset-choice" onchange={chosen}>
                    { for ResetChoice::ALL.iter().map(|&choice| {
                        option(choice.key(), choice.label(), choice == props.reset)
                    }) }
                </select>
            </label>
            if props.reset == ResetChoice::Own {
                <label class="modem-lines__own">
                    <span>{ words::OWN_SEQUENCE }</span>
                    <input class="field" type="text" spellcheck="false" autocomplete="off" data-testid="own-reset"
                           value={props.own_reset.to_string()} onchange={typed} />
                </label>
                <p class="form__note">{ words::OWN_HOW }</p>
            }
        </fieldset>
    }
}

/// A line that the page switches: what it is now, and what it may be.
fn switch(props: &ModemLines, line: OutputLine, name: &'static str, now: Option<bool>) -> Html {
    let on_switch = &props.on_switch;
    let state = match now {
        None => words::AS_SET,
        Some(true) => words::ON,
        Some(false) => words::OFF,
    };
    // Not buttons, so that the menu around them stays open.
    let choice = |on: bool, what: &'static str| {
        html! {
            <label class={classes!("chip", (now == Some(on)).then_some("chip--chosen"))}>
                <input type="radio" class="visually-hidden" name={name} checked={now == Some(on)}
                       aria-label={words::switch(name, what)} data-testid={format!("{}-{what}", name.to_ascii_lowercase())}
                       onchange={on_switch.reform(move |_: Event| (line, on))} />
                { what }
            </label>
        }
    };
    html! {
        <div class="form__row">
            <span>{ name }{ " " }<span class="muted" data-testid={format!("{}-state", name.to_ascii_lowercase())}>{ state }</span></span>
            <span class="modem-lines__switch">{ choice(true, words::ON) }{ choice(false, words::OFF) }</span>
        </div>
    }
}

/// The lines of the far end, of which a lamp alone would say too little.
fn inputs(signals: &Signals) -> Html {
    let Some(inputs) = signals.inputs else {
        return html! {
            <p class="form__row"><span>{ words::FROM_BOARD }</span><span class="muted">{ words::NO_INPUTS }</span></p>
        };
    };
    let lines = [("CTS", inputs.cts), ("DSR", inputs.dsr), ("DCD", inputs.dcd), ("RI", inputs.ri)];
    html! {
        <div class="form__row">
            <span>{ words::FROM_BOARD }</span>
            <span class="modem-lines__inputs">
                { for lines.map(|(name, on)| html! {
                    <span class={classes!("lamp", on.then_some("lamp--on"))} title={words::input(name, on)}>
                        { name }<span class="visually-hidden">{ words::switch("", if on { words::ON } else { words::OFF }) }</span>
                    </span>
                }) }
            </span>
        </div>
    }
}
