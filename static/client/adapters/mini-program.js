// The adapter for WeChat mini-programs (`wx`) and uni-app (`uni`), whose interfaces agree in what is needed.

/**
 * @typedef {object} MiniProgramApi the part of `wx` or `uni` that is used
 * @property {(options: any) => any} request
 * @property {(options: any) => any} uploadFile
 * @property {(options: any) => any} connectSocket
 * @property {(key: string) => any} getStorageSync
 * @property {(key: string, value: any) => void} setStorageSync
 * @property {(key: string) => void} removeStorageSync
 * @property {(listener: (status: {isConnected: boolean}) => void) => void} [onNetworkStatusChange]
 * @property {(listener: (status: {isConnected: boolean}) => void) => void} [offNetworkStatusChange]
 */

/**
 * @param {MiniProgramApi} api `wx` or `uni`
 * @param {string} platform the name that the server is told
 * @returns {import("../endpoint.js").Adapter}
 */
export function miniProgram(api, platform = "mini-program") {
  return {
    platform,
    // Text is asked for, as otherwise an answer comes parsed or not, depending on what it holds.
    request: ({ method, url, headers, body }) =>
      call(api.request, { method, url, header: headers, data: body, dataType: "text", responseType: "text" }),
    upload: ({ url, headers, file }) =>
      call(api.uploadFile, { url, header: headers, filePath: file, name: "file" }),
    openSocket: (url, listener) => openSocket(api, url, listener),
    storage: {
      getItem: (key) => api.getStorageSync(key) || null,
      setItem: (key, value) => api.setStorageSync(key, value),
      removeItem: (key) => api.removeStorageSync(key),
    },
    watchNetwork(listener) {
      const changed = (/** @type {{isConnected: boolean}} */ { isConnected }) => listener(isConnected);
      api.onNetworkStatusChange?.(changed);
      return () => api.offNetworkStatusChange?.(changed);
    },
  };
}

/**
 * @param {(options: any) => any} method of the interface @param {object} options
 * @returns {Promise<import("../endpoint.js").HttpResponse>}
 */
function call(method, options) {
  return new Promise((resolve, reject) => {
    const success = (/** @type {any} */ { statusCode, data, header = {} }) =>
      resolve({ status: statusCode, text: data, header: (name) => find(header, name) });
    method({ ...options, success, fail: reject });
  });
}

/** A header, however its name is written. @param {Record<string, string>} headers @param {string} wanted */
function find(headers, wanted) {
  const name = Object.keys(headers).find((name) => name.toLowerCase() === wanted);
  return name && headers[name];
}

/**
 * @param {MiniProgramApi} api @param {string} url @param {import("../endpoint.js").SocketListener} listener
 * @returns {import("../endpoint.js").Socket}
 */
function openSocket(api, url, { opened, received, closed }) {
  // uni-app returns a task only if there is a callback, and a promise otherwise.
  const task = api.connectSocket({ url, complete() {}, fail: () => closed() });
  task.onOpen(opened);
  task.onMessage((/** @type {{data: string}} */ { data }) => received(data));
  task.onClose((/** @type {{code?: number, reason?: string}} */ { code, reason }) => closed(code, reason));
  task.onError(() => closed());
  return { send: (data) => task.send({ data }), close: () => task.close({}) };
}
