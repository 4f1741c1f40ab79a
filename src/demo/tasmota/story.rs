//! What happens to the board while nobody types: the heap's daily life, and what goes wrong with it.
//!
//! All of it goes through the simulated allocator. Long-lived buffers are taken at boot; messages come in and leave
//! holes when they go; somebody looks at the web page now and then. In a leaking story the code that handles a message
//! forgets a node of 44..48 bytes each time, and every few messages a JSON string of about 200 bytes. Short-lived
//! buffers lie between what was forgotten, so the heap fragments while it fills.

use super::super::umm_heap::Allocation;
use super::super::wire::{TICKS_PER_MILLI, Tick};
use super::{INFO, Task, TasmotaBoard, Topic};

/// Which story a simulated board tells. The same scenario is always the same to the byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scenario {
    /// A slow leak that also fragments: the first allocation fails after about 15 minutes, the board crashes and
    /// restarts some minutes later, and it begins again. What a visitor sees.
    #[default]
    Leaking,
    /// The same life without the leak: it goes on for ever.
    Healthy,
    /// The leak, eight times as fast: for tests that want to see the end.
    OutOfMemory,
}

/// A scenario's figures.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) seed: u64,
    /// Between two messages that come in, in milliseconds: from and to.
    message_every: (u64, u64),
    /// Between two JSON strings that are kept.
    text_every: (u64, u64),
    is_leaking: bool,
}

impl Scenario {
    pub(super) const fn script(self) -> Script {
        let leaking = Script {
            seed: 24_777,
            message_every: (6_500, 11_700),
            text_every: (20_000, 40_000),
            is_leaking: true,
        };
        match self {
            Scenario::Leaking => leaking,
            Scenario::Healthy => Script { seed: 15_500, is_leaking: false, ..leaking },
            Scenario::OutOfMemory => {
                Script { seed: 44, message_every: (812, 1_462), text_every: (2_500, 5_000), ..leaking }
            }
        }
    }
}

/// Long-lived buffers in the order in which a boot takes them, in bytes: large ones, and how many small ones follow.
const BOOT_BUFFERS: [(&[u32], u64); 5] = [
    (&[832, 520, 4096, 800], 22), // SDK, Wi-Fi driver, log buffer, serial input
    (&[640, 396, 276], 28),       // settings texts, drivers, sensors
    (&[536, 1024], 12),           // station, lwIP
    (&[276], 8),                  // web server
    (&[1200], 10),                // MQTT
];

impl TasmotaBoard {
    /// A stage of the boot takes what it keeps until the next restart.
    pub(super) fn take_boot_buffers(&mut self, stage: usize) {
        let Some((large, small)) = BOOT_BUFFERS.get(stage) else { return };
        let mut passing = Vec::new();
        for size in *large {
            self.keep(*size);
        }
        for _ in 0..*small {
            let size =
                if self.random.chance(15) { self.random.range(60, 160) } else { self.random.range(6, 44) };
            self.keep(size as u32);
            if self.random.chance(14) {
                let size = self.random.range(10, 180) as u32;
                passing.extend(self.run.heap.malloc(size));
            }
        }
        // What was only needed for setting up leaves the first holes.
        for allocation in passing {
            self.run.heap.free(allocation);
        }
    }

    /// Takes memory until the next restart.
    fn keep(&mut self, size_bytes: u32) {
        // Dropping the handle is the leak.
        let _ = self.run.heap.malloc(size_bytes);
    }

    /// Takes memory for a while, if there is some. Gives whether there was.
    pub(super) fn borrow(&mut self, size_bytes: u64, millis: (u64, u64)) -> bool {
        let Some(allocation) = self.run.heap.malloc(size_bytes as u32) else { return false };
        let until = self.cpu + self.random.range(millis.0, millis.1) * TICKS_PER_MILLI;
        self.schedule(until, Task::GiveBack(allocation));
        true
    }

    pub(super) fn begin_story(&mut self) {
        let script = &self.script;
        let (message, text) = (script.message_every, script.text_every);
        self.schedule_in(message, Task::Message);
        self.schedule_in(text, Task::Text);
        self.schedule_in((20_000, 30_000), Task::Session);
        self.schedule_in((25_000, 40_000), Task::Page { views: 6 });
        self.schedule_in((70_000, 110_000), Task::Toggle);
        self.schedule_in((400_000, 460_000), Task::MqttLost);
    }

