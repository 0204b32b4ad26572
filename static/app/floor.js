// Tells who opens a page in a browser that is too old for it, or without a net. It is the only script here that every
// browser can read; docs/operations.md names those that can read the others.

addEventListener("load", function () {
  // Set by the page itself, whose scripts have run by now if they can.
  if (document.documentElement.dataset.scheme) return;
  var isOld = !("noModule" in document.createElement("script")) || !window.AudioContext || !"".replaceAll;
  var zh = isOld
    ? "您的浏览器版本过低，无法打开本页面。请升级浏览器，或改用较新的 Chrome、Edge、Firefox、Safari 或微信。"
    : "页面没有完整加载。请检查网络后刷新页面。";
  var en = isOld
    ? "Your browser is too old for this page. Please update it, or use a newer Chrome, Edge, Firefox, Safari or WeChat."
    : "This page did not load completely. Please check your connection and reload it.";
  [zh, en].forEach(function (text) {
    var line = document.createElement("p");
    line.textContent = text;
    document.body.appendChild(line);
  });
});
