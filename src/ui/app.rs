//! The whole page: what is around every panel, and where each stands.

use web_sys::DragEvent;
use yew::prelude::*;

use super::dom::use_rested;
use super::panels::{
    ComparePanel, ConsolePanel, ReportPanel, TimelinePanel, dialog_panel, doctor_panel, first_page_panel,
    handle_key, header_panel, loading_panel, problem_panel, replace_panel, use_column_width, verdict_panel,
    verdict_then, workbench,
};
use super::store::{Redrawn, Store, View};
use super::view_state::{ViewAction, ViewState};
use crate::chart::Moment;
use crate::words::page::common;

/// A pointer that has not moved for so long rests, for a person without delay.
const REST_MILLIS: u32 = 40;

/// Properties of [`App`].
#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    /// The session and the ways to it.
    pub store: Store,
}

/// The page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let store = props.store.clone();
    let (beat, theme) = (use_state_eq(|| 0_u64), use_state_eq(|| 0_u64));
    let state = use_reducer_eq(ViewState::default);
    // Not part of the view: it changes with every movement of the pointer, and only two panels care.
    let pointed = use_state_eq(|| None::<Moment>);

    use_effect_with(store.clone(), {
        let (beat, theme) = (beat.setter(), theme.setter());
        move |store: &Store| {
            // Counted here: the handles above still hold the values of the first drawing.
            let drawn = std::cell::Cell::new(0);
            store.listen(Some(Callback::from(move |why| {
                drawn.set(drawn.get() + 1);
                match why {
                    Redrawn::Theme => theme.set(drawn.get()),
                    Redrawn::Session | Redrawn::Log => beat.set(drawn.get()),
                }
            })));
            let store = store.clone();
            move || store.listen(None)
        }
    });
    let view = View { store, beat: *beat, theme: *theme, state };
    use_effect_with(view.session().recording_number(), {
        let (view, pointed) = (view.clone(), pointed.setter());
        move |_| {
            view.act(ViewAction::Reset);
            pointed.set(None);
        }
    });

    super::dom::use_keys({
        let view = view.clone();
        move |pressed, is_in_field| handle_key(&view, pressed, is_in_field)
    });

    // Judged once a moment, not with each line that comes; and not while the pointer moves: of a million values it takes as
    // long as a frame may.
    let rested = use_rested(*pointed, REST_MILLIS);
    let then = use_memo((view.session().recording_number(), rested), |(_, moment)| {
        moment.and_then(|moment| verdict_then(&view, moment))
    });

    let bench = use_node_ref();
    use_column_width(&view, &bench);
    let forecast = match &*then {
        Some(then) => then.verdict.forecast,
        None => view.session().forecast(),
    };
    let has_recording = view.session().recording().is_some();
    // Of a large text the log is drawn first, alone: what it says is not known yet.
    let has_pictures = !view.session().is_reading()
        || view.session().recording().is_some_and(|recording| {
            !recording.timeline().is_empty()
                || !recording.reports().is_empty()
                || !recording.events().is_empty()
        });
    let is_dragging = view.state().is_dragging;
    let class = classes!("app", if has_recording { "app--recording" } else { "app--first" });
    // Letting a file fall anywhere would otherwise make the browser leave the page.
    let ondragover = view.actor(|event: DragEvent| {
        event.prevent_default();
        ViewAction::Drag(true)
    });
    let ondragleave = {
        let view = view.clone();
        Callback::from(move |event: DragEvent| {
            // Leaving one element for another inside the page is not leaving.
            if event.related_target().is_none() {
                view.act(ViewAction::Drag(false));
            }
        })
    };
    let ondrop = {
        let view = view.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            view.act(ViewAction::Drag(false));
            if let Some(dropped) = event.data_transfer() {
                view.take_drop().emit(dropped);
            }
        })
    };
    let on_point = {
        let pointed = pointed.setter();
        Callback::from(move |moment| pointed.set(moment))
    };
    let timeline = Some(match has_pictures {
        true => html! { <TimelinePanel view={view.clone()} pointed={*pointed} {forecast} {on_point} /> },
        false => loading_panel(&view),
    });
    let comparison = (has_pictures && view.session().comparing().is_open())
        .then(|| html! { <ComparePanel view={view.clone()} /> });
    let report = has_pictures
        .then(|| html! { <ReportPanel key={view.session().recording_number()} view={view.clone()} /> });
    let log = Some(html! { <ConsolePanel view={view.clone()} /> });
    // In the order of `Panel::ALL`.
    let panels = [timeline, comparison, report, log];
    html! {
        <div {class} {ondragover} {ondragleave} {ondrop}>
            { header_panel(&view) }
            { problem_panel(&view) }
            { doctor_panel(&view) }
            if has_recording {
                { verdict_panel(&view, (*then).clone()) }
                { workbench(&view, bench, panels) }
            } else {
                { first_page_panel(&view) }
            }
            { replace_panel(&view) }
            { dialog_panel(&view) }
            if is_dragging {
                <div class="drop-overlay" aria-hidden="true"><p>{ common::DROP_HERE }</p></div>
            }
        </div>
    }
}
