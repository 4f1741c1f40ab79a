//! What a picture can be taken away as: an image, a drawing, its figures as a file or in the clipboard.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::menu::Menu;
use super::picture::{FileKind, Painter};
use super::text_twin::TextTwin;
use crate::chart::Table;
use crate::session::FileContent;
use crate::ui::dom;
use crate::words::page::picture as words;

/// What there is of it.
#[derive(Clone, PartialEq)]
pub struct PictureFiles {
    /// What its files are called, behind the name of the log and without the ending.
    pub name: &'static str,
    /// Paints it.
    pub painter: Painter,
    /// Where it is painted on the page.
    pub canvas: NodeRef,
    /// Makes its table.
    pub table: Callback<(), Table>,
    /// A file was made: its name, and what is in it.
    pub on_file: Callback<(String, FileContent)>,
}

/// What stands below a picture of a report: its table, and what it can be taken away as.
pub fn picture_foot(picture: &PictureFiles) -> Html {
    html! {
        <div class="report__foot">
            <TextTwin table={picture.table.clone()} />
            { picture_files(picture) }
        </div>
    }
}

/// See the module.
pub fn picture_files(picture: &PictureFiles) -> Html {
    let item = |label: &'static str, testid: &'static str, chosen: Callback<MouseEvent>| {
        html! {
            <button type="button" class="menu__item" data-testid={testid} onclick={chosen}>{ label }</button>
        }
    };
    let painted = |kind: FileKind| {
        let picture = picture.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(content) = picture.painter.file(kind, &picture.canvas) {
                let (ending, file) = match kind {
                    FileKind::Png => ("png", FileContent::Address(content)),
                    FileKind::Svg => ("svg", FileContent::Text(content)),
                    FileKind::Csv => ("csv", FileContent::Address(content)),
                };
                picture.on_file.emit((format!("{}.{ending}", picture.name), file));
            }
        })
    };
    let copied = {
        let table = picture.table.clone();
        Callback::from(move |_: MouseEvent| dom::copy_text(table.emit(()).to_tsv()))
    };
    html! {
        <div class="panel__files">
            <Menu face={icon(Icon::Save)} label={words::TAKE_AWAY} class="button--quiet button--icon button--small"
                  has_chevron=false at_end=true testid="picture-menu">
                { item(words::AS_IMAGE, "save-png", painted(FileKind::Png)) }
                { item(words::AS_DRAWING, "save-svg", painted(FileKind::Svg)) }
                { item(words::AS_FIGURES, "save-csv", painted(FileKind::Csv)) }
                { item(words::COPY_TABLE, "copy-table", copied) }
            </Menu>
        </div>
    }
}