    /// A message from another device: the driver notes its name in a generous buffer, keeps a node for it in a list,
    /// and cuts the name to its length, which leaves a sliver that is too small for the next node.
    pub(super) fn take_message(&mut self) {
        self.schedule_in(self.script.message_every, Task::Message);
        let (name_length, node) = (self.random.range(44, 48) as u32, self.random.range(44, 48) as u32);
        let name = self.run.heap.malloc(72);
        let Some(node_kept) = self.run.heap.malloc(node) else {
            // The driver does not look at what it was given.
            self.crash_exception(29, 0, node);
            return;
        };
        if let Some(mut name) = name {
            self.run.heap.realloc(&mut name, name_length);
            self.keep_or_lend(name, (10_000, 60_000));
        }
        self.keep_or_lend(node_kept, (10_000, 60_000));
        // Without a buffer the text is lost, and nobody says so.
        let size = self.random.range(96, 640);
        self.borrow(size, (20, 4_000));
    }

    /// What a leaking story forgets, a healthy one gives back.
    fn keep_or_lend(&mut self, allocation: Allocation, millis: (u64, u64)) {
        if !self.script.is_leaking {
            self.schedule_in(millis, Task::GiveBack(allocation));
        }
    }

    /// A JSON text is put together in a generous buffer, then cut to its length and kept.
    pub(super) fn take_text(&mut self) {
        self.schedule_in(self.script.text_every, Task::Text);
        let Some(mut text) = self.run.heap.malloc(256) else { return };
        let length = self.random.range(184, 226) as u32;
        self.run.heap.realloc(&mut text, length);
        self.keep_or_lend(text, (20_000, 90_000));
    }

    /// Something that is needed for a minute or three: a connection, a cached answer.
    pub(super) fn open_session(&mut self) {
        self.schedule_in((22_000, 38_000), Task::Session);
        let size = self.random.range(220, 800);
        self.borrow(size, (45_000, 190_000));
    }

    /// Somebody has the web page open: it is built in a large buffer, then refreshes itself.
    pub(super) fn serve_page(&mut self, views: u32) {
        if views == 0 {
            let views = self.random.range(3, 9) as u32;
            self.schedule_in((35_000, 75_000), Task::Page { views });
            return;
        }
        let is_first = !std::mem::replace(&mut self.run.is_page_open, true);
        self.run.is_page_open = views > 1;
        if is_first {
            self.log(super::DEBUG, "HTP: Main Menu");
            self.borrow(1460, (900, 3_500));
        }
        let size = if is_first { self.random.range(1_700, 2_900) } else { self.random.range(900, 1_600) };
        let millis = if is_first { (500, 2_500) } else { (60, 900) };
        self.borrow(size, millis);
        self.schedule_in((2_345, 2_480), Task::Page { views: views - 1 });
    }

    /// Somebody switches the plug over the web page.
    pub(super) fn toggle(&mut self) {
        self.schedule_in((110_000, 230_000), Task::Toggle);
        self.borrow(1460, (200, 1_800));
        self.switch(!self.settings.is_on);
    }

    /// The broker goes away for ten seconds.
    pub(super) fn lose_mqtt(&mut self) {
        self.run.is_mqtt_connected = false;
        self.log(INFO, "MQT: Connect failed to 192.168.1.10:1883, rc -4. Retry in 10 sec");
        self.schedule_in((10_000, 10_050), Task::MqttRetry);
    }

    /// And comes back.
    pub(super) fn retry_mqtt(&mut self) {
        self.schedule_in((430_000, 520_000), Task::MqttLost);
        self.log(INFO, "MQT: Attempting connection...");
        self.wait(90);
        self.connect_mqtt();
        self.switch(self.settings.is_on);
    }

    /// Switches the relay and says so on both topics.
    pub(super) fn switch(&mut self, is_on: bool) {
        self.settings.is_on = is_on;
        let answer = format!("{{\"POWER\":\"{}\"}}", self.power_text());
        self.respond("RESULT", &answer);
        self.publish(Topic::Stat, "POWER", self.power_text(), false);
    }

    /// Waits, with the processor busy.
    pub(super) fn wait(&mut self, millis: u64) {
        self.cpu += millis * TICKS_PER_MILLI;
    }

    pub(super) fn schedule_in(&mut self, millis: (u64, u64), task: Task) {
        let at: Tick = self.cpu + self.random.range(millis.0, millis.1) * TICKS_PER_MILLI;
        self.schedule(at, task);
    }

    pub(super) fn give_back(&mut self, allocation: Allocation) {
        self.run.heap.free(allocation);
    }
}
