// Says so, in place of "loading …", where a browser is too old for the page. It runs before the page is loaded.

// A module of one function that makes a vector: (func (result v128) i32.const 0 i8x16.splat). Chrome and Edge have
// vectors since 91, Firefox since 89, Safari since 16.4.
const VECTORS = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

if (typeof WebAssembly !== "object" || !WebAssembly.validate(VECTORS)) {
  document.querySelector("#app .loading").textContent =
    "This browser is too old for Heapscope. Please open the page in Chrome or Edge 91, Firefox 89, Safari 16.4, or a later one.";
}
