// A stand-in for the interface of WeChat mini-programs and uni-app, on Node.js. It knows what their documentation
// promises of the functions that the library uses, and refuses every option that it does not name.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { WebSocket } from "ws";

const OPTIONS = {
  request: ["url", "method", "header", "data", "dataType", "responseType"],
  uploadFile: ["url", "header", "filePath", "name"],
  connectSocket: ["url"],
  send: ["data"],
  close: ["code", "reason"],
};

/** Checks the options of a call and returns its callbacks. */
function checked(name, options) {
  const { success = () => {}, fail = () => {}, complete = () => {}, ...rest } = options;
  for (const option of Object.keys(rest))
    assert.ok(OPTIONS[name].includes(option), `${name} has no option ${option}`);
  return {
    success: (answer) => (success(answer), complete(answer)),
    fail: (errMsg) => (fail({ errMsg }), complete({ errMsg })),
    hasCallback: Boolean(options.success || options.fail || options.complete),
  };
}

/** Sends a request and answers as both interfaces do: the header's names as the server wrote them. */
function send({ url, method, header }, body, { success, fail }) {
  const request = http.request(url, { method, headers: header }, (response) => {
    const chunks = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("end", () => {
      const names = response.rawHeaders.filter((_, index) => index % 2 === 0);
      const values = response.rawHeaders.filter((_, index) => index % 2 === 1);
      const answered = Object.fromEntries(names.map((name, index) => [name.toUpperCase(), values[index]]));
      success({ data: Buffer.concat(chunks).toString(), statusCode: response.statusCode, header: answered });
    });
  });
  request.on("error", (error) => fail(`request:fail ${error.message}`));
  request.end(body);
}

class SocketTask {
  #socket;

  constructor(url) {
    this.#socket = new WebSocket(url);
    this.#socket.onerror = () => {};
  }

  onOpen(listener) {
    this.#socket.addEventListener("open", () => listener({}));
  }

  onMessage(listener) {
    this.#socket.addEventListener("message", ({ data }) => listener({ data }));
  }

  onError(listener) {
    this.#socket.addEventListener("error", ({ message }) => listener({ errMsg: message }));
  }

  onClose(listener) {
    this.#socket.addEventListener("close", ({ code, reason }) => listener({ code, reason }));
  }

  send(options) {
    checked("send", options);
    assert.equal(typeof options.data, "string");
    this.#socket.send(options.data);
  }

  close(options) {
    checked("close", options);
    this.#socket.close(options.code ?? 1000, options.reason);
  }
}

/** One device's interface. @param {"wx"|"uni"} kind */
export function miniProgramApi(kind) {
  const storage = new Map();
  return {
    request(options) {
      const callbacks = checked("request", options);
      assert.ok(options.data === undefined || typeof options.data === "string");
      assert.equal(options.dataType, "text", "an answer must not be parsed");
      const header = { "content-type": "application/json", ...options.header };
      send({ ...options, header }, options.data, callbacks);
    },
    uploadFile(options) {
      const callbacks = checked("uploadFile", options);
      const boundary = "----boundary";
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="${options.name}"; filename="f"\r\n\r\n`;
      const body = Buffer.concat([
        Buffer.from(head),
        readFileSync(options.filePath),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]);
      const header = { ...options.header, "content-type": `multipart/form-data; boundary=${boundary}` };
      send({ ...options, method: "POST", header }, body, callbacks);
    },
    connectSocket(options) {
      const { hasCallback, success } = checked("connectSocket", options);
      const task = new SocketTask(options.url);
      setTimeout(() => success({ errMsg: "connectSocket:ok" }));
      // uni-app wraps what has no callback into a promise.
      return kind === "uni" && !hasCallback ? Promise.resolve(task) : task;
    },
    getStorageSync: (key) => storage.get(key) ?? "",
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    onNetworkStatusChange() {},
    offNetworkStatusChange() {},
  };
}
