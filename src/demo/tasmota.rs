//! A simulated Tasmota 15.5 plug on an ESP8266, as its serial console shows it.
//!
//! It is built with `USE_ESP8266_DEBUG_HEAP` and `-DUMM_STATS_FULL`, and has SetOption130 on: free heap and
//! fragmentation stand in every timestamp. It boots, chats, answers commands, prints heap dumps, leaks, runs out of
//! memory, crashes and boots again; [`Scenario`] says which of these. Every figure comes from a [`UmmHeap`], every byte
//! leaves at 115200 baud, and while a dump is printed nothing else happens, as on the real chip.
//!
//! One processor runs one thing at a time, a `Task`; its clock `cpu` may run ahead of the time that was passed in,
//! while what it printed is still leaving.
//!
//! **Granularity.** [`input`](Board::input) happens at the time of the last [`advance`](Board::advance). With the same
//! inputs at the same times, the bytes are the same however the time between is cut.
//!
//! It refuses to guess: it reads no clock and no outside randomness, stores nothing, and its commands are the few that
//! a heap console may send, plus those that change what is printed. Other commands are answered as unknown, although a
//! real board has hundreds. Power and sensor values are made up.
//!
//! ```
//! use heapscope::demo::{Board, Scenario, TasmotaBoard};
//! use heapscope::heap::Millis;
//!
//! let mut board = TasmotaBoard::new(Scenario::Leaking);
//! let mut log = Vec::new();
//! board.advance(Millis(20_000), &mut log);
//! board.input(b"Status 4\n");
//! board.advance(Millis(21_000), &mut log);
//! assert!(String::from_utf8_lossy(&log).contains("STATUS4 = {\"StatusMEM\":{\"ProgramSize\":662,"));
//! ```

mod answers;
mod clock;
mod command;
mod story;

use std::collections::VecDeque;

use super::Board;
use super::random::Random;
use super::umm_heap::{Allocation, UmmHeap};
use super::wire::{Receiver, Sender, TICKS_PER_MILLI, TICKS_PER_SECOND, Tick, boot_rom_heard_at_115200};
use crate::heap::Millis;
use clock::Clock;
use command::{Command, NO_PAYLOAD, split_backlog};
pub use story::Scenario;
use story::Script;

const NAME: &str = "Demo Plug";
const TOPIC: &str = "demo-plug";
const HOSTNAME: &str = "demo-plug-4711";
const IP_ADDRESS: &str = "192.168.1.42";
const CHIP_ID: &str = "4F1267";
const VERSION: &str = "15.5.0(tasmota)";

/// Log levels (Tasmota tasmota.h:363).
const INFO: u8 = 2;
const DEBUG: u8 = 3;

/// Characters of a command that fit the input buffer (Tasmota tasmota.h:199, minus the end mark).
const MAX_LINE_CHARS: usize = 799;
/// Seconds from boot to `APP: Serial logging disabled` (Tasmota tasmota.h:191).
const SERIAL_LOG_SECS: u32 = 600;
/// A timestamp has room for 20 characters: its space is lost when the figures need them all (support.ino:2807).
const STAMP_CHARS: usize = 20;
/// `Print::printf` formats shorter lines on the stack, and longer ones in a buffer from the heap (A278: Print.cpp).
const PRINTF_STACK_CHARS: usize = 64;
/// The main loop's second does not begin with that of the clock.
const EVERY_SECOND_AT: Tick = 211 * TICKS_PER_MILLI;
/// SetOption130, the heap in the timestamps: which word of flags, which bit.
const SHOW_HEAP: (usize, u32) = (3, 16);

/// A Tasmota plug at the other end of the cable. See the module's text.
#[derive(Debug)]
pub struct TasmotaBoard {
    scenario: Scenario,
    script: Script,
    random: Random,
    /// The time passed in.
    now: Tick,
    /// The processor's own time: when it is ready for the next thing.
    cpu: Tick,
    sender: Sender,
    receiver: Receiver,
    settings: Settings,
    restart_reason: &'static str,
    /// The latest crash as JSON, if the latest restart was one.
    crash: Option<String>,
    run: Run,
}

/// What a restart forgets.
#[derive(Debug)]
struct Run {
    booted: Tick,
    heap: UmmHeap,
    clock: Clock,
    /// What is to be done when, the next one first.
    tasks: VecDeque<(Tick, Task)>,
    /// Seconds.
    uptime: u64,
    is_settings_loaded: bool,
    is_mqtt_connected: bool,
    mqtt_count: u32,
    is_page_open: bool,
    serial_level: u8,
    /// Seconds until serial logging is switched off; 0: it is not.
    serial_log_timer: u32,
    /// The largest block as of the last measurement: once a second with SetOption130, and at Status 4.
    largest_block_bytes: u32,
    /// The OOM count that was logged last.
    known_oom_count: u32,
    seconds_since_telemetry: u32,
    line: Vec<u8>,
    is_line_too_long: bool,
    backlog: VecDeque<String>,
    backlog_pause_millis: u64,
    is_backlog_quiet: bool,
}

