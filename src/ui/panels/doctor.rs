//! The connection doctor, while there is something to be said.

use yew::prelude::*;

use crate::session::{Complaint, Event};
use crate::ui::components::doctor_card::{DoctorCard, doctor_card};
use crate::ui::store::View;
use crate::words::connection::lines;
use crate::words::doctor as words;

/// See the module.
pub fn doctor_panel(view: &View) -> Html {
    let session = view.session();
    let Some(complaint) = session.complaint() else { return Html::default() };
    let connect = || (words::CONNECT_AGAIN.to_owned(), "doctor-connect", view.sends(Event::ConnectClicked));
    let (key, actions) = match complaint {
        Complaint::Insecure => ("insecure", Vec::new()),
        Complaint::Framed => ("framed", Vec::new()),
        Complaint::Forbidden => ("forbidden", Vec::new()),
        Complaint::NothingChosen => ("nothing-chosen", vec![connect()]),
        Complaint::Busy => ("busy", vec![connect()]),
        Complaint::Garbage { likely, .. } => {
            let switch =
                |&baud: &u32| (words::use_baud(baud), "doctor-baud", view.sends(Event::BaudChosen(baud)));
            ("garbage", likely.iter().map(switch).collect())
        }
        Complaint::Silence { can_send } => {
            let send =
                (words::SEND_EMPTY_LINE.to_owned(), "doctor-send", view.sends(Event::EmptyLineClicked));
            let reset = (lines::RESET_BOARD.to_owned(), "doctor-reset", view.sends(Event::ResetClicked));
            let can_reset = session.reset_sequence().is_some();
            let actions = [can_send.then_some(send), can_reset.then_some(reset)];
            ("silence", actions.into_iter().flatten().collect())
        }
    };
    doctor_card(&DoctorCard {
        key,
        title: complaint.title(),
        advice: complaint.advice(),
        system: session.surroundings().system,
        actions,
        on_close: view.sends(Event::DoctorDismissed),
    })
}
