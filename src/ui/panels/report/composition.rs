//! Who has the memory: the bars of a table, and what each of its rows means.

use std::rc::Rc;

use yew::prelude::*;

use super::ByPointer;
use crate::chart::{Composition, Picture, Table};
use crate::recording::Recording;
use crate::session::{Event, FileContent};
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas, Pointer};
use crate::ui::components::picture_files::{PictureFiles, picture_foot};
use crate::ui::components::row_list::row_list;
use crate::ui::store::View;
use crate::verdict::composition;

/// 20 rows on a phone, 30 elsewhere: beyond that the picture counts them, and the table has them.
const HIGHEST_PX: f64 = 730.0;

/// See the module.
pub(super) fn composition(view: &View, recording: &Recording, chosen: usize) -> Html {
    let Some(dated) = recording.reports().get(chosen) else { return Html::default() };
    let on_file = view.sender(|(what, content)| Event::PictureTaken { what, content });
    html! {
        <>
            <CompositionView key={chosen} report={ByPointer(Rc::clone(&dated.report))} theme={view.theme_number()} {on_file} />
            { explained_rows(recording, chosen) }
        </>
    }
}

/// What each row of the table is; nothing where the report has no rows that are known.
fn explained_rows(recording: &Recording, chosen: usize) -> Html {
    let past = recording.whole();
    let Some(dated) = past.reports().get(chosen) else { return Html::default() };
    let previous = composition::previous(&past, chosen);
    let explanations = composition::explain(&dated.report, previous.map(|before| &*before.report));
    match explanations.is_empty() {
        true => Html::default(),
        false => row_list(&Composition::new(&dated.report.categories), &explanations),
    }
}

#[derive(Clone, PartialEq, Properties)]
struct CompositionProps {
    report: ByPointer,
    theme: u64,
    on_file: Callback<(String, FileContent)>,
}

#[component]
fn CompositionView(props: &CompositionProps) -> Html {
    let hover = use_state_eq(|| None::<usize>);
    let composition = use_memo(props.report.clone(), |report| Composition::new(&report.0.categories));
    let painter = use_memo((props.report.clone(), *hover, props.theme), |(report, hover, _)| {
        let picture = Composition::new(&report.0.categories).with_selected(*hover);
        Painter::new(move |canvas: Canvas<'_>| canvas.paint(&picture))
    });
    let on_point = {
        let (composition, hover) = (Rc::clone(&composition), hover);
        Callback::from(move |pointer: Option<Pointer>| {
            hover.set(pointer.and_then(|pointer| composition.hit(&pointer.surface, pointer.x, pointer.y)));
        })
    };
    let table = {
        let composition = Rc::clone(&composition);
        Callback::from(move |()| -> Table { composition.table() })
    };
    let height_for = {
        let composition = Rc::clone(&composition);
        Callback::from(move |width_px| composition.preferred_height_px(width_px).min(HIGHEST_PX))
    };
    let node = use_node_ref();
    let label = composition.table().caption;
    html! {
        <div class="report__picture" data-testid="composition" data-rows={composition.rows().len().to_string()}>
            <PictureCanvas class="report__bars" {label} painter={(*painter).clone()}
                node={node.clone()} {height_for} {on_point} />
            { picture_foot(&PictureFiles {
                name: "composition",
                painter: (*painter).clone(),
                canvas: node,
                table,
                on_file: props.on_file.clone(),
            }) }
        </div>
    }
}