/// What flash remembers.
#[derive(Debug)]
struct Settings {
    /// SetOption 0..31, 50..81, 82..113, 114..145, 146..177, as `Status 3` prints them.
    flags: [u32; 5],
    /// SetOption 32..49.
    parameters: [u8; 18],
    tele_period_secs: u32,
    serial_log: u8,
    sleep: u8,
    is_on: bool,
    boot_count: u32,
    save_count: u32,
}

/// Something that the firmware does at its time.
#[derive(Debug)]
enum Task {
    BootStep(usize),
    EverySecond,
    GiveBack(Allocation),
    Message,
    Text,
    Session,
    Page { views: u32 },
    Toggle,
    MqttLost,
    MqttRetry,
    Backlog,
    Restart,
}

/// The first word of a topic.
#[derive(Clone, Copy, Debug)]
enum Topic {
    Cmnd,
    Stat,
    Tele,
}

/// Something that a boot does.
type BootStep = fn(&mut TasmotaBoard);

/// The boot: when each step comes, in milliseconds after the chip starts to run the firmware.
const BOOT_STEPS: [(u64, BootStep); 13] = [
    (1, |board| {
        board.take_boot_buffers(0);
        board.print(b"\r\n".to_vec());
        board.log(INFO, "HDW: ESP8266EX");
    }),
    (34, |board| board.log(INFO, "UFS: FlashFS mounted with 2024 kB free")),
    (42, |board| {
        board.run.is_settings_loaded = true;
        board.log(INFO, &format!("CFG: Loaded from flash at FB, Count {}", board.settings.save_count));
        board.run.serial_level = board.settings.serial_log;
    }),
    (47, |board| board.log(INFO, "QPC: Count 1")),
    (53, |board| board.log(INFO, "SRC: Restart")),
    (61, |board| {
        board.take_boot_buffers(1);
        board.log(INFO, &format!("Project tasmota - {NAME} Version {VERSION}-2_7_8({})", answers::BUILT));
    }),
    (312, |board| {
        board.take_boot_buffers(2);
        let (ssid, bssid) = (answers::SSID, answers::BSSID);
        let text =
            format!("WIF: Connecting to AP1 {ssid} Channel 6 BSSId {bssid} in mode 11n as {HOSTNAME}...");
        board.log(INFO, &text);
    }),
    (4_267, |board| board.log(INFO, "WIF: Connected")),
    (4_731, |board| {
        board.take_boot_buffers(3);
        board.log(INFO, &format!("HTP: Web server active on {HOSTNAME} with IP address {IP_ADDRESS}"));
    }),
    (6_000, |board| board.run.clock.synchronise(board.cpu)),
    (6_087, |board| {
        board.take_boot_buffers(4);
        board.log(INFO, "MQT: Attempting connection...");
    }),
    (6_214, TasmotaBoard::announce),
    (9_020, |board| {
        board.log(INFO, "QPC: Reset");
        board.begin_story();
    }),
];

impl Board for TasmotaBoard {
    fn advance(&mut self, now: Millis, out: &mut Vec<u8>) {
        self.now = self.now.max(now.0.saturating_mul(TICKS_PER_MILLI));
        self.run_until(self.now);
        self.sender.take_sent(self.now, out);
    }

    fn input(&mut self, bytes: &[u8]) {
        self.receiver.arrive(self.now, bytes);
    }
}

impl TasmotaBoard {
    /// A board that is switched on at time 0.
    ///
    /// The boot ROM's greeting is left out here, since nothing was listening yet; every later restart has it.
    pub fn new(scenario: Scenario) -> Self {
        let script = scenario.script();
        let mut board = TasmotaBoard {
            scenario,
            random: Random::new(script.seed),
            script,
            now: 0,
            cpu: 0,
            sender: Sender::default(),
            receiver: Receiver::default(),
            settings: Settings {
                flags: [0x0000_8009, 0x0000_0080, 0x0000_6000, 0x0001_4000, 0],
                parameters: [
                    0x28, 0x05, 0xC8, 0x00, 0x01, 0x00, 0x06, 0x00, 0x00, 0x3C, 0x5A, 0x0A, 0x19, 0x28, 0, 0,
                    0, 0,
                ],
                tele_period_secs: 60,
                serial_log: INFO,
                sleep: 50,
                is_on: true,
                boot_count: 8,
                save_count: 104,
            },
            restart_reason: "Power On",
            crash: None,
            run: Run::new(0),
        };
        board.boot(0);
        board
    }

    /// The story it was made for.
    pub fn scenario(&self) -> Scenario {
        self.scenario
    }

