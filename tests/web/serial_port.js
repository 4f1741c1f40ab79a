// A navigator whose one port does what the specification of Web Serial says, and fails when a test says so. What a port
// received before an error is read before the error is.
(() => {
  class Port extends EventTarget {
    #stream = null;
    #source = null;
    #sink = null;
    isOpen = false;
    isThere = true;
    opened = 0;
    written = [];
    signals = [];

    getInfo() {
      return { usbVendorId: 0x10c4, usbProductId: 0xea60 };
    }

    async open() {
      if (this.isOpen) throw new DOMException("The port is already open.", "InvalidStateError");
      if (!this.isThere) throw new DOMException("Failed to open serial port.", "NetworkError");
      this.isOpen = true;
      this.opened += 1;
    }

    async close() {
      if (!this.isOpen) throw new DOMException("The port is already closed.", "InvalidStateError");
      // As the specification has it: both streams are cancelled or aborted, which a lock refuses.
      if (this.isLocked()) throw new TypeError("Cannot cancel a locked stream");
      this.isOpen = false;
      this.#stream = this.#source = this.#sink = null;
    }

    isLocked() {
      return Boolean(this.#stream?.locked || this.#sink?.locked);
    }

    get readable() {
      if (!this.isOpen || !this.isThere) return null;
      this.#stream ??= new ReadableStream({ type: "bytes", start: (source) => { this.#source = source; } },
        { highWaterMark: 1 << 20 });
      return this.#stream;
    }

    get writable() {
      if (!this.isOpen || !this.isThere) return null;
      this.#sink ??= new WritableStream({ write: (bytes) => { this.written.push(...bytes); } });
      return this.#sink;
    }

    async setSignals(signals) {
      this.signals.push(JSON.stringify(signals));
    }

    async getSignals() {
      return { clearToSend: true, dataSetReady: false, dataCarrierDetect: false, ringIndicator: true };
    }

    receive(text) {
      this.readable;
      this.#source.enqueue(new TextEncoder().encode(text));
    }

    async drained() {
      while (this.#source.desiredSize < 1 << 20) await new Promise((resolve) => setTimeout(resolve));
    }

    /** The stream ends with this error, after what was received; the next `readable` is a new one. */
    async fail(name) {
      await this.drained();
      const source = this.#source;
      this.#stream = this.#source = null;
      source.error(new DOMException(name, name));
    }

    /** The device is gone: there is no next `readable`. */
    async unplug() {
      await this.drained();
      this.isThere = false;
      this.#source.error(new DOMException("The device has been lost.", "NetworkError"));
    }
  }

  const port = new Port();
  const serial = new EventTarget();
  serial.getPorts = async () => [port];
  serial.requestPort = async () => port;
  return { serial, port };
})()
