//! Which size is tried on a block map: a slider, a field, and the sizes that matter for the firmware.

use yew::prelude::*;

use crate::dialect::UsualRequest;
use crate::format;
use crate::session::maps::{MOST_REQUEST_BYTES, SIZE_STEPS, size_of_step, step_of_size};
use crate::ui::dom;
use crate::words::page::block_map as words;

/// What [`fit_control`] is drawn from.
pub struct FitControl {
    /// The size in bytes, if one is tried.
    pub request_bytes: Option<u32>,
    /// What is offered.
    pub requests: &'static [UsualRequest],
    /// Another one, or none.
    pub on_change: Callback<Option<u32>>,
}

/// See the module.
pub fn fit_control(control: &FitControl) -> Html {
    let bytes = control.request_bytes;
    let slid = control
        .on_change
        .reform(|event: InputEvent| Some(size_of_step(dom::typed(&event).parse().unwrap_or(0))));
    let typed = control.on_change.reform(|event: Event| {
        let typed = dom::changed(&event).parse::<u32>().ok();
        typed.filter(|bytes| *bytes > 0).map(|bytes| bytes.min(MOST_REQUEST_BYTES))
    });
    let offer = |request: &UsualRequest| {
        let (wanted, is_chosen) = (request.bytes, bytes == Some(request.bytes));
        html! {
            <button type="button" class={classes!("chip", is_chosen.then_some("chip--chosen"))}
                    aria-pressed={is_chosen.to_string()} data-testid="fit-offer"
                    onclick={control.on_change.reform(move |_: MouseEvent| (!is_chosen).then_some(wanted))}>
                { words::offer(request.name, request.bytes.into()) }
            </button>
        }
    };
    html! {
        <div class="fit" role="group" aria-labelledby="fit-title" data-testid="fit">
            <span class="fit__title" id="fit-title">{ words::WOULD_IT_FIT }</span>
            <input class="fit__slider" type="range" min="0" max={(SIZE_STEPS - 1).to_string()} step="1"
                   value={step_of_size(bytes.unwrap_or(0)).to_string()} oninput={slid} aria-label={words::SIZE}
                   aria-valuetext={bytes.map_or(words::NO_SIZE.to_owned(), |bytes| format::bytes(bytes.into()))}
                   data-testid="fit-slider" />
            <label class="fit__field">
                <input class="field field--short" type="number" inputmode="numeric" min="1"
                       max={MOST_REQUEST_BYTES.to_string()} step="any" placeholder="–"
                       value={bytes.map(|bytes| bytes.to_string()).unwrap_or_default()} onchange={typed}
                       aria-label={words::SIZE} data-testid="fit-bytes" />
                { words::BYTES }
            </label>
            { for control.requests.iter().map(offer) }
            if bytes.is_some() {
                <button type="button" class="link" onclick={control.on_change.reform(|_: MouseEvent| None)}
                        data-testid="fit-none">
                    { words::ASK_NOTHING }
                </button>
            }
        </div>
    }
}