    /// The heap that all figures come from, as the processor left it (which may be ahead of what has been printed).
    pub fn heap(&self) -> &UmmHeap {
        &self.run.heap
    }

    /// How often it has been started in its life, as `BootCount` says it.
    pub fn boot_count(&self) -> u32 {
        self.settings.boot_count
    }

    /// Runs everything that begins up to `until`, in the order of time.
    fn run_until(&mut self, until: Tick) {
        loop {
            self.receiver.let_in(self.cpu);
            let task_at = self.run.tasks.front().map(|(at, _)| *at);
            let byte_at = self.receiver.next_at(self.cpu);
            let Some(next) = task_at.into_iter().chain(byte_at).min() else { return };
            let start = next.max(self.cpu);
            if start > until {
                return;
            }
            self.cpu = start;
            self.run.clock.catch_up(start);
            self.receiver.let_in(start);
            if task_at == Some(next) {
                if let Some((_, task)) = self.run.tasks.pop_front() {
                    self.perform(task);
                }
            } else if let Some(byte) = self.receiver.read() {
                self.read(byte);
            }
        }
    }

    fn perform(&mut self, task: Task) {
        match task {
            Task::BootStep(step) => {
                if let Some((_, action)) = BOOT_STEPS.get(step) {
                    action(self);
                }
            }
            Task::EverySecond => self.every_second(),
            Task::GiveBack(allocation) => self.give_back(allocation),
            Task::Message => self.take_message(),
            Task::Text => self.take_text(),
            Task::Session => self.open_session(),
            Task::Page { views } => self.serve_page(views),
            Task::Toggle => self.toggle(),
            Task::MqttLost => self.lose_mqtt(),
            Task::MqttRetry => self.retry_mqtt(),
            Task::Backlog => self.run_backlog(),
            Task::Restart => {
                self.log(INFO, "APP: Restarting");
                self.restart("Software/System restart", None);
            }
        }
    }

    fn schedule(&mut self, at: Tick, task: Task) {
        // Behind those of the same time: first come, first served.
        let place = self.run.tasks.partition_point(|(other, _)| *other <= at);
        self.run.tasks.insert(place, (at, task));
    }

    /// The firmware starts to run at `at`.
    fn boot(&mut self, at: Tick) {
        self.settings.boot_count += 1;
        self.settings.save_count += 1;
        self.run = Run::new(at);
        self.cpu = at;
        for (step, (millis, _)) in BOOT_STEPS.iter().enumerate() {
            self.schedule(at + millis * TICKS_PER_MILLI, Task::BootStep(step));
        }
        self.schedule(at + TICKS_PER_SECOND + EVERY_SECOND_AT, Task::EverySecond);
    }

    /// The chip resets: the boot ROM greets at 74880 baud, then the firmware boots with an empty heap.
    fn restart(&mut self, reason: &'static str, crash: Option<String>) {
        const GREETING: &str = "\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\nload 0x4010f000, len 3424, room 16 \r\n\
            tail 0\r\nchksum 0x2e\r\nload 0x3fff20b8, len 40, room 8 \r\ntail 0\r\nchksum 0x2b\r\ncsum 0x2b\r\nv00085140\r\n~ld\r\n";
        self.restart_reason = reason;
        self.crash = crash;
        self.cpu = self.cpu.max(self.sender.done_at()) + 12 * TICKS_PER_MILLI;
        self.sender.send(self.cpu, boot_rom_heard_at_115200(GREETING.as_bytes()));
        let greeting_ticks = GREETING.len() as u64 * 10 * TICKS_PER_SECOND / 74_880;
        let ready = self.cpu + greeting_ticks + 65 * TICKS_PER_MILLI;
        self.receiver.reset(ready);
        self.boot(ready);
    }

    /// MQTT is up: the plug introduces itself.
    fn announce(&mut self) {
        self.connect_mqtt();
        let info = format!(
            "{{\"Info1\":{{\"Module\":\"Generic\",\"Version\":\"{VERSION}\",\"FallbackTopic\":\"cmnd/DVES_{CHIP_ID}_fb/\",\
             \"GroupTopic\":\"cmnd/tasmotas/\"}}}}"
        );
        self.publish(Topic::Tele, "INFO1", &info, false);
        let info = format!(
            "{{\"Info2\":{{\"WebServerMode\":\"Admin\",\"Hostname\":\"{HOSTNAME}\",\"IPAddress\":\"{IP_ADDRESS}\"}}}}"
        );
        self.publish(Topic::Tele, "INFO2", &info, false);
        let reason = self.crash.clone().unwrap_or_else(|| format!("\"{}\"", self.restart_reason));
        let boot_count = self.settings.boot_count;
        let info = format!("{{\"Info3\":{{\"RestartReason\":{reason},\"BootCount\":{boot_count}}}}}");
        self.publish(Topic::Tele, "INFO3", &info, false);
        self.switch(self.settings.is_on);
    }

