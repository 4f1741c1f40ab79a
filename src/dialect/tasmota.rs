//! To be written.
use super::{Dialect, Finding, Info, Line};

#[derive(Default)]
pub struct Tasmota;

static INFO: Info = Info { id: "tasmota", name: "Tasmota", commands: &[] };

impl Dialect for Tasmota {
    fn info(&self) -> &'static Info {
        &INFO
    }
    fn line(&mut self, _line: &Line<'_>, _findings: &mut Vec<Finding>) {}
    fn finish(&mut self, _findings: &mut Vec<Finding>) {}
}
