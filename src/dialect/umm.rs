//! To be written.
use super::{Dialect, Finding, Info, Line};

#[derive(Default)]
pub struct Umm;

static INFO: Info = Info { id: "umm", name: "Umm", commands: &[] };

impl Dialect for Umm {
    fn info(&self) -> &'static Info {
        &INFO
    }
    fn line(&mut self, _line: &Line<'_>, _findings: &mut Vec<Finding>) {}
    fn finish(&mut self, _findings: &mut Vec<Finding>) {}
}
