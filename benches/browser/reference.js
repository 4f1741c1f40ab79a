// The reader that one writes in an afternoon in JavaScript, with split, regular expressions and JSON.parse: what
// Heapscope's is measured against. It reads only what the mixed log has, and is written for the benchmark alone.

const COLOUR = /\x1b\[[0-9;]*m/g;
const STAMP = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?(?:-(\d{3,5})(?:\/(\d{2,3}))?)? ?(.*)$/;
const ANSWER = /^(?:MQT|RSL|MSH): (\S+) = (\{.*\})/;
const ROW = /^\|0x([0-9a-f]{8})\|B +(\d+)\|NB +(\d+)\|PB +(\d+)\|Z +(\d+)\|(?:NF +(\d+)\|PF +(\d+)\|)?/;
const TOTALS = /^Total Blocks +(\d+) +Used Blocks +(\d+) +Free Blocks +(\d+)/;
const START = /^Heap report(?: @ (.*))?:$/;
const TABLE_ROW = /^\s*[│|]\s+(\d+)\s+[│|]\s+(\d+)\s+[│|]\s+(\S.*?)\s*[│|]\s*$/;
const TABLE_TOTAL = /^\s*Total: (\d+) bytes in (\d+) allocations \((\d+)%\)/;
const FAILURE = /^OOM: count (\d+) \(\+(\d+)\)/;

export class Reference {
  constructor() {
    this.decoder = new TextDecoder();
    this.rest = "";
    this.blocks = [];
    this.table = null;
    this.found = [];
    this.totals = [0, 0, 0, 0, 0];
  }

  feed(chunk) {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    this.rest = lines.pop();
    for (const line of lines) this.line(line.replace(COLOUR, ""));
    this.addUp();
  }

  line(line) {
    let match;
    if ((match = STAMP.exec(line))) {
      const [, hours, minutes, seconds, millis, free, fragmentation, text] = match;
      const time = ((hours * 60 + +minutes) * 60 + +seconds) * 1000 + +(millis ?? 0);
      if (free !== undefined) {
        this.found.push({ kind: "sample", time, free: free * 1024, fragmentation: fragmentation && +fragmentation });
      }
      if ((match = ANSWER.exec(text))) {
        this.answer(time, match[2]);
      } else if ((match = FAILURE.exec(text))) {
        this.found.push({ kind: "failure", time, count: +match[2] });
      }
    } else if ((match = ROW.exec(line))) {
      this.blocks.push({ address: parseInt(match[1], 16), block: +match[2], size: +match[5], isFree: match[6] !== undefined });
    } else if ((match = TOTALS.exec(line))) {
      this.found.push({ kind: "map", blocks: this.blocks, free: +match[3] });
      this.blocks = [];
    } else if ((match = START.exec(line))) {
      const marker = match[1] ?? "";
      if (marker.startsWith("out of memory")) this.found.push({ kind: "failure", count: 1 });
      this.table = { kind: "table", marker, rows: [] };
    } else if (this.table) {
      if ((match = TABLE_ROW.exec(line))) {
        this.table.rows.push({ name: match[3], bytes: +match[1], count: +match[2] });
      } else if ((match = TABLE_TOTAL.exec(line))) {
        this.table.total = +match[1];
        this.found.push(this.table);
        this.table = null;
      }
    }
  }

  answer(time, payload) {
    let value;
    try {
      value = JSON.parse(payload);
    } catch {
      return;
    }
    const memory = value.StatusMEM;
    if (memory) {
      const { Heap, MaxFree, Frag, OomCount, HeapLwm } = memory;
      this.found.push({ kind: "sample", time, free: Heap * 1024, largest: MaxFree * 1024, fragmentation: Frag, failures: OomCount, lowest: HeapLwm * 1024 });
    } else if (value.Uptime && value.Heap !== undefined) {
      this.found.push({ kind: "sample", time, free: value.Heap * 1024 });
    }
  }

  addUp() {
    for (const found of this.found) {
      if (found.kind === "sample") {
        this.totals[0] += 1;
        this.totals[1] += found.free;
      } else if (found.kind === "map") {
        this.totals[2] += found.blocks.length;
      } else if (found.kind === "table") {
        for (const row of found.rows) this.totals[3] += row.bytes;
      } else {
        this.totals[4] += 1;
      }
    }
    this.found = [];
  }

  sums() {
    return this.totals;
  }
}