    fn connect_mqtt(&mut self) {
        self.run.is_mqtt_connected = true;
        self.run.mqtt_count += 1;
        self.log(INFO, "MQT: Connected");
        self.publish(Topic::Tele, "LWT", "Online", true);
        self.publish(Topic::Cmnd, "POWER", "", false);
    }

    /// Tasmota's `PerformEverySecond`, as far as it shows.
    fn every_second(&mut self) {
        let next = self.run.booted + (self.run.uptime + 2) * TICKS_PER_SECOND + EVERY_SECOND_AT;
        self.schedule(next.max(self.cpu), Task::EverySecond);
        self.run.uptime += 1;
        // Small texts come and go without a trace but in the low-water mark.
        let size = self.random.range(24, 120) as u32;
        if let Some(text) = self.run.heap.malloc(size) {
            self.run.heap.free(text);
        }
        if self.shows_heap() {
            self.measure_largest_block();
        }
        self.check_out_of_memory();

        if self.run.serial_log_timer > 0 {
            self.run.serial_log_timer -= 1;
            if self.run.serial_log_timer == 0 {
                self.log(INFO, "APP: Serial logging disabled");
                self.run.serial_level = 0;
            }
        }
        self.run.seconds_since_telemetry += 1;
        let period = self.settings.tele_period_secs;
        if period > 0 && self.run.seconds_since_telemetry >= period && self.run.uptime > 10 {
            self.run.seconds_since_telemetry = 0;
            let state = self.state();
            self.publish(Topic::Tele, "STATE", &state, false);
            let sensor = self.sensor();
            self.publish(Topic::Tele, "SENSOR", &sensor, false);
        }
    }

    /// Tasmota's `ESP_HeapOomCheck` (support_esp8266.ino:139-151).
    fn check_out_of_memory(&mut self) {
        let count = self.run.heap.oom_count();
        let more = count.wrapping_sub(self.run.known_oom_count);
        if more > 0 {
            self.run.known_oom_count = count;
            self.log(INFO, &format!("OOM: count {count} (+{more})"));
        }
    }

    /// Tasmota's `ESP_UpdateHeapMetrics`.
    fn measure_largest_block(&mut self) {
        self.run.largest_block_bytes = self.run.heap.largest_free_bytes();
    }

    /// Tasmota's `ESP_getHeapFragmentation`: the largest block may be a second old while free is of now, so it mixes
    /// two moments, and a negative result becomes 0 (support_esp8266.ino:116-137).
    fn fragmentation(&self) -> u32 {
        let free = self.run.heap.free_bytes();
        let share = (self.run.largest_block_bytes * 100).checked_div(free).unwrap_or(0);
        100_u32.saturating_sub(share)
    }

    fn shows_heap(&self) -> bool {
        self.run.is_settings_loaded && self.settings.flags[SHOW_HEAP.0] >> SHOW_HEAP.1 & 1 == 1
    }

    /// `18:40:08.501-023/02 ` with SetOption130, `18:40:08.501 ` without it or before settings are loaded
    /// (support.ino:2804-2821).
    fn stamp(&self) -> String {
        let mut stamp = self.run.clock.stamp(self.cpu);
        if self.shows_heap() {
            let free = self.run.heap.free_bytes() / 1024;
            stamp.push_str(&format!("-{free:03}/{:02}", self.fragmentation()));
        }
        stamp.push(' ');
        stamp.truncate(STAMP_CHARS);
        stamp
    }

    /// Tasmota's `AddLog`. Its text and a long line's `printf` buffer come from the heap: when they cannot be had, the
    /// line is not printed, and nothing says so.
    fn log(&mut self, level: u8, text: &str) {
        if level > self.run.serial_level {
            return;
        }
        let Some(data) = self.run.heap.malloc(text.len() as u32 + 1) else { return };
        let line = format!("{}{text}\r\n", self.stamp());
        if line.len() < PRINTF_STACK_CHARS {
            self.print(line.into_bytes());
        } else if let Some(buffer) = self.run.heap.malloc(line.len() as u32 + 1) {
            self.print(line.into_bytes());
            self.run.heap.free(buffer);
        }
        self.run.heap.free(data);
    }

    /// Puts bytes on the line, and waits until they fit the FIFO.
    fn print(&mut self, bytes: Vec<u8>) {
        self.cpu = self.sender.send(self.cpu, bytes);
    }

