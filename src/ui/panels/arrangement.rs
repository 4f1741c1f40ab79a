//! Where the panels stand: their columns, the edge between these, and the menu that each panel has.

use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use crate::session::arrangement::{ArrangeEvent, Arrangement, Panel};
use crate::ui::components::icons::{Icon, icon};
use crate::ui::components::menu::Menu;
use crate::ui::dom;
use crate::ui::store::View;
use crate::words::arrangement as words;

/// The edge is moved by so many percent of the width with each press of a key.
const STEP_PERCENT: u8 = 5;

/// What can be done with a panel. In its head.
pub(super) fn panel_menu(view: &View, panel: Panel) -> Html {
    let session = view.session();
    let arrangement = session.arrangement();
    let item = |label: &'static str, testid: &'static str, event: ArrangeEvent| {
        html! {
            <button type="button" class="menu__item" data-testid={testid} onclick={view.sends(event.into())}>{ label }</button>
        }
    };
    let is_alone = arrangement.enlarged() == Some(panel);
    let large = if is_alone { words::RESTORE } else { words::ENLARGE };
    let [up, down] = [true, false].map(|is_up| session.neighbour_of(panel, is_up));
    html! {
        <Menu face={icon(Icon::Panel)} label={words::MENU} class="button--quiet button--icon button--small"
              has_chevron=false at_end=true testid={format!("arrange-{}", panel.key())}>
            { item(large, "panel-enlarge", ArrangeEvent::Enlarged(panel)) }
            if !is_alone {
                if panel == Panel::Log {
                    { item(words::OTHER_COLUMN, "panel-move", ArrangeEvent::LogMoved) }
                }
                if let Some(other) = up {
                    { item(words::UP, "panel-up", ArrangeEvent::Swapped(panel, other)) }
                }
                if let Some(other) = down {
                    { item(words::DOWN, "panel-down", ArrangeEvent::Swapped(panel, other)) }
                }
                if panel != Panel::Comparison {
                    { item(words::HIDE, "panel-hide", ArrangeEvent::Hidden(panel, true)) }
                }
            }
            if !arrangement.is_default() {
                { item(words::RESET, "panels-reset", ArrangeEvent::Reset) }
            }
        </Menu>
    }
}

/// The ways back to what is hidden: in the menu of the page.
pub(super) fn hidden_panels(view: &View) -> Html {
    let session = view.session();
    let arrangement = session.arrangement();
    let hidden = Panel::ALL.into_iter().filter(|panel| arrangement.is_hidden(*panel));
    html! {
        <>
            { for hidden.map(|panel| html! {
                <button type="button" class="menu__item" data-testid={format!("show-{}", panel.key())}
                        onclick={view.sends(ArrangeEvent::Hidden(panel, false).into())}>
                    { words::show(words::NAMES[panel as usize]) }
                </button>
            }) }
            if !arrangement.is_default() {
                <button type="button" class="menu__item" data-testid="panels-back" onclick={view.sends(ArrangeEvent::Reset.into())}>
                    { words::RESET }
                </button>
            }
        </>
    }
}

/// The panels, each in its place. A panel that is not shown stays where it is: it remembers what it shows.
pub fn workbench(view: &View, node: NodeRef, panels: [Option<Html>; 4]) -> Html {
    let session = view.session();
    let arrangement = session.arrangement();
    let is_there = |panel: Panel| panels[panel as usize].is_some();
    // What was enlarged and is no more must not leave the page empty.
    let alone = arrangement.enlarged().filter(|panel| *panel != Panel::Comparison || is_there(*panel));
    let is_shown = |panel: Panel| match alone {
        Some(alone) => alone == panel,
        None => !arrangement.is_hidden(panel),
    };
    let place = |panel: Panel| {
        let Some(content) = panels[panel as usize].clone() else { return Html::default() };
        html! { <div key={panel.key()} class="workbench__panel" hidden={!is_shown(panel)}>{ content }</div> }
    };
    let pictures = arrangement.order().into_iter().filter(|panel| *panel != Panel::Log);
    // The column stands before there is anything in it: the log must not jump aside.
    let stands = |panel: Panel| is_shown(panel) && (panel != Panel::Comparison || is_there(panel));
    let has_pictures = pictures.clone().any(stands);
    let has_both = has_pictures && is_shown(Panel::Log);
    let column = html! {
        <div key="pictures" class="workbench__pictures" hidden={!has_pictures}>
            { for pictures.map(place) }
        </div>
    };
    let edge = if has_both {
        edge(view, arrangement, &node)
    } else {
        html! { <span key="edge" hidden=true></span> }
    };
    let mut columns = vec![column, edge, place(Panel::Log)];
    if arrangement.is_log_first() {
        columns.reverse();
    }
    let class = classes!(
        "workbench",
        arrangement.is_log_first().then_some("workbench--log-first"),
        (!has_both).then_some("workbench--one"),
        alone.is_some().then_some("workbench--alone"),
    );
    html! { <main {class} ref={node} data-testid="workbench">{ for columns }</main> }
}

/// Puts the edge between the columns where it belongs.
#[hook]
pub fn use_column_width(view: &View, node: &NodeRef) {
    let session = view.session();
    // Where there was no recording, there was no place for it.
    use_effect_with((session.arrangement().width_percent(), session.recording_number()), {
        let node = node.clone();
        move |(percent, _)| {
            let width = percent.map(|percent| format!("{percent}%")).unwrap_or_default();
            dom::set_style(&node, "--pictures", &width);
        }
    });
}

/// The edge between the columns: dragged, or moved by arrow keys.
fn edge(view: &View, arrangement: &Arrangement, workbench: &NodeRef) -> Html {
    let percent = arrangement.width_percent().unwrap_or(Arrangement::WIDTH_PERCENT);
    let is_log_first = arrangement.is_log_first();
    let left = if is_log_first { 100 - percent } else { percent };
    let widen = {
        let view = view.clone();
        // What is left of the edge is the log, where that comes first.
        move |left: u8| {
            let percent = if is_log_first { 100_u8.saturating_sub(left) } else { left };
            view.send(ArrangeEvent::Widened(percent).into());
        }
    };
    let onkeydown = {
        let widen = widen.clone();
        Callback::from(move |event: KeyboardEvent| {
            let wanted = match event.key().as_str() {
                "ArrowLeft" => left.saturating_sub(STEP_PERCENT),
                "ArrowRight" => left.saturating_add(STEP_PERCENT),
                "Home" => 0,
                "End" => 100,
                _ => return,
            };
            event.prevent_default();
            widen(wanted);
        })
    };
    let onpointerdown = Callback::from(|event: PointerEvent| {
        if let Some(edge) = event.target_dyn_into::<Element>() {
            // Fails only where the pointer is gone already.
            let _ = edge.set_pointer_capture(event.pointer_id());
        }
    });
    let onpointermove = {
        let workbench = workbench.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(workbench) = workbench.cast::<Element>().filter(|_| event.buttons() & 1 == 1) else {
                return;
            };
            let place = workbench.get_bounding_client_rect();
            let share = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
            widen((share.clamp(0.0, 1.0) * 100.0).round() as u8);
        })
    };
    let (least, most) = (*Arrangement::WIDTHS_PERCENT.start(), *Arrangement::WIDTHS_PERCENT.end());
    html! {
        <div key="edge" class="workbench__edge" role="separator" tabindex="0" aria-orientation="vertical" aria-label={words::WIDTH}
             aria-valuemin={least.to_string()} aria-valuemax={most.to_string()} aria-valuenow={left.to_string()}
             {onkeydown} {onpointerdown} {onpointermove} data-testid="edge"></div>
    }
}
