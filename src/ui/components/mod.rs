//! Components: values in, callbacks out. None of them knows a session.

pub mod command_line;
pub mod console_row;
pub mod dialog;
pub mod doctor_card;
pub mod first_page;
pub mod icons;
pub mod legend;
pub mod line_settings;
pub mod log_menu;
pub mod macro_editor;
pub mod menu;
pub mod modem_lines;
pub mod names_hint;
pub mod palette;
pub mod picture;
pub mod picture_files;
pub mod poll_control;
pub mod port_list;
pub mod problem_bar;
pub mod replace_dialog;
pub mod row_list;
pub mod search_bar;
pub mod shortcut_list;
pub mod text_twin;
pub mod tiles;
pub mod verdict_bar;