    /// A message to the broker, and its line in the log; only the line when there is no broker (xdrv_02_9_mqtt.ino:705-755).
    fn publish(&mut self, topic: Topic, name: &str, payload: &str, is_retained: bool) {
        if !self.run.is_mqtt_connected {
            self.log(INFO, &format!("RSL: {name} = {payload}"));
            return;
        }
        let prefix = match topic {
            Topic::Cmnd => "cmnd",
            Topic::Stat => "stat",
            Topic::Tele => "tele",
        };
        let topic = format!("{prefix}/{TOPIC}/{name}");
        // The packet stays in lwIP until it is acknowledged. Sending lets timers run.
        self.borrow((payload.len() + topic.len() + 60) as u64, (4, 45));
        self.cpu += self.random.range(600, 3_400);
        self.run.clock.catch_up(self.cpu);
        let retained = if is_retained { " (retained)" } else { "" };
        self.log(INFO, &format!("MQT: {topic} = {payload}{retained}"));
    }

    /// The answer to a command: put together on the heap, then published.
    fn respond(&mut self, name: &str, payload: &str) {
        let Some(data) = self.run.heap.malloc(payload.len() as u32 + 1) else { return };
        self.publish(Topic::Stat, name, payload, false);
        self.run.heap.free(data);
    }

    /// One byte of input (support_tasmota.ino:1867-1939).
    fn read(&mut self, byte: u8) {
        match byte {
            b'\n' => self.end_of_line(),
            b' '..=b'~' if self.run.line.len() < MAX_LINE_CHARS => self.run.line.push(byte),
            b' '..=b'~' => self.run.is_line_too_long = true,
            128.. => self.run.line.clear(),
            _ => {} // CR and other control characters are as if not there
        }
    }

    fn end_of_line(&mut self) {
        let line: String = std::mem::take(&mut self.run.line).into_iter().map(char::from).collect();
        // The main loop sleeps between its rounds.
        self.cpu += self.random.range(1, 24) * TICKS_PER_MILLI;
        self.run.serial_level = self.settings.serial_log.max(INFO);
        if std::mem::take(&mut self.run.is_line_too_long) {
            self.log(INFO, "CMD: Serial buffer overrun");
        } else {
            self.log(INFO, &format!("CMD: {line}"));
            self.cpu += self.random.range(3, 9) * TICKS_PER_MILLI;
            self.execute(&line, "Serial");
        }
        // Serial.flush()
        self.cpu = self.cpu.max(self.sender.done_at());
    }

    fn execute(&mut self, line: &str, source: &str) {
        let Some(command) = Command::parse(line) else { return };
        self.log(DEBUG, &format!("SRC: {source}"));
        self.log(
            DEBUG,
            &format!(
                "CMD: Grp 0, Cmd '{}', Idx {}, Len {}, Pld {}, Data '{}'",
                command.word,
                command.index,
                command.data.len(),
                command.payload,
                command.data
            ),
        );
        let payload = command.payload;
        let answer = match command.word.as_str() {
            "STATUS" => {
                if !self.answer_status(&command) {
                    self.respond("RESULT", &refusal("Error", &command));
                }
                return;
            }
            "BACKLOG" => {
                self.queue_backlog(&command);
                return;
            }
            "POWER" if command.index <= 1 => {
                match payload {
                    0 => self.settings.is_on = false,
                    1 => self.settings.is_on = true,
                    2 => self.settings.is_on = !self.settings.is_on,
                    _ => {}
                }
                self.switch(self.settings.is_on);
                return;
            }
            "STATE" => Some(self.state()),
            "SETOPTION" | "SO" => self.set_option(command.index, payload),
            "SERIALLOG" => {
                if let Ok(level @ 0..=4) = u8::try_from(payload) {
                    self.settings.serial_log = level;
                    self.run.serial_level = level;
                    self.run.serial_log_timer = 0;
                }
                let (saved, active) = (self.settings.serial_log, self.run.serial_level);
                Some(format!("{{\"SerialLog\":{{\"{saved}\":{{\"Active\":\"{active}\"}}}}}}"))
            }
            "TELEPERIOD" => {
                if let Ok(period @ 0..=3600) = u32::try_from(payload) {
                    self.settings.tele_period_secs = match period {
                        1 => 300,
                        2..=9 => 10,
                        _ => period,
                    };
                    // The next second brings telemetry.
                    self.run.seconds_since_telemetry = self.settings.tele_period_secs;
                }
                Some(format!("{{\"TelePeriod\":{}}}", self.settings.tele_period_secs))
            }
            "SLEEP" => {
                if let Ok(sleep @ 0..=250) = u8::try_from(payload) {
                    self.settings.sleep = sleep;
                }
                let sleep = self.settings.sleep;
                Some(format!("{{\"Sleep\":{{\"{sleep}\":{{\"Active\":\"{sleep}\"}}}}}}"))
            }
            "DELAY" => {
                if let Ok(tenths @ 2..=3600) = u64::try_from(payload) {
                    self.run.backlog_pause_millis = tenths * 100;
                }
                Some(format!("{{\"Delay\":{}}}", payload.max(0)))
            }
            "TOPIC" => Some(format!("{{\"Topic\":\"{TOPIC}\"}}")),
            "DEVICENAME" => Some(format!("{{\"DeviceName\":\"{NAME}\"}}")),
            "RESTART" => match payload {
                1 => {
                    self.schedule_in((1_000, 1_900), Task::Restart);
                    Some("{\"Restart\":\"Restarting\"}".into())
                }
                99 => {
                    self.log(INFO, "APP: Restarting");
                    self.restart("Software/System restart", None);
                    return;
                }
                -1 => {
                    self.crash_exception(28, 0, 0);
                    return;
                }
                _ => Some("{\"Restart\":\"1 to restart\"}".into()),
            },
            _ => {
                self.respond("RESULT", &refusal("Unknown", &command));
                return;
            }
        };
        match answer {
            Some(_) if command.is_quiet => {}
            Some(answer) => self.respond("RESULT", &answer),
            None => self.respond("RESULT", &refusal("Error", &command)),
        }
    }

