//! To be written.
use super::{Dialect, Finding, Info, Line};

#[derive(Default)]
pub struct Toit;

static INFO: Info = Info { id: "toit", name: "Toit", commands: &[] };

impl Dialect for Toit {
    fn info(&self) -> &'static Info {
        &INFO
    }
    fn line(&mut self, _line: &Line<'_>, _findings: &mut Vec<Finding>) {}
    fn finish(&mut self, _findings: &mut Vec<Finding>) {}
}
