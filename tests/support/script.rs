//! A script for the application core: events at times that the test chooses, and what was to be done in answer.

use heapscope::heap::Millis;
use heapscope::session::{Effect, Event, Port, PortId, Session, Settings};

/// The port of most scripts.
pub const PORT: PortId = PortId(1);

/// A common adapter.
pub fn cp2102(id: PortId) -> Port {
    Port::new(id, Some((0x10c4, 0xea60)))
}

/// A session and the page's clock.
pub struct Script {
    pub session: Session,
    pub now: Millis,
    /// What was to be done since somebody looked.
    pub effects: Vec<Effect>,
}

impl Script {
    /// On the first page.
    pub fn new() -> Self {
        Script { session: Session::new(Settings::default()), now: Millis(5_000), effects: Vec::new() }
    }

    /// With an open port.
    pub fn connected() -> Self {
        let mut script = Script::new();
        script.event(Event::PortChosen(cp2102(PORT))).event(Event::PortOpened(PORT));
        script.effects.clear();
        script
    }

    /// This happens now.
    pub fn event(&mut self, event: Event) -> &mut Self {
        self.effects.extend(self.session.handle(event, self.now));
        self
    }

    /// The port says this.
    pub fn receive(&mut self, text: &str) -> &mut Self {
        self.event(Event::BytesReceived(PORT, text.as_bytes().to_vec()))
    }

    /// Time passes, tick by tick.
    pub fn wait(&mut self, millis: u64) -> &mut Self {
        let end = self.now + Millis(millis);
        while self.now < end {
            self.now = self.now + Millis(100);
            self.event(Event::Tick);
        }
        self
    }

    /// Time passes while this holds; not for ever.
    pub fn tick_while(&mut self, holds: fn(&Session) -> bool) -> &mut Self {
        for _ in 0..10_000 {
            if !holds(&self.session) {
                break;
            }
            self.event(Event::Tick);
        }
        self
    }

    /// What was written since the last call, as text.
    pub fn written(&mut self) -> Vec<String> {
        let effects = std::mem::take(&mut self.effects);
        let written = effects.into_iter().filter_map(|effect| match effect {
            Effect::Write(id, bytes) => {
                assert_eq!(id, PORT);
                Some(String::from_utf8(bytes).unwrap())
            }
            _ => None,
        });
        written.collect()
    }

    /// Every byte of the log, as text.
    pub fn log(&self) -> String {
        String::from_utf8(self.session.recording().unwrap().log().to_bytes()).unwrap()
    }
}