    /// `false` when the command is refused.
    fn answer_status(&mut self, command: &Command<'_>) -> bool {
        let payload = command.payload;
        if command.index == 0 {
            // All in one line: the objects become one.
            let parts = self.status(0);
            let fields: Vec<&str> = parts.iter().map(|(_, object)| &object[1..object.len() - 1]).collect();
            self.respond("STATUS0", &format!("{{{}}}", fields.join(",")));
            return true;
        }
        match payload {
            NO_PAYLOAD => {
                let status = self.status_0();
                self.respond("STATUS", &status);
                true
            }
            44 => {
                self.dump_heap();
                true
            }
            // Other negative numbers name no part, and are not refused either.
            ..0 => true,
            _ => {
                let parts = self.status(payload);
                for (number, text) in &parts {
                    let name = if *number == 0 { "STATUS".into() } else { format!("STATUS{number}") };
                    self.cpu += self.random.range(1, 3) * TICKS_PER_MILLI;
                    self.respond(&name, text);
                }
                !parts.is_empty()
            }
        }
    }

    /// `Status 44`: the whole heap, printed with interrupts off (support_command.ino:1198-1207).
    fn dump_heap(&mut self) {
        let start = self.cpu;
        let mut dump = Vec::new();
        self.run.heap.print_info(&mut dump);
        self.print(dump);
        self.receiver.set_deaf(start, self.cpu);
        // The second has not been counted on meanwhile.
        let count = self.run.heap.oom_count();
        self.log(INFO, &format!("OOM: count {count} (test-trigger)"));
        self.respond("STATUS44", "{\"Status44\":{\"HeapDump\":\"Serial output only\"}}");
    }

    /// `None`: there is no such option, or it cannot have that value.
    fn set_option(&mut self, index: u32, payload: i64) -> Option<String> {
        if let 32..=49 = index {
            let value = self.settings.parameters.get_mut(index as usize - 32)?;
            if payload >= 0 {
                *value = u8::try_from(payload).ok()?;
            }
            return Some(format!("{{\"SetOption{index}\":{value}}}"));
        }
        let (word, bit) = match index {
            0..=31 => (0, index),
            50..=81 => (1, index - 50),
            82..=113 => (2, index - 82),
            114..=145 => (3, index - 114),
            146..=177 => (4, index - 146),
            _ => return None,
        };
        let flags = &mut self.settings.flags[word];
        match payload {
            ..0 => {}
            0 => *flags &= !(1 << bit),
            1 => *flags |= 1 << bit,
            _ => return None,
        }
        let state = if *flags >> bit & 1 == 1 { "ON" } else { "OFF" };
        Some(format!("{{\"SetOption{index}\":\"{state}\"}}"))
    }

    /// `Backlog a;b` (support_command.ino:524-567).
    fn queue_backlog(&mut self, command: &Command<'_>) {
        let commands = split_backlog(command.data);
        if commands.is_empty() {
            let state = if self.run.backlog.is_empty() { "Empty" } else { "Aborted" };
            self.run.backlog.clear();
            self.respond("RESULT", &format!("{{\"Backlog\":\"{state}\"}}"));
            return;
        }
        let is_running = !self.run.backlog.is_empty();
        self.run.backlog.extend(commands);
        self.run.is_backlog_quiet = matches!(command.index, 2 | 3);
        self.run.backlog_pause_millis = match command.index {
            0 | 3 => 0,
            _ => u64::from(self.settings.parameters[2]), // SetOption34
        };
        if !is_running {
            self.schedule_in((1, 4), Task::Backlog);
        }
    }

    fn run_backlog(&mut self) {
        let Some(line) = self.run.backlog.pop_front() else { return };
        let pause = self.run.backlog_pause_millis;
        if self.run.is_backlog_quiet {
            let level = std::mem::replace(&mut self.run.serial_level, 0);
            self.execute(&line, "Backlog");
            self.run.serial_level = level;
        } else {
            self.execute(&line, "Backlog");
        }
        // A restart has forgotten the rest; `Delay` has set another pause, for once.
        if !self.run.backlog.is_empty() {
            let wait = self.run.backlog_pause_millis.max(1);
            self.schedule_in((wait, wait), Task::Backlog);
            self.run.backlog_pause_millis = pause;
        }
    }

