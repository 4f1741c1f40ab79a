// A clock that goes on while the page is hidden. Browsers let a hidden page's own timers fire once a minute at last; those
// of a dedicated worker they leave alone. The page sends a time in milliseconds, and gets a message when it has passed.
addEventListener("message", (asked) => setTimeout(() => postMessage(0), asked.data));
