//! The free blocks of a map by size.

use std::rc::Rc;

use yew::prelude::*;

use super::ByPointer;
use crate::chart::{FreeBlocks, Picture};
use crate::dialect::UsualRequest;
use crate::heap::Rounding;
use crate::session::FileContent;
use crate::ui::components::legend::legend;
use crate::ui::components::picture::{Canvas, Painter, PictureCanvas, Pointer};
use crate::ui::components::picture_files::{PictureFiles, picture_foot};
use crate::words::page::block_map as words;

/// Properties of [`FreeBlocksView`].
#[derive(Clone, PartialEq, Properties)]
pub(super) struct FreeBlocksProps {
    /// Whose blocks these are.
    pub report: ByPointer,
    /// The sizes that matter for its firmware.
    pub requests: &'static [UsualRequest],
    /// How its allocator rounds, where one can say what fits.
    pub rounding: Option<Rounding>,
    /// What is asked for.
    pub request_bytes: Option<u32>,
    /// Grows when pictures must be painted again.
    pub theme: u64,
    /// A file was made of the picture.
    pub on_file: Callback<(String, FileContent)>,
}

/// See the module.
#[component]
pub(super) fn FreeBlocksView(props: &FreeBlocksProps) -> Html {
    let hover = use_state_eq(|| None::<usize>);
    let inputs = (props.report.clone(), props.rounding, props.request_bytes);
    let requests = props.requests;
    let picture = use_memo(inputs, |(report, rounding, request_bytes)| {
        let map = &report.0.blocks;
        let picture =
            FreeBlocks::new(map).with_marks(map, requests, *rounding).incomplete(!report.0.complete);
        match request_bytes.zip(*rounding) {
            Some((bytes, rounding)) => picture.with_request(map, bytes, rounding),
            None => picture,
        }
    });
    let painter = use_memo((props.clone(), *hover), |(_, hover)| {
        let picture = (*picture).clone().with_selected(*hover);
        Painter::new(move |canvas: Canvas<'_>| canvas.paint(&picture))
    });
    let on_point = {
        let (picture, hover) = (Rc::clone(&picture), hover.setter());
        Callback::from(move |pointer: Option<Pointer>| {
            hover.set(pointer.and_then(|pointer| picture.hit(&pointer.surface, pointer.x, pointer.y)));
        })
    };
    let on_press = on_point.reform(Some);
    let table = {
        let picture = Rc::clone(&picture);
        Callback::from(move |()| picture.table())
    };
    let node = use_node_ref();
    let summary = picture.summary();
    let said = hover.map_or_else(|| summary.clone(), |class| picture.describe(class));
    html! {
        <div class="report__picture" data-testid="free-blocks">
            <h3 class="report__heading">{ words::FREE_BY_SIZE }</h3>
            <PictureCanvas class="report__free-blocks" label={summary} painter={(*painter).clone()} node={node.clone()} {on_point} {on_press} />
            <p class="report__pointed" aria-live="polite">{ said }</p>
            { legend(&picture.legend()) }
            { picture_foot(&PictureFiles {
                name: "free-blocks",
                painter: (*painter).clone(),
                canvas: node,
                table,
                on_file: props.on_file.clone(),
            }) }
        </div>
    }
}