    /// The program is stopped by an exception: the core prints its report, and the chip restarts
    /// (A278: core_esp8266_postmortem.cpp:95-215; Info3 as in support_crash_recorder.ino).
    fn crash_exception(&mut self, cause: u32, address: u32, failed_request_bytes: u32) {
        const CUT: &str = "\r\n--------------- CUT HERE FOR EXCEPTION DECODER ---------------\r\n";
        const STACK: std::ops::Range<u32> = 0x3fff_fdf0..0x3fff_ffd0;
        const OFFSET: u32 = 0x190;
        let where_to = 0x4000_df64_u32; // memset in the ROM
        let mut text = format!(
            "{CUT}\r\nException ({cause}):\r\nepc1=0x{where_to:08x} epc2=0x00000000 epc3=0x00000000 excvaddr=0x{address:08x} \
             depc=0x00000000\r\n\r\n>>>stack>>>\r\n\r\nctx: cont\r\nsp: {:08x} end: {:08x} offset: {OFFSET:04x}\r\n",
            STACK.start - OFFSET,
            STACK.end,
        );
        let mut callers = vec![where_to];
        for row in STACK.step_by(16) {
            let mut words = [0_u32; 4];
            for word in &mut words {
                *word = match self.random.range(0, 9) {
                    0..=2 => self.random.range(0x4020_1010, 0x4029_fff0) as u32,
                    3..=5 => self.random.range(0x3fff_24c8, 0x3fff_bff0) as u32 & !3,
                    6 => 0x3fff_0000 + self.random.range(0x20, 0x1fff) as u32,
                    7 => failed_request_bytes,
                    _ => self.random.range(0, 255) as u32,
                };
            }
            callers.extend(words.iter().filter(|word| (0x4020_1010..0x402a_0000).contains(*word)));
            let [a, b, c, d] = words;
            text.push_str(&format!("{row:08x}:  {a:08x} {b:08x} {c:08x} {d:08x}  \r\n"));
        }
        text.push_str("<<<stack<<<\r\n");
        if failed_request_bytes > 0 {
            text.push_str(&format!("\r\nlast failed alloc call: 4021F3A0({failed_request_bytes})\r\n"));
        }
        text.push_str(CUT);
        self.print(text.into_bytes());

        callers.truncate(31);
        let callers: Vec<String> = callers.iter().map(|caller| format!("\"{caller:08x}\"")).collect();
        let crash = format!(
            "{{\"Exception\":{cause},\"Reason\":\"Exception\",\"EPC\":[\"{where_to:08x}\",\"00000000\",\"00000000\"],\
             \"EXCVADDR\":\"{address:08x}\",\"DEPC\":\"00000000\",\"CallChain\":[{}]}}",
            callers.join(",")
        );
        self.restart("Exception", Some(crash));
    }
}

impl Run {
    fn new(booted: Tick) -> Self {
        Run {
            booted,
            heap: UmmHeap::default(),
            clock: Clock::new(booted),
            tasks: VecDeque::new(),
            uptime: 0,
            is_settings_loaded: false,
            is_mqtt_connected: false,
            mqtt_count: 0,
            is_page_open: false,
            serial_level: INFO,
            serial_log_timer: SERIAL_LOG_SECS,
            largest_block_bytes: 0,
            known_oom_count: 0,
            // The first telemetry comes soon after boot.
            seconds_since_telemetry: 9999,
            line: Vec::new(),
            is_line_too_long: false,
            backlog: VecDeque::new(),
            backlog_pause_millis: 0,
            is_backlog_quiet: false,
        }
    }
}

