//! The connection doctor, while there is something to be said.

use yew::prelude::*;

use crate::session::{Complaint, Event, Remedy};
use crate::ui::components::doctor_card::{DoctorCard, doctor_card};
use crate::ui::store::View;

/// See the module.
pub fn doctor_panel(view: &View) -> Html {
    let session = view.session();
    let Some(complaint) = session.complaint() else { return Html::default() };
    let key = match complaint {
        Complaint::Insecure => "insecure",
        Complaint::Framed => "framed",
        Complaint::Forbidden => "forbidden",
        Complaint::NothingChosen => "nothing-chosen",
        Complaint::Busy => "busy",
        Complaint::Garbage { .. } => "garbage",
        Complaint::Silence { .. } => "silence",
    };
    let action = |remedy: Remedy| (remedy.label, remedy.key, view.sends(remedy.event));
    doctor_card(&DoctorCard {
        key,
        title: complaint.title(),
        advice: complaint.advice(),
        system: session.surroundings().system,
        actions: session.remedies().into_iter().map(action).collect(),
        on_close: view.sends(Event::DoctorDismissed),
    })
}