/// `{"Command":"Error","Input":"STATUS 99"}`. The input is cut after 63 characters, and after escaping: what is left
/// can end inside an escape (support_command.ino:494-511).
fn refusal(kind: &str, command: &Command<'_>) -> String {
    let mut input = command.word_with_index.clone();
    if !command.data.is_empty() {
        input.push(' ');
        input.push_str(command.data);
    }
    let mut input = input.replace('\\', "\\\\").replace('"', "\\\"");
    input.truncate(63); // all ASCII
    format!("{{\"Command\":\"{kind}\",\"Input\":\"{input}\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(secs: u64) -> TasmotaBoard {
        let mut board = TasmotaBoard::new(Scenario::Leaking);
        board.advance(Millis::from_secs(secs), &mut Vec::new());
        board
    }

    /// The number behind `"name":` in a JSON text.
    fn field(json: &str, name: &str) -> u32 {
        let (_, rest) = json.split_once(&format!("\"{name}\":")).unwrap();
        rest.split([',', '}']).next().unwrap().parse().unwrap()
    }

    #[test]
    fn status_4_is_the_allocators_view() {
        for secs in [30, 300, 700, 1000] {
            let mut board = running(secs);
            let (_, answer) = board.status(4).remove(0);
            let heap = board.heap();
            let (free, largest) = (heap.free_bytes(), heap.largest_free_bytes());
            assert_eq!(field(&answer, "Heap"), free / 1024);
            assert_eq!(field(&answer, "MaxFree"), largest / 1024);
            assert_eq!(field(&answer, "Frag"), 100 - largest * 100 / free);
            assert_eq!(field(&answer, "OomCount"), heap.oom_count());
            assert_eq!(field(&answer, "HeapLwm"), heap.low_water_mark_bytes() / 1024);
            assert_eq!(field(&answer, "MaxAllocSz"), heap.max_request_bytes());
        }
    }

    #[test]
    fn stamps_mix_a_largest_block_of_before_with_free_of_now() {
        let mut board = running(15);
        board.measure_largest_block();
        let largest = board.heap().largest_free_bytes();
        let before = board.fragmentation();
        // Free falls below the remembered largest block: the formula goes negative, and 0 is printed.
        let _taken = board.run.heap.malloc(4096);
        let free = board.heap().free_bytes();
        assert!(free < largest);
        let suffix = |board: &TasmotaBoard| board.stamp()[12..].to_string();
        assert_eq!(suffix(&board), format!("-{:03}/00 ", free / 1024));
        board.measure_largest_block();
        let exact = 100 - board.heap().largest_free_bytes() * 100 / free;
        assert_eq!(suffix(&board), format!("-{:03}/{exact:02} ", free / 1024));
        assert!(before > 0 || exact > 0);
        // Before the first measurement all of the heap counts as fragmented, and the space has no room.
        board.run.largest_block_bytes = 0;
        assert_eq!(suffix(&board), format!("-{:03}/100", free / 1024));
        board.run.is_settings_loaded = false;
        assert_eq!(suffix(&board), " ");
    }

    #[test]
    fn long_lines_vanish_when_their_buffer_cannot_be_had() {
        let mut board = running(60);
        let printed = |board: &mut TasmotaBoard, text: &str| {
            let before = board.sender.done_at().max(board.cpu);
            board.log(INFO, text);
            board.sender.done_at() > before
        };
        let (short, long) = ("x".repeat(40), "x".repeat(41)); // with stamp and CR LF 62 and 63 characters..
        let longest_on_stack = board.stamp().len() + long.len() + 2;
        assert_eq!(longest_on_stack, PRINTF_STACK_CHARS - 1);
        // Fills the heap, but for one chunk that takes the text and not the text with its stamp.
        let spare = board.run.heap.malloc(44).unwrap();
        while board.run.heap.malloc(4).is_some() {}
        board.run.heap.free(spare);
        assert!(printed(&mut board, &short));
        assert!(printed(&mut board, &long));
        let failed = board.heap().oom_count();
        assert!(!printed(&mut board, &"x".repeat(42)), "one more character, and printf needs a buffer");
        assert_eq!(board.heap().oom_count(), failed + 1);
        assert!(!printed(&mut board, &"x".repeat(60)), "here the text itself finds no room");
    }

    #[test]
    fn refusals_are_cut_after_escaping() {
        let input = format!("Foo {}\"", "a".repeat(58));
        let command = Command::parse(&input).unwrap();
        let expected = format!("{{\"Command\":\"Unknown\",\"Input\":\"FOO {}\\\"}}", "a".repeat(58));
        assert_eq!(refusal("Unknown", &command), expected);
    }

    #[test]
    fn the_boot_rom_and_the_crash_come_between_two_lives() {
        let mut board = running(20);
        board.crash_exception(29, 0, 48);
        let mut log = Vec::new();
        board.advance(Millis::from_secs(40), &mut log);
        let text = String::from_utf8_lossy(&log);
        for expected in [
            "\r\nException (29):\r\nepc1=0x4000df64 epc2=0x00000000 epc3=0x00000000 excvaddr=0x00000000 depc=0x00000000\r\n",
            "\r\nlast failed alloc call: 4021F3A0(48)\r\n",
            "\r\n00:00:00.001 HDW: ESP8266EX\r\n",
            "INFO3 = {\"Info3\":{\"RestartReason\":{\"Exception\":29,\"Reason\":\"Exception\",\"EPC\":[\"4000df64\",",
            "]},\"BootCount\":10}}\r\n",
        ] {
            assert!(text.contains(expected), "{expected:?} is missing in {text}");
        }
        let end = text.rfind("CUT HERE").unwrap();
        let garbage = &text[end..text.find("00:00:00.001").unwrap()];
        assert!(garbage.contains('\u{fffd}'), "{garbage:?}");
        assert_eq!(board.status(12).len(), 1);
    }
}
